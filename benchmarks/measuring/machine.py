"""The machine: what it is, how quick it is just now, how much memory there is and was taken."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from verifsim.ensemble.said import PACKAGES

_SPEED = Path(__file__).parents[1] / "speed.py"


def described() -> list[str]:
    """What and when, a line each."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("verifsim", *PACKAGES))
    return [
        f"- processor: {_told('/proc/cpuinfo', 'model name') or platform.processor() or 'unknown'}, "
        f"{os.cpu_count()} cores",
        f"- memory: {_memory('MemTotal')}",
        f"- {platform.system()}, Python {platform.python_version()}, {packages}",
        f"- {datetime.now(UTC):%d %B %Y}",
    ]


def loop() -> float:
    """Seconds of a plain Python loop of a million additions, best of three: how quick the machine is now."""
    found = []
    for _ in range(3):
        start, total = time.process_time(), 0
        for k in range(1_000_000):
            total += k
        found.append(time.process_time() - start)
    return min(found)


def peak_megabytes(n_runs: int, months: int, keep: str) -> float:
    """Peak memory of a fresh process that simulates an ensemble and writes its results."""
    call = [sys.executable, str(_SPEED), "--peak", str(n_runs), str(months), keep]
    return float(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def peak_so_far() -> float:
    """Peak memory of this process in MB, as Linux tells it; nan elsewhere."""
    return _kilobytes("/proc/self/status", "VmHWM") / 1024


def _memory(name: str) -> str:
    gigabytes = _kilobytes("/proc/meminfo", name) / 1024**2
    return f"{gigabytes:.0f} GB" if gigabytes == gigabytes else "unknown"


def _kilobytes(file: str, name: str) -> float:
    told = _told(file, name)
    return float(told.split()[0]) if told else float("nan")


def _told(file: str, name: str) -> str:
    """What a file of Linux's says under a name; nothing, where there is none."""
    if not Path(file).is_file():
        return ""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
