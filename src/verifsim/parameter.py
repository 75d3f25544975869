"""How a parameter is declared: once, with its meaning, unit and bounds.

The docstring below a field is its meaning. Validation, ``verifsim schema`` and
``docs/parameters.md`` all read it from there. A default is neutral (off, at once, none): the numbers a
scenario runs on, with their ranges and sources, stand in the scenario files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A part of a scenario: frozen, strict, and without keys nobody declared."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=False,
        validate_by_alias=True,
        validate_by_name=True,
    )


def quantity(
    default: Any,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
) -> Any:
    """Declare a number with a unit and bounds; it may carry a range and a source in a file.

    In a running model it is a number, or an array over runs.
    """
    return Field(default, ge=low, le=high, gt=above, json_schema_extra={"unit": unit})


def chance(default: float, each: str = "month") -> Any:
    """Declare a probability per ``each``."""
    article = "an" if each[0] in "aeio" else "a"
    return quantity(default, f"chance {article} {each}", low=0.0, high=1.0)


def _yes_no(value: Any) -> Any:
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


YesNo = Annotated[
    bool,
    BeforeValidator(_yes_no),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]}),
]
"""``yes`` or ``no`` (or ``true``, ``false``)."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)]
"""A name made of small letters, digits and underscores."""


def _known(what: str, key: str) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(key)
        if known is not None and value not in known:
            raise PydanticCustomError(
                "unknown_name", "no {what} '{given}'", {"what": what, "given": value[:60], "known": known}
            )
        return value

    return check


RegionName = Annotated[str, AfterValidator(_known("region", "regions"))]
"""The name of a region of the scenario."""

PartyName = Annotated[str, AfterValidator(_known("party", "parties"))]
"""The name of a party of the scenario."""

SiteName = Annotated[str, AfterValidator(_known("site", "sites"))]
"""The name of a site of the scenario."""

ProgrammeName = Annotated[str, AfterValidator(_known("programme", "programmes"))]
"""The name of a missile programme of the scenario."""

AgreementName = Annotated[str, AfterValidator(_known("agreement", "agreements"))]
"""The name of an agreement of the scenario."""

DisputedProgramme = Annotated[ProgrammeName, AfterValidator(_known("disputed programme", "disputed"))]
"""The name of a missile programme of the scenario whose standing is disputed."""

known_doctrine = _known("doctrine", "doctrines")
"""Refuses a doctrine's name that nobody has given."""

SourceName = Annotated[str, AfterValidator(_known("source", "sources"))]
"""A key of ``sources``, or the word ``assumption``."""

DoctrineName = Annotated[str, AfterValidator(known_doctrine)]
"""The name of a doctrine: one that ships, or one the scenario names."""


def _each_once(value: list[str]) -> list[str]:
    twice = [name for name, times in Counter(value).items() if times > 1]
    if twice:
        raise PydanticCustomError(
            "repeated", "in the list more than once: {given}; each name once", {"given": ", ".join(twice)}
        )
    return value


RegionNames = Annotated[list[RegionName], AfterValidator(_each_once)]
"""Regions of the scenario, each once."""

SiteNames = Annotated[list[SiteName], AfterValidator(_each_once)]
"""Sites of the scenario, each once."""

PartyNames = Annotated[list[PartyName], AfterValidator(_each_once)]
"""Parties of the scenario, each once."""
