"""``python -m verifsim``: the command line without the script."""

from verifsim.cli import main

if __name__ == "__main__":
    main()
