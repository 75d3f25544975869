"""`extends`: chains of files, how they merge, and how chains go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, Put, change, line_of
from verifsim.scenario.merge import read_with_parents

CHILD = "child.yaml"


@pytest.fixture
def parent(put: Put) -> Path:
    return put(WORLD)


@pytest.mark.usefixtures("parent")
class TestMerging:
    def test_maps_merge_and_scalars_replace(self, load: Load) -> None:
        scenario = load("extends: world.yaml\ntitle: other\nensemble: {runs: 3}\n", name=CHILD).scenario
        assert (scenario.title, scenario.months) == ("other", 24)
        assert (scenario.ensemble.runs, scenario.ensemble.seed) == (3, 7)

    def test_lists_replace(self, load: Load) -> None:
        child = "extends: world.yaml\nparties: {red: {pledge: {not_first_in: [south]}}}\n"
        pledge = load(child, name=CHILD).scenario.parties["red"].pledge
        assert pledge is not None
        assert pledge.not_first_in == ["south"]

    @pytest.mark.parametrize("word", ["none", "null", "~", ""])
    def test_none_removes(self, load: Load, word: str) -> None:
        child = f"extends: world.yaml\nparties:\n  red:\n    pledge: {word}\nevents:\n  first: {word}\n"
        scenario = load(child, name=CHILD).scenario
        assert scenario.parties["red"].pledge is None
        assert scenario.events == {}

    def test_none_inside_something_new_is_nothing(self, load: Load) -> None:
        child = "extends: world.yaml\nprogrammes: {spear: {owner: red, title: Spear, regions: none}}\n"
        assert load(child, name=CHILD).scenario.programmes["spear"].regions is None

    def test_what_may_be_there_may_be_removed_though_it_is_not(self, load: Load) -> None:
        load("extends: world.yaml\nparties: {blue: {pledge: none}}\n", name=CHILD)

    @pytest.mark.parametrize(
        ("child", "said"),
        [
            (
                "parties: {red: {pledeg: none}}",
                "parties.red.pledeg: no 'pledeg' to remove; did you mean 'pledge'?",
            ),
            (
                "events: {frist: none}",
                "events.frist: no 'frist' to remove; did you mean 'first'? there are: first",
            ),
            ("treaaty: none", "treaaty: no 'treaaty' to remove; did you mean 'treaty'?"),
            ("doctrines: {mirror: {patiense: none}}", "no 'patiense' to remove; did you mean 'patience'?"),
        ],
    )
    def test_a_misspelt_removal_is_answered_with_the_nearest(
        self, problems: Problems, child: str, said: str
    ) -> None:
        (problem,) = problems(f"extends: world.yaml\n{child}\n", name=CHILD)
        assert said in problem

    @pytest.mark.parametrize("lines", ["  a:\n  month: 2020-04", "  a:\n", "  {a, first: {month: 2020-04}}"])
    def test_an_empty_value_that_removes_nothing_is_told_to_be_empty(
        self, problems: Problems, lines: str
    ) -> None:
        said = problems(f"extends: world.yaml\nevents:\n{lines}\n", name=CHILD)
        assert said[0].startswith("child.yaml:3:")
        assert said[0].endswith(
            "events.a: 'a' is empty; indent the lines below it further, "
            "or write 'none' to remove what the parent says"
        )

    def test_an_empty_value_that_is_misspelt_is_answered_with_the_nearest(self, problems: Problems) -> None:
        (problem,) = problems("extends: world.yaml\nevents:\n  frist:\n", name=CHILD)
        assert "events.frist: 'frist' is empty; did you mean 'first'? indent the lines" in problem

    def test_a_date_before_the_start_of_a_child_is_told_with_where_that_was_set(
        self, problems: Problems, put: Put
    ) -> None:
        put("extends: world.yaml\nmonths: 24\nagreements: none\n", name="middle.yaml")
        (problem,) = problems("extends: middle.yaml\nstart: 2020-05\n", name=CHILD)
        assert problem.startswith(f"world.yaml:{line_of('  first')}:")
        see = "2020-05 to 2022-04; see start in child.yaml:2 and months in middle.yaml:2"
        assert problem.endswith(f"events.first.month: outside the horizon (2020-03); allowed: {see}")

    @pytest.mark.parametrize(
        ("child", "settings"), [("months: 2", []), ("", ["months=2"]), ("months: 100", ["months=2"])]
    )
    def test_what_a_parent_dates_beyond_a_shorter_horizon_does_not_happen(
        self, load: Load, child: str, settings: list[str]
    ) -> None:
        file = load(f"extends: world.yaml\nagreements: none\n{child}\n", *settings, name=CHILD)
        assert file.scenario.events == {}
        assert "first" in load("extends: world.yaml\n", name=CHILD).scenario.events

    @pytest.mark.parametrize("where", ["file", "setting"])
    def test_what_a_file_or_a_setting_itself_dates_beyond_the_horizon_is_a_slip(
        self, problems: Problems, where: str
    ) -> None:
        late = "events: {first: {month: 2044-01}}\n" if where == "file" else ""
        settings = ["events.first.month=2044-01"] if where == "setting" else []
        (problem,) = problems(f"extends: world.yaml\n{late}", *settings, name=CHILD)
        assert "events.first.month: outside the horizon (2044-01)" in problem

    def test_an_agreement_outside_the_span_is_told_with_the_setting_that_set_it(
        self, problems: Problems
    ) -> None:
        (problem,) = problems("extends: world.yaml\n", "months=2", name=CHILD)
        assert problem.endswith("allowed: 2020-01 to 2020-02; see months in --set months=2")

    def test_a_region_without_a_doctrine_is_told_with_where_it_was_added(self, problems: Problems) -> None:
        (problem,) = problems("extends: world.yaml\nregions:\n  arctic: {title: Arctic}\n", name=CHILD)
        assert problem.startswith(f"world.yaml:{line_of('doctrine: {north')}:")
        assert problem.endswith(
            "no doctrine for arctic; give one name, or one for each region; see arctic in child.yaml:3"
        )

    def test_removing_what_is_required_is_told_where_it_was_removed(self, problems: Problems) -> None:
        (problem,) = problems("extends: world.yaml\n\nmonths: none\n", name=CHILD)
        assert problem.startswith("child.yaml:3:1: months: 'months' is missing")

    def test_a_bare_number_over_a_ranged_one_drops_range_and_source(self, load: Load) -> None:
        file = load("extends: world.yaml\ndoctrines: {mirror: {patience: 0.9}}\n", name=CHILD)
        assert file.notes == {}
        assert file.scenario.doctrines["mirror"].patience == 0.9

    def test_a_note_merges_over_a_note(self, load: Load) -> None:
        child = "extends: world.yaml\ndoctrines: {mirror: {patience: {value: 0.5, source: none}}}\n"
        (note,) = load(child, name=CHILD).notes.values()
        assert (note.range, note.source) == ((0.1, 0.6), None)

    def test_a_value_outside_its_parents_range_is_told(self, problems: Problems) -> None:
        child = "extends: world.yaml\ndoctrines: {mirror: {patience: {value: 0.9}}}\n"
        (problem,) = problems(child, name=CHILD)
        assert problem.startswith("child.yaml:2:33: ")
        assert "outside its own range (given 0.9); from 0.1 to 0.6" in problem

    def test_grandparents_count(self, load: Load, put: Put) -> None:
        put("extends: world.yaml\nmonths: 36\nensemble: {seed: 8}\n", name="middle.yaml")
        scenario = load("extends: middle.yaml\nensemble: {runs: 5}\n", name=CHILD).scenario
        assert (scenario.title, scenario.months) == ("a small world", 36)
        assert (scenario.ensemble.runs, scenario.ensemble.seed) == (5, 8)

    def test_a_part_removed_and_said_anew_forgets_what_it_was(self, problems: Problems, put: Put) -> None:
        put("extends: world.yaml\nprogrammes: {bow: none}\n", name="middle.yaml")
        (problem,) = problems("extends: middle.yaml\n\nprogrammes: {bow: {owner: red}}\n", name=CHILD)
        assert problem.startswith("child.yaml:3:14: programmes.bow.title: 'title' is missing")

    def test_marks_follow_the_file_that_wins(self, put: Put) -> None:
        child = put(
            "extends: world.yaml\nensemble:\n  runs: 3\nparties: {red: {doctrine: hedge}}\n", name=CHILD
        )
        tree = read_with_parents(child)
        places = {
            ("ensemble", "runs"): ("child.yaml", 3, 3),
            ("ensemble", "seed"): ("world.yaml", 4, 22),
            ("parties", "red", "doctrine"): ("child.yaml", 4, 17),
            ("months",): ("world.yaml", 3, 1),
        }
        for path, (name, line, column) in places.items():
            mark = tree.mark(path)
            assert (Path(mark.file).name, mark.line, mark.column) == (name, line, column)

    def test_a_child_names_what_its_parent_declares(self, load: Load) -> None:
        child = "extends: world.yaml\nsites: {keep: {owner: red, region: north, title: K, kind: canister}}\n"
        assert list(load(child, name=CHILD).scenario.sites) == ["fort", "keep"]

    def test_a_shipped_file_may_be_extended_from_anywhere(self, load: Load) -> None:
        assert load("extends: baseline.yaml\ntitle: mine\n", name=CHILD).scenario.title == "mine"


def test_the_parents_problem_has_the_parents_name(problems: Problems, put: Put) -> None:
    put(change("months: 24", "months: many"))
    parents, childs = reversed(problems("extends: world.yaml\ntitle: 3\n", name=CHILD))
    assert parents.startswith("world.yaml:3:1: months: needs a whole number")
    assert childs.startswith("child.yaml:2:1: title: needs text")


def test_a_file_that_extends_itself_is_a_circle(problems: Problems) -> None:
    (problem,) = problems("extends: world.yaml\n")
    assert problem == (
        "world.yaml:1:1: extends: files extend each other in a circle (world.yaml extends world.yaml); "
        "a chain that ends"
    )


def test_two_files_that_extend_each_other_are_a_circle(problems: Problems, put: Put) -> None:
    put("title: x\nextends: child.yaml\n")
    (problem,) = problems("extends: world.yaml\n", name=CHILD)
    assert problem.startswith(
        "world.yaml:2:1: extends: files extend each other in a circle (child.yaml extends"
    )


def test_a_chain_of_very_many_files_is_refused(problems: Problems, put: Put) -> None:
    for n in range(60):
        put(f"extends: f{n + 1}.yaml\n", name=f"f{n}.yaml")
    (problem,) = problems("extends: f0.yaml\n", name=CHILD)
    assert "too many files extend each other; a chain of at most 20" in problem


@pytest.mark.parametrize(
    "given",
    [
        "../x.yaml",
        "/etc/passwd",
        "..\\x.yaml",
        "C:\\x.yaml",
        "folder/x.yaml",
        "..",
        ".",
        "file:x",
        "~/x.yaml",
    ],
)
def test_a_file_outside_the_folder_is_never_opened(problems: Problems, given: str) -> None:
    (problem,) = problems(f"title: x\nextends: '{given}'\n")
    assert problem.startswith("world.yaml:2:1: extends: a file outside this folder (given ")
    assert problem.endswith("a file of the same folder, or a shipped one, by name")


@pytest.mark.parametrize("given", ["3", "[a.yaml]", "{a: b}", "", "true", "''"])
def test_what_is_no_name_of_a_file_is_told(problems: Problems, given: str) -> None:
    (problem,) = problems(f"extends: {given}\n")
    assert problem.startswith("world.yaml:1:1: extends: needs the name of a file (given ")
    assert "shipped are: " in problem


def test_a_missing_parent_is_answered_with_the_nearest(problems: Problems, put: Put) -> None:
    put()
    (problem,) = problems("extends: wolrd.yaml\n", name=CHILD)
    assert "extends: no file 'wolrd.yaml'; did you mean 'world.yaml'? there are: " in problem


@pytest.mark.parametrize("given", ["x" * 5000, '"a\\u2028b"', "folder.yaml"])
def test_a_parent_that_cannot_be_is_answered(problems: Problems, tmp_path: Path, given: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (problem,) = problems(f"extends: {given}\n")
    assert problem.startswith("world.yaml:1:1: extends: no file ")
    assert len(problem) < 700


@pytest.mark.parametrize("content", [b"\xff", b"[" * 5000, b"", b"- a list", b"title: 'open"])
def test_of_an_unreadable_parent_only_its_problem_is_told(
    problems: Problems, put: Put, content: bytes
) -> None:
    put(content)
    (problem,) = problems("extends: world.yaml\nparties: {red: {doctrine: mine}}\n", name=CHILD)
    assert problem.startswith("world.yaml:1:")


def test_without_its_parent_a_file_is_still_checked_for_what_can_be_known(problems: Problems) -> None:
    child = (
        "extends: gone.yaml\nmonhts: 3\nwatching: {battery_seen: 2, false_alarm: {value: 0, source: paper}}\n"
    )
    extends, unknown, bounds = problems(f"{child}events: {{first: {{region: south}}}}\n", name=CHILD)
    assert "no file 'gone.yaml'" in extends
    assert "unknown key 'monhts'; did you mean 'months'?" in unknown
    assert "out of bounds (given 2)" in bounds


def test_what_a_child_says_wrongly_is_placed_in_the_child(problems: Problems, put: Put) -> None:
    put()
    child = "extends: world.yaml\nparties:\n  red:\n    doctrine: miror\n"
    (problem,) = problems(child, name=CHILD)
    assert problem.startswith(f"child.yaml:{line_of('doctrine', child)}:5: parties.red.doctrine: no doctrine")
