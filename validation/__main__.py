"""Write docs/validation.md and its picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from validation.page import PICTURE, written
from verifsim.store import Folder
from verifsim.study import png_content

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Simulate, and write both files whole, or neither."""
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=1000, help="worlds of each scenario (1000)")
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where to write (docs)")
    asked = parser.parse_args()
    page, picture = written(asked.runs)
    with Folder(asked.output) as into:
        into.write({"validation.md": page.encode, PICTURE: lambda: png_content(picture)})
    print(f"Written: {asked.output / 'validation.md'}, {asked.output / PICTURE}")


if __name__ == "__main__":
    main()
