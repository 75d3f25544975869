"""One run alone: bit for bit what it is among all others."""

from __future__ import annotations

import numpy as np
import pytest

import verifsim as vs
from verifsim.results import VARIABLES
from verifsim.scenario.merge import shipped_files

FILES = {path.stem: path for path in shipped_files()}
N_RUNS = 60


@pytest.mark.parametrize("name", ["moratorium", "inf_restored", "history"])
def test_a_run_alone_is_its_column_of_the_ensemble_in_every_variable(name):
    ensemble = vs.run(FILES[name], runs=N_RUNS).ds
    for number in (0, 17, 58, 59):
        alone = vs.run(FILES[name], runs=N_RUNS, only_run=number).ds
        assert alone.run.values.tolist() == [number]
        assert set(VARIABLES) <= set(alone)
        for variable in alone:
            column = (
                ensemble[variable].sel(run=[number])
                if "run" in ensemble[variable].dims
                else ensemble[variable]
            )
            assert alone[variable].dtype == column.dtype
            np.testing.assert_array_equal(alone[variable].values, column.values, err_msg=str(variable))


def test_a_run_does_not_depend_on_how_many_runs_the_file_asks_for():
    few, many = (vs.run(FILES["moratorium"], runs=n, only_run=17).ds for n in (1, 5_000_000))
    assert few.drop_attrs().identical(many.drop_attrs())


def test_a_run_beyond_the_number_of_the_file_is_what_more_runs_would_show():
    settings = {"months": 30}
    beyond = vs.run(FILES["baseline"], runs=5, only_run=11, settings=settings).ds
    more = vs.run(FILES["baseline"], runs=12, settings=settings).ds.sel(run=[11])
    assert beyond.drop_attrs().identical(more.drop_attrs())


def test_results_say_that_they_are_of_one_run(tmp_path):
    study = vs.run(FILES["baseline"], only_run=3, settings={"months": 6})
    loaded = vs.load(study.save(tmp_path / "out", plot=False))
    assert loaded.only_run == study.only_run == loaded.metadata()["only_run"] == 3
    assert "only_run" not in vs.run(FILES["baseline"], runs=2, settings={"months": 2}).metadata()


def test_progress_is_that_of_one_run():
    done = []
    vs.run(FILES["baseline"], only_run=3, settings={"months": 6}, progress=done.append)
    assert sum(done) == 6


@pytest.mark.parametrize("number", [-1, 10_000_000])
def test_a_number_that_no_run_can_have_is_a_sentence(number):
    with pytest.raises(vs.VerifsimError, match=rf"no run {number}: runs are counted from 0, up to 9,999,999"):
        vs.run(FILES["baseline"], only_run=number)
