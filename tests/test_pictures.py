"""Pictures look as they did when somebody last looked at them.

Each kind is drawn of a small world, and compared with a known-good picture in ``tests/pictures``. Where a change
is meant: ``VERIFSIM_LOOKED=yes pytest tests/test_pictures.py`` keeps the new pictures; look at each of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

import verifsim as vs
from tests.scenario.whole import WHOLE
from verifsim.plots.kinds import KINDS, Of, drawn

KNOWN_GOOD = Path(__file__).parent / "pictures"

DPI, TOLERANCE = 80, 1.0
"""Dots an inch; and the root mean square of differences of pixels, of 255, that is let pass."""

VERSION = ".".join(matplotlib.__version__.split(".")[:2])

pytestmark = pytest.mark.skipif(
    not os.environ.get("VERIFSIM_LOOKED") and (KNOWN_GOOD / "matplotlib.txt").read_text().strip() != VERSION,
    reason="the known-good pictures were drawn by another matplotlib, which sets letters otherwise",
)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> list[vs.Study]:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "one.yaml").write_text(WHOLE, encoding="utf-8")
    other = "extends: one.yaml\ntitle: With sharper eyes\nwatching: {battery_seen: 0.9}\n"
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    return [vs.run(folder / f"{name}.yaml", runs=40) for name in ("one", "other")]


def of_kind(name: str, studies: list[vs.Study]) -> Figure:
    kind = KINDS[name]
    if kind.of is Of.PAIRS:
        return vs.compare(*studies).plot()
    return drawn(kind, *(studies if kind.of is Of.SEVERAL else studies[:1]))


def check(figure: Figure, name: str, folder: Path) -> None:
    """Fail where a picture is not as it was, unless somebody has looked at it."""
    if os.environ.get("VERIFSIM_LOOKED"):
        KNOWN_GOOD.mkdir(exist_ok=True)
        figure.savefig(KNOWN_GOOD / f"{name}.png", dpi=DPI, metadata={"Software": None})
        (KNOWN_GOOD / "matplotlib.txt").write_text(f"{VERSION}\n", encoding="utf-8")
        return
    difference = differs(figure, name, folder)
    assert difference is None, f"{name} looks different; compare the files\n{difference}"


def differs(figure: Figure, name: str, folder: Path) -> str | None:
    """How a picture, drawn for the first time, differs from the known-good one."""
    now = folder / f"{name}.png"
    figure.savefig(now, dpi=DPI)
    return compare_images(str(KNOWN_GOOD / f"{name}.png"), str(now), TOLERANCE)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_picture_looks_as_it_did(name: str, studies: list[vs.Study], tmp_path: Path) -> None:
    check(of_kind(name, studies), name, tmp_path)


def test_the_picture_of_a_run_looks_as_it_did(studies: list[vs.Study], tmp_path: Path) -> None:
    check(studies[0].plot(), "overview", tmp_path)


def test_scenarios_one_below_the_other_look_as_they_did(studies: list[vs.Study], tmp_path: Path) -> None:
    check(drawn(KINDS["escalation"], *studies), "escalation_of_two", tmp_path)


def test_a_line_that_is_not_drawn_is_seen(studies: list[vs.Study], tmp_path: Path) -> None:
    assert differs(of_kind("deployments", studies), "deployments", tmp_path) is None
    figure = of_kind("deployments", studies)
    figure.axes[0].lines[0].set_linestyle("none")
    assert "RMS" in str(differs(figure, "deployments", tmp_path))


def test_there_is_no_known_good_picture_of_what_is_drawn_no_more() -> None:
    kept = {path.stem for path in KNOWN_GOOD.glob("*.png")}
    assert kept == {*KINDS, "overview", "escalation_of_two"}
