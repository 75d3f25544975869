"""Doctrines of other packages: found by their entry points, and none that is broken harms another."""

from __future__ import annotations

import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

import verifsim as vs
from verifsim import listing
from verifsim.cli import main
from verifsim.doctrines import CATALOGUE, Known, origin
from verifsim.doctrines.plugins import installed
from verifsim.errors import ScenarioError
from verifsim.scenario.json_schema import json_schema

SETTLED = """
    from verifsim.doctrines import Decision, Doctrine, Part, Reason, quantity

    class Terms(Part):
        share: float = quantity(0.5, "share", low=0, high=1)
        \"""A share.\"""

    class Settled(Doctrine):
        \"""Wants the same number everywhere.\"""

        source = "assumption"
        missiles: float = quantity(5.0, "missiles a region", low=0, high=100)
        \"""How many.\"""
        terms: Terms = Terms()
        \"""Its terms.\"""

        def decide(self, view, draw):
            return Decision.of(view, wanted=self.missiles, reason=Reason.OWN_PLAN, produce=True)
"""

USED = "parties: {red: {doctrine: settled}}"


@pytest.fixture
def settled(install) -> None:
    install("settlers", SETTLED, settled="Settled")


def problems(load) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        load()
    return [str(problem).partition(": ")[2] for problem in raised.value.problems]


def test_a_packages_doctrine_is_used_by_name_and_given_parameters(settled, simulate, scenario):
    assert scenario(USED).scenario.doctrines["settled"].missiles == 5.0
    file = scenario("parties: {red: {doctrine: mine}}\ndoctrines: {mine: {kind: settled, missiles: 20}}",
                    "doctrines.mine.terms.share=0.25")  # fmt: skip
    assert file.scenario.doctrines["mine"].missiles == 20.0
    assert file.scenario.doctrines["mine"].terms.share == 0.25
    ds = simulate("parties: {red: {doctrine: settled}}\ndoctrines: {settled: {missiles: 10}}").ds
    red = ds.deployed_announced.sel(party="red").isel(month=-1)
    assert (red == 10).all()


def test_its_numbers_carry_ranges_and_sources_into_the_resolved_file(settled, scenario, tmp_path):
    file = scenario(
        f"{USED}\ndoctrines: {{settled: {{missiles: {{value: 7, range: [5, 9], source: assumption}}}}}}"
    )
    text = vs.scenario.write.resolved_yaml(file)
    assert "missiles: {value: 7.0, range: [5.0, 9.0], source: assumption}" in text
    assert "# Needs the doctrine settled (package settlers 1.2).\n" in text
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    assert vs.load_scenario(tmp_path / "again.yaml").scenario == file.scenario


