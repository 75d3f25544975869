"""The ladder, rung by rung, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.ladder import RUNGS, Additions, rung, world_rung

OFF = dict.fromkeys(("red", "blue", "added", "racing", "restrained", "disputed", "verified"), False)


def rung_of(**marks: bool) -> str:
    at = {name: np.array([[value]]) for name, value in (OFF | marks).items()}
    return RUNGS[
        rung(
            has=np.stack([at["red"], at["blue"]]),
            added_lately=at["added"],
            racing=at["racing"][0],
            restrained=at["restrained"],
            disputed=at["disputed"],
            verified=at["verified"],
        ).item()
    ]


@pytest.mark.parametrize(
    ("marks", "name"),
    [
        ({}, "restraint"),
        ({"verified": True, "restrained": True}, "verified restraint"),
        ({"disputed": True}, "dispute"),
        ({"disputed": True, "verified": True}, "dispute"),
        ({"racing": True}, "development race"),
        ({"racing": True, "disputed": True}, "development race"),
        ({"racing": True, "restrained": True}, "restraint"),
        ({"racing": True, "restrained": True, "disputed": True}, "dispute"),
        ({"red": True}, "first deployment"),
        ({"blue": True, "racing": True, "restrained": True}, "first deployment"),
        ({"red": True, "added": True}, "first deployment"),
        ({"red": True, "blue": True}, "mirrored deployment"),
        ({"red": True, "blue": True, "added": True}, "arms race"),
    ],
)
def test_the_first_rung_from_the_top_that_holds(marks, name):
    assert rung_of(**marks) == name


def test_in_the_world_missiles_count_wherever_they_stand():
    regional = np.array([[4], [4]], dtype=np.int8)  # red in the north, blue in the south
    both = np.array([[True], [True]])
    assert world_rung(regional, has=both, added_lately=np.array([False])).item() == 5
    assert world_rung(regional, has=both, added_lately=np.array([True])).item() == 6
    nobody = np.array([[False], [False]])
    assert (
        world_rung(np.array([[1], [3]], dtype=np.int8), has=nobody, added_lately=np.array([True])).item() == 3
    )


def test_an_addition_counts_after_both_had_and_for_its_window():
    additions, seen = Additions(window=3), []
    red = [0, 10, 10, 20, 20, 20, 20, 10, 20]
    blue = [0, 0, 10, 10, 10, 10, 10, 10, 10]
    for month, missiles in enumerate(zip(red, blue, strict=True)):
        seen.append(bool(additions.lately(np.array(missiles)[:, None, None], month).item()))
    #          nothing, red first, blue answers, red adds (3), still (4), still (5), over, red removes, red adds
    assert seen == [False, False, False, True, True, True, False, False, True]


def test_the_world_is_never_below_a_region():
    """One battery leaves the south as another comes to the north: a region races, and so does the world."""
    there, anywhere = Additions(window=12), Additions(window=12, anywhere=True)
    before = np.array([[[10], [10]], [[10], [0]]])  # (party, region, run)
    after = np.array([[[20], [0]], [[10], [0]]])
    for month, missiles in enumerate((before, after)):
        lately, lately_anywhere = there.lately(missiles, month), anywhere.lately(missiles, month)
    assert lately[0, 0]
    assert lately_anywhere[0]
