"""A folder of results: every file whole under its name, or not there at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from verifsim.errors import OutputError

Writer = Callable[[Path], None]
"""Writes one file under the path it is given."""


class Folder:
    """A results folder, opened before the work starts so that a bad one is noticed first.

    Files are written under a temporary name beside their place, and moved there once all
    of them are whole. A folder that was made for nothing is removed again.

    Raises
    ------
    OutputError
        If the folder cannot be made or written, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Folder:
        try:
            self._made = [p for p in (self.path, *self.path.parents) if not p.exists()]
            self.path.mkdir(parents=True, exist_ok=True)
            self._partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=self.path))
        except OSError as error:
            raise _cannot_write(self.path, error) from None
        return self

    def write(self, writers: Mapping[str, Writer]) -> None:
        """Write files by name; none appears under its name before all are whole."""
        name = ""
        try:
            for name, writer in writers.items():
                writer(self._partial / name)
            for name in writers:
                (self._partial / name).replace(self.path / name)
        except OSError as error:
            raise _cannot_write(self.path / name, error) from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._partial, ignore_errors=True)
        for made in self._made:
            with suppress(OSError):  # not empty: it holds results
                made.rmdir()


def _cannot_write(path: Path, error: OSError) -> OutputError:
    why = error.strerror or str(error).splitlines()[0]
    return OutputError(f"{path}: cannot be written ({why}); nothing was left half-written")