def test_a_resolved_file_without_its_package_says_what_it_needs(settled, scenario, tmp_path):
    (tmp_path / "again.yaml").write_text(vs.scenario.write.resolved_yaml(scenario(USED)), encoding="utf-8")
    sys.path[:] = [path for path in sys.path if not path.endswith("settlers")]
    installed.cache_clear()
    (said,) = problems(lambda: vs.load_scenario(tmp_path / "again.yaml"))
    assert said.startswith(
        "doctrines.settled.kind: no doctrine 'settled' is known here; there are: contrite_mirror"
    )
    assert "install the package that brings it, or give its class" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("doctrines: {settled: {missiles: 101}}", "doctrines.settled.missiles: out of bounds (given 101); allowed: 0 to 100 missiles a region"),
        ("doctrines: {settled: {misiles: 1}}", "doctrines.settled.misiles: unknown key 'misiles'; did you mean 'missiles'?"),
        ("doctrines: {settled: {terms: {share: many}}}", "doctrines.settled.terms.share: needs a number (given 'many'); allowed: 0 to 1 share"),
        ("doctrines: {settled: {missiles: {value: 3, range: [0, 200]}}}", "doctrines.settled.missiles.range: the range reaches too far"),
        ("doctrines: {settled: {missiles: none, hedge: 3}}", "doctrines.settled.hedge: unknown key 'hedge'"),
        ("doctrines: {mine: {kind: setled}}", "doctrines.mine.kind: no such 'kind' (given 'setled'); did you mean 'settled'?"),
        ("parties: {blue: {doctrine: setled}}", "parties.blue.doctrine: no doctrine 'setled'; did you mean 'settled'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_in_a_file_is_told_as_of_one_that_ships(settled, scenario, changes, said):
    (problem,) = problems(lambda: scenario(changes))
    assert said in problem


def test_a_parameter_with_the_name_of_a_doctrine_is_found(install, scenario):
    install("mirrors", """
        from verifsim.doctrines import Decision, Doctrine, Reason, quantity
        class Odd(Doctrine):
            mirror: float = quantity(0.0, "share", low=0, high=1)
            odd: float = quantity(0.0, "share", low=0, high=1)
            def decide(self, view, draw): return Decision.of(view, wanted=0, reason=Reason.NONE)
    """, odd="Odd")  # fmt: skip
    for name in ("mirror", "odd"):
        (problem,) = problems(lambda name=name: scenario(f"doctrines: {{odd: {{{name}: 3}}}}"))
        assert f"doctrines.odd.{name}: out of bounds (given 3)" in problem


def test_the_list_says_where_each_doctrine_comes_from(settled):
    entries = listing.doctrines()
    assert entries.count("    ships with verifsim\n") + entries.endswith("ships with verifsim") == len(
        CATALOGUE
    )
    assert "settled\n    Wants the same number everywhere\n    source: assumption\n" in entries
    assert "parameters: missiles, terms\n    package settlers 1.2" in entries


def test_the_schema_for_editors_knows_it(settled):
    validator = Draft202012Validator(json_schema(Known()))
    fine = {
        "doctrines": {
            "settled": {"missiles": {"value": 3}, "terms": {"share": 0.5}},
            "mine": {"kind": "settled"},
        }
    }
    assert [error.message for error in validator.iter_errors(fine)] == []
    for wrong in ({"missiles": -1}, {"misiles": 1}, {"terms": {"share": 2}}):
        assert not validator.is_valid({"doctrines": {"settled": wrong}})
    assert "settled" not in json_schema()["$defs"]


BROKEN = {
    "raises": ("raise RuntimeError('no luck\\n  today')", "Broken", "RuntimeError: no luck today"),
    "leaves": ("raise SystemExit(3)", "Broken", "SystemExit: 3"),
    "needs": ("import a_library_that_is_not_there", "Broken", "ModuleNotFoundError: No module named 'a_library_that_is_not_there'"),
    "misspelt": ("x = 1", "Broken", "AttributeError: module 'faulty' has no attribute 'Broken'"),
    "other": ("class Broken: pass", "Broken", "<class 'faulty.Broken'> is no class that inherits from verifsim.doctrines.Doctrine"),
    "named_otherwise": (f"{SETTLED}", "Settled", "the class Settled says that its kind is 'settled', not 'broken'"),
    "idle": ("from verifsim.doctrines import Doctrine\nclass Broken(Doctrine): pass", "Broken", "the class Broken has no decide(self, view, draw)"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "name", "why"), BROKEN.values(), ids=BROKEN)
def test_one_that_cannot_be_loaded_says_why_and_breaks_nothing_else(
    install, scenario, capsys, code, name, why
):
    install("faulty", code, broken=name)
    install("settlers", SETTLED, settled="Settled")
    sentence = f"the doctrine 'broken' of package faulty 1.2 could not be loaded: {why}"
    assert scenario(USED).scenario.doctrines["settled"]
    assert listing.doctrines().splitlines()[-1] == sentence
    assert "\nbroken\n" not in listing.doctrines()
    (said,) = problems(lambda: scenario("parties: {red: {doctrine: broken}}"))
    assert said.startswith(f"parties.red.doctrine: {sentence}; there are: contrite_mirror")
    (said,) = problems(lambda: scenario("doctrines: {mine: {kind: broken}}"))
    assert said.startswith(f"doctrines.mine.kind: {sentence}; there are: ")
    (said,) = problems(lambda: scenario("doctrines: {broken: {missiles: 3}}"))
    assert said.startswith(f"doctrines.broken: {sentence}; there are: ")
    sys.modules.pop("faulty", None)


def test_a_name_that_ships_stays_what_ships(install, scenario):
    install("settlers", SETTLED.replace("class Settled", "class Mirror"), mirror="Mirror")
    assert type(scenario().scenario.doctrines["mirror"]) is CATALOGUE["mirror"]
    assert listing.doctrines().splitlines()[-1] == (
        "the doctrine 'mirror' of package settlers 1.2 could not be loaded: a doctrine of that name ships with verifsim"
    )


def test_a_name_that_two_packages_want_is_given_to_neither(install, scenario):
    install("settlers", SETTLED, settled="Settled")
    install("squatters", SETTLED, settled="Settled")
    (said,) = problems(lambda: scenario(USED))
    assert (
        "of package settlers 1.2 and package squatters 1.2 could not be loaded: several packages offer"
        in said
    )


def test_nothing_is_imported_that_no_scenario_uses_and_each_only_once(install, scenario):
    counted = "import builtins\nbuiltins.imported = getattr(builtins, 'imported', 0) + 1"
    import builtins

    install("faulty", f"{counted}\nraise RuntimeError", broken="Broken")
    scenario("parties: {red: {doctrine: hold_back}}")
    problems(lambda: scenario("parties: {red: {doctrine: miror}}"))
    assert not hasattr(builtins, "imported")
    for _ in range(2):
        problems(lambda: scenario("parties: {red: {doctrine: broken}}"))
    assert builtins.imported == 1
    del builtins.imported


def test_the_origin_of_a_class_is_known_in_a_few_words(settled):
    assert origin(Known()["settled"]) == "package settlers 1.2"
    assert origin(CATALOGUE["mirror"]) == "ships with verifsim"


def test_a_failing_one_ends_the_command_line_with_a_sentence(install, write, capsys, monkeypatch, tmp_path):
    install("faulty", """
        from verifsim.doctrines import Decision, Doctrine, Reason
        class Broken(Doctrine):
            def decide(self, view, draw):
                if view.month == 14:
                    return {}["a"]
                return Decision.of(view, wanted=0, reason=Reason.NONE)
    """, broken="Broken")  # fmt: skip
    path = write("parties: {red: {doctrine: {north: broken, south: mirror}}}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["run", str(path), "-q"])
    assert left.value.code == 1
    said = capsys.readouterr().err
    place = tmp_path / "site" / "faulty" / "faulty.py"
    assert said == (
        "changed: the doctrine 'broken' (package faulty 1.2), asked by red in 2021-03, "
        f"failed with KeyError: 'a' ({place}:6)\n"
    )
    assert not (tmp_path / "results").exists()


def test_help_imports_no_doctrine():
    code = "import sys; import verifsim.cli; print([m for m in sys.modules if m.startswith('verifsim.doct')])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
