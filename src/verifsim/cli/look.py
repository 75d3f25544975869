"""``verifsim validate``, ``show``, ``list`` and ``schema``: what there is, and whether it is right."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from verifsim.cli.say import EXIT_CODES, FILES, PATH, SETTINGS, examples, load_all, say
from verifsim.store import interrupts_held

if TYPE_CHECKING:
    from verifsim.scenario import ScenarioFile

_WIDTH = 110


@click.command(epilog=EXIT_CODES)
@FILES
@SETTINGS
def validate(files: tuple[Path, ...], settings: tuple[str, ...]) -> int:
    """Check scenario files, and say all that is wrong with them."""
    with interrupts_held():
        scenarios = load_all(files, list(settings))
    for path, file in zip(files, scenarios, strict=True):
        say(f"{path}: valid ({file.scenario.title})")
    return 0


@click.command(
    epilog=examples(
        "verifsim show scenarios/moratorium.yaml",
        "verifsim show scenarios/moratorium.yaml --diff",
        "verifsim show scenarios/moratorium.yaml --from scenarios/inf_restored.yaml",
    )
)
@click.argument("file", type=PATH)
@click.option("--diff", is_flag=True, help="Say in words what differs from the file that FILE extends.")
@click.option("--from", "other", type=PATH, metavar="OTHER", help="Say what differs from this file instead.")
@SETTINGS
def show(file: Path, diff: bool, other: Path | None, settings: tuple[str, ...]) -> int:
    """Print a scenario whole, with nothing left to look up, as YAML.

    It is what 'verifsim run' writes as scenario.resolved.yaml. With --diff or --from, print what
    differs from another scenario, in words; --set counts for FILE alone.
    """
    with interrupts_held():
        from verifsim.scenario.write import resolved_yaml

        (scenario,) = load_all((file,), list(settings))
    said = _differences(file, scenario, other) if diff or other else [resolved_yaml(scenario).rstrip()]
    say("\n".join(said))
    return 0


def _differences(file: Path, scenario: ScenarioFile, other: Path | None) -> list[str]:
    """What differs from the other file, or from the parent: a heading, and a line or two each."""
    from verifsim.scenario.differences import differences
    from verifsim.scenario.merge import parent_of

    against = other or parent_of(file)
    if against is None:
        return [f"{file.name} extends no other file; name one to compare it with: --from OTHER"]
    (there,) = load_all((against,), [])
    found = differences(scenario, there)
    named = ((file, scenario), (against, there))
    called = [f"{path.name} ({loaded.scenario.title})" for path, loaded in named]
    if not found:
        return [f"{called[0]} says the same as {called[1]}, but for its title and question"]
    more = "" if other else ", which it extends"
    heading = fill(f"What differs in {called[0]} from {called[1]}{more}:", _WIDTH)
    return [heading, "", *(_folded(str(difference)) for difference in found)]


def _folded(text: str) -> str:
    """Lines of a width that fits, what belongs to one entry indented."""
    first, *more = text.splitlines()
    indent = "    "
    return "\n".join(
        [fill(first, _WIDTH, subsequent_indent=indent)]
        + [fill(line.strip(), _WIDTH, initial_indent=indent, subsequent_indent=indent) for line in more]
    )


@click.command(name="list")
@click.argument("what", type=click.Choice(["scenarios", "doctrines", "outcomes"]))
def list_(what: str) -> int:
    """Say which scenarios, doctrines or outcomes there are."""
    from verifsim import listing

    say(getattr(listing, what)())
    return 0


@click.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from verifsim.doctrines import Known
    from verifsim.scenario.json_schema import json_schema

    say(json.dumps(json_schema(Known()), indent=2, ensure_ascii=False))
    return 0
