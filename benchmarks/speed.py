"""Measure speed and memory, and write them into RESULTS.md: `python benchmarks/speed.py --help`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import verifsim
from measuring import ensembles, machine, others, phases
from measuring.sizes import LARGE, TINY, USUAL, Sizes
from measuring.table import Table

RESULTS = Path(__file__).with_name("RESULTS.md")

TABLES: dict[str, Callable[[Sizes], Table]] = {
    "runs": ensembles.by_runs,
    "chunks": ensembles.by_chunk,
    "steps": phases.by_phase,
    "plain": others.against_plain_mesa,
    "months": ensembles.by_months,
    "sites": ensembles.by_sites,
    "regions": ensembles.by_regions,
    "workers": others.by_workers,
    "memory": ensembles.memory,
}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/speed.py", description=__doc__.partition(":")[0] + "."
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--large", action="store_true", help="a million runs too, of which outcomes are kept")
    size.add_argument("--tiny", action="store_true", help="next to nothing, to see that everything runs")
    parser.add_argument(
        "--only", nargs="+", choices=TABLES, metavar="TABLE", help=f"print some alone: {', '.join(TABLES)}"
    )
    parser.add_argument("--to", type=Path, default=RESULTS, help="where to write (benchmarks/RESULTS.md)")
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peak:
        runs, months, keep = chosen.peak
        with tempfile.TemporaryDirectory() as folder:
            verifsim.run(ensembles.scenario(int(runs), int(months)), keep=keep).save(folder, plot=False)
        print(machine.peak_so_far())
        return
    if not chosen.to.parent.is_dir():
        parser.error(f"--to: there is no folder {chosen.to.parent}")
    page = measured(LARGE if chosen.large else TINY if chosen.tiny else USUAL, chosen.only or list(TABLES))
    if chosen.only is None:
        chosen.to.write_text(page, encoding="utf-8")
        print(f"written to {chosen.to}")


def measured(sizes: Sizes, names: list[str]) -> str:
    """The page, each table of which is printed as soon as it is there."""
    loops, tables = [machine.loop()], []
    for name in names:
        tables.append(TABLES[name](sizes).text())
        loops.append(machine.loop())
        print(tables[-1], end="\n\n", flush=True)
    quick = f"{min(loops):.3f} to {max(loops):.3f}"
    print(f"A plain Python loop of a million additions took {quick} seconds meanwhile.")
    head = [
        "# Results of `python benchmarks/speed.py`",
        "",
        "How to read them: [README.md](README.md). Read ratios within a table, not seconds.",
        "",
        *machine.described(),
        f"- a plain Python loop of a million additions took {quick} seconds meanwhile",
    ]
    return "\n\n".join(["\n".join(head), *tables]) + "\n"


if __name__ == "__main__":
    main()
