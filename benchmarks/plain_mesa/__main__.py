"""Simulate what a folder of results holds, and compare: `python -m plain_mesa ../results/moratorium`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd
import xarray as xr

from plain_mesa.compare import compare_means, compare_runs, compare_shapes, largest_z_of_rungs, simulate
from plain_mesa.scenario import NotRestatedError, read_scenario


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m plain_mesa", description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", help="folders that verifsim run has written")
    parser.add_argument(
        "--runs", type=int, default=200, help="how many runs (200), no more than the folder has"
    )
    parser.add_argument("--seed", type=int, default=1, help="of luck of its own (1)")
    parser.add_argument(
        "--streams", action="store_true", help="take the luck of the published runs, run by run"
    )
    arguments = parser.parse_args()
    if arguments.runs < 2:
        parser.error(f"--runs: at least 2 (given {arguments.runs})")
    for folder in arguments.results:
        if not (folder / "results.nc").is_file():
            parser.error(f"{folder}: no results.nc there; give a folder that verifsim run has written")
    for folder in arguments.results:
        try:
            compare(folder, arguments.runs, arguments.seed, arguments.streams)
        except NotRestatedError as error:
            print(f"{folder.name}: {error}")


def compare(folder: Path, runs: int, seed: int, streams: bool) -> None:
    """Simulate and print how it compares with a folder's results."""
    scenario = read_scenario(folder / "scenario.resolved.yaml")
    outcomes = pd.read_csv(folder / "outcomes.csv").drop(columns="run")
    with xr.open_dataset(folder / "results.nc", engine="h5netcdf") as file:
        published = file.load()
    began = time.process_time()
    if streams:
        runs = min(runs, published.sizes["run"])
        differ = compare_runs(scenario, published, outcomes, runs)
        print("\n".join([*differ, f"{folder.name}: {len(differ)} of {runs} runs differ"]))
    else:
        ours, rungs = simulate(scenario, runs, seed)
        table = compare_means(ours, outcomes)
        print(table.to_string(float_format="{:.4g}".format))
        for name, p in compare_shapes(ours, outcomes).items():
            print(f"{name}: p = {p:.3f}")
        print(f"{(table.z.abs() > 2).sum()} of {table.z.count()} outcomes with |z| > 2")
        largest = largest_z_of_rungs(rungs, published.world_rung.values)
        print(f"mean rung of the world: largest |z| of a month {largest:.2f}")
    print(f"{folder.name}: {1000 * (time.process_time() - began) / runs:.0f} ms a world")


if __name__ == "__main__":
    main()
