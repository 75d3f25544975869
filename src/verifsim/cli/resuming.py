"""What a command keeps of its work as it goes, and what it says where the work ends too early."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from verifsim.cli.labour import Tell
from verifsim.errors import DoctrineError, SimulationError
from verifsim.keeping import Keep
from verifsim.scenario import ScenarioFile
from verifsim.store import Folder, interrupts_held

MANY = 10_000
"""Runs of which results are written in no time; more are simulated in several parts, if not before."""


@dataclass(frozen=True)
class Part:
    """An ensemble, the folder in which finished chunks of it are kept, and what is kept of each."""

    file: ScenarioFile
    folder: Path
    keep: Keep

    @property
    def n_runs(self) -> int:
        """How many runs it has."""
        return self.file.scenario.ensemble.runs

    def n_kept(self) -> int:
        """How many of them are kept."""
        from verifsim.ensemble import n_kept

        return n_kept(self.file, self.folder, self.keep)

    def bytes_missing(self) -> int:
        """What is yet to be written of it takes on the disk, roughly."""
        from verifsim.ensemble import bytes_kept
        from verifsim.keeping import on_disk

        needed = on_disk(self.file.scenario, self.keep)
        return max(0, needed - bytes_kept(self.file, self.folder, self.keep))


def check_room(folder: Folder, parts: Sequence[Part], remedy: str) -> None:
    """Refuse what the disk has no room for, before it is simulated."""
    if parts:
        folder.check_room(sum(part.bytes_missing() for part in parts), remedy)


@contextmanager
def resumable(parts: Sequence[Part], where: Path, tell: Tell) -> Iterator[None]:
    """Where the work ends too early, say how much of it is kept, and where."""
    try:
        yield
    except DoctrineError:
        raise
    except (KeyboardInterrupt, SimulationError):
        with interrupts_held():  # a second Ctrl-C waits for the sentence
            n = sum(part.n_kept() for part in parts)
            if n:
                tell(f"{n:,} finished runs are kept in {where}; the same command goes on from there")
            elif any(part.n_runs > MANY for part in parts):
                tell("no finished part is kept; the same command begins anew")
        raise
