"""The command line: choose and show; it computes nothing.

``run`` simulates, ``look`` shows what there is, ``begin`` writes files to begin with, ``say`` prints,
``commands`` puts them together. Heavy modules are imported when a command needs them, so that
``--help`` answers at once.
"""

from verifsim.cli.commands import main

__all__ = ["main"]
