"""A folder of results: every file whole under its name, or not there at all.

What goes into the files is made in memory, so that all that a disk can do wrong
happens here, in plain Python, and none of it inside a library that is halfway through.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, TracebackType

from verifsim.errors import OutputError

Content = Callable[[], bytes | memoryview | Iterable[bytes]]
"""Makes all that goes into one file, whole or piece by piece where it is large."""


_PARTIAL = ".partial-"
_ABANDONED = 24 * 3600.0
"""Seconds after which nobody is still writing: that takes minutes."""


class Folder:
    """A results folder, opened before the work starts so that a bad one is noticed first.

    Files are written into a temporary folder beside their place, and moved there once all
    of them are whole; older ones come back where that fails. A folder that was made for
    nothing is removed again, and so is what a process that was killed as it wrote has left.

    Raises
    ------
    OutputError
        If the folder cannot be made or written, or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: list[Path] = []
        self._partial: Path | None = None

    def __enter__(self) -> Folder:
        try:
            with interrupts_held():
                self._made = [p for p in (self.path, *self.path.parents) if not p.exists()]
                self._open()
                self._clear_partial()
                self._clear_abandoned()
        except BaseException as error:
            self._clear()
            if isinstance(error, OSError):
                raise _cannot_write(self.path, error) from None
            raise
        return self

    def check_room(self, needed: int, remedy: str) -> None:
        """Say that a disk has no room for what will be written, before the work.

        Parameters
        ----------
        needed
            Bytes, roughly.
        remedy
            What to do about it.

        Raises
        ------
        OutputError
            If less is free.
        """
        there = next(p for p in (self.path, *self.path.absolute().parents) if p.exists())
        with suppress(OSError):  # some disks do not say
            free = shutil.disk_usage(there).free
            if free < needed:
                raise OutputError(
                    f"{self.path}: results will take some {size_of(needed)}, and there is room for "
                    f"{size_of(free)}; {remedy}"
                )

    def write(self, contents: Mapping[str, Content], stale: Iterable[str] = ()) -> None:
        """Write files by name; none appears under its name before all are whole.

        Parameters
        ----------
        contents
            What goes into each file; a name may lead into folders: ``scenarios/baseline.yaml``.
        stale
            Files that older results may have left, and that would now be wrong: they go.
        """
        with interrupts_held() as check:
            with _told(self.path):
                partial = self._open()
            for name, content in contents.items():
                made = content()
                check()
                with _told(self.path / name):
                    (partial / name).parent.mkdir(parents=True, exist_ok=True)
                    _put(partial / name, made, check)
                check()
            self._move_in(partial, [*contents], [*stale])

    def _open(self) -> Path:
        """A temporary folder in this one, which is made if it is not there."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=self.path))
        return self._partial

    def _move_in(self, partial: Path, names: list[str], stale: list[str]) -> None:
        """Put new files in the place of old ones: all of them, or none."""
        old = partial / "old"
        moved: list[tuple[Path, Path]] = []
        with _told(self.path):
            old.mkdir()
        try:
            for name in [*names, *stale]:
                place = self.path / name
                with _told(place):
                    self._make_way(place.parent, (old / name).parent)
                for here, there in ((place, old / name), (partial / name, place)):
                    with _told(place):
                        moved += [(here, there)] if _move(here, there) else []
        except OutputError:
            for here, there in reversed(moved):
                there.rename(here)
            raise

    def _make_way(self, *folders: Path) -> None:
        """Make folders that are not there; those that end up empty go again."""
        for folder in folders:
            self._made[:0] = [p for p in (folder, *folder.parents) if not p.exists()]
            folder.mkdir(parents=True, exist_ok=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clear()

    def _clear(self) -> None:
        with interrupts_held():
            self._clear_partial()
            for made in self._made:
                with suppress(OSError):  # not empty: it holds results
                    made.rmdir()

    def _clear_partial(self) -> None:
        if self._partial is not None:
            shutil.rmtree(self._partial, ignore_errors=True)

    def _clear_abandoned(self) -> None:
        """Remove what others began to write so long ago that they cannot be at it still."""
        for path in self.path.glob(f"{_PARTIAL}*"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def interrupts_held(*, twice_is_now: bool = False) -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until the end, or until what this yields is called.

    An interrupt may strike between any two steps, and libraries swallow it: numpy, for
    one, where it looks up an attribute. Here it waits for a good moment. Other threads
    are never interrupted.

    Parameters
    ----------
    twice_is_now
        Whether a second one does not wait, so that no work is beyond stopping.
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield lambda: None
        return
    struck: list[int] = []

    def strike(number: int, frame: FrameType | None) -> None:
        if struck and twice_is_now:
            usual(number, frame)
        struck.append(number)

    def check() -> None:
        if struck:
            struck.clear()
            usual(signal.SIGINT, None)

    signal.signal(signal.SIGINT, strike)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, usual)
        check()


def _move(path: Path, to: Path) -> bool:
    """Move a file, and say whether there was one; a folder of that name is not ours to move."""
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.path.lexists(path):
        return False
    try:
        path.rename(to)
    except FileNotFoundError:
        if os.path.lexists(path):
            raise
        return False  # another process has just moved it
    return True


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in a sentence that a file could not be written, and why."""
    try:
        yield
    except OSError as error:
        raise _cannot_write(path, error) from None


def _put(path: Path, made: bytes | memoryview | Iterable[bytes], check: Callable[[], None]) -> None:
    """Write a file, whole or piece by piece."""
    if isinstance(made, bytes | memoryview):
        path.write_bytes(made)
    else:
        with path.open("wb") as file:
            for piece in made:
                file.write(piece)
                check()
    with path.open("rb+") as file:
        os.fsync(file.fileno())  # before it takes the place of an older one: the power may go


def size_of(n_bytes: float) -> str:
    """A number of bytes as people write it: ``750 MB``."""
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:,.0f} MB"


def _cannot_write(path: Path, error: OSError) -> OutputError:
    in_the_way = isinstance(error, FileExistsError)
    why = "a file is in its place" if in_the_way else error.strerror or str(error)
    return OutputError(f"{path}: cannot be written ({why}); nothing was left half-written")
