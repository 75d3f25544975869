"""Finished chunks, kept in a folder beside the results: what was simulated once is not simulated again."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from verifsim.ensemble.packing import DamagedError, check_seal, sealed, unpacked
from verifsim.ensemble.work import Arrays, Chunk
from verifsim.errors import OutputError
from verifsim.store import interrupts_held

FOLDER = "chunks"
"""The name of the folder, among the results."""

_NAME = re.compile(r"runs-(\d+)-(\d+)\.([0-9a-f]{16})\.npz")
_PARTIAL = ".partial-"
_UNFINISHED = ".unfinished-"
"""Before a key: its ensemble is being simulated, or was interrupted, and its chunks are not to be removed."""
_TRIES = 5
_LONG_AGO = 24 * 3600.0
"""Seconds after which what was never finished is nobody's any more."""


class Kept:
    """The chunks that a folder holds under one key; those of other keys are not looked at.

    Parameters
    ----------
    results
        The results folder.
    key
        What the chunks depend on: see `verifsim.ensemble.key`.
    """

    def __init__(self, results: Path, key: str) -> None:
        self.folder, self.key = results / FOLDER, key

    def chunks(self) -> list[Chunk]:
        """The chunks there are; whether they are whole is seen when they are read."""
        named = [_NAME.fullmatch(path.name) for path in self._files()]
        ranges = [(int(n[1]), int(n[2])) for n in named if n is not None and n[3] == self.key]
        return [Chunk(first, last - first + 1) for first, last in sorted(ranges) if last >= first]

    def read(self, chunk: Chunk) -> Arrays:
        """What is kept of a chunk.

        Raises
        ------
        DamagedError
            If its file is not whole, is that of another chunk, or cannot be read.
        """
        return unpacked(self._content(chunk), self.path(chunk).name)

    def is_whole(self, chunk: Chunk) -> bool:
        """Whether a chunk can be read: it is looked at, and no arrays are made of it.

        Raises
        ------
        DamagedError
            If it cannot, as in `read`.
        """
        check_seal(self._content(chunk), self.path(chunk).name)
        return True

    def remove(self, chunk: Chunk) -> None:
        """Remove a chunk, if that can be done."""
        with suppress(OSError):
            self.path(chunk).unlink()

    def _content(self, chunk: Chunk) -> bytes:
        try:
            return self.path(chunk).read_bytes()
        except OSError as error:
            raise DamagedError(error.strerror or str(error)) from None

    def write(self, chunk: Chunk, content: bytes) -> None:
        """Keep a chunk: it is whole under its name, or not there.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        partial = self.folder / f"{_PARTIAL}{uuid4().hex}"
        try:
            with interrupts_held():
                with self._opened(partial) as file:
                    file.write(sealed(content, self.path(chunk).name))
                    file.flush()
                    os.fsync(file.fileno())
                self.mark()
                partial.replace(self.path(chunk))
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            why = "a file is in its place" if isinstance(error, FileExistsError) else error.strerror
            raise OutputError(
                f"{self.path(chunk)}: cannot be written ({why or error}); what was finished before is kept, "
                "and the same command goes on from there"
            ) from None

    def _opened(self, partial: Path) -> BinaryIO:
        """A new file in the folder, which another command may just have removed, as it was empty."""
        for _ in range(_TRIES):
            self.folder.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                return partial.open("xb")
        return partial.open("xb")

    def mark(self) -> None:
        """Say to others that these chunks are of an ensemble that is at work, if that can be done."""
        with suppress(OSError):
            self._mark.touch()

    def finished(self, wanted: Chunk, but: Collection[str] = ()) -> int:
        """Some runs are simulated: remove chunks of other keys but some; give how many these were.

        Those of an ensemble that is at work, or was interrupted within a day, stay; so this is one no more,
        unless there are chunks of more runs than these.
        """
        if all(chunk.lies_in(wanted) for chunk in self.chunks()):
            with suppress(OSError):
                self._mark.unlink()
        removed, old = 0, {path: self._age(path) > _LONG_AGO for path in self._files()}
        unfinished = {path.name.removeprefix(_UNFINISHED) for path, is_old in old.items() if not is_old}
        for path, is_old in old.items():
            named = _NAME.fullmatch(path.name)
            stale = named is not None and named[3] not in {self.key, *but, *unfinished}
            if stale or (path.name.startswith((_PARTIAL, _UNFINISHED)) and is_old):
                with suppress(OSError):
                    path.unlink()
                    removed += stale
        with suppress(OSError):  # not empty: it holds chunks
            self.folder.rmdir()
        return removed

    @property
    def _mark(self) -> Path:
        return self.folder / f"{_UNFINISHED}{self.key}"

    def _age(self, path: Path) -> float:
        """How many seconds ago a file was last written to; none, if it is gone."""
        try:
            return time.time() - path.stat().st_mtime
        except OSError:
            return 0.0

    def path(self, chunk: Chunk) -> Path:
        """The file of a chunk."""
        return self.folder / f"runs-{chunk.first:08d}-{chunk.end - 1:08d}.{self.key}.npz"

    def _files(self) -> list[Path]:
        try:
            return list(self.folder.iterdir())
        except OSError:
            return []
