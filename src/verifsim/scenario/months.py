"""Calendar months as scenario files write them: ``2020-11``."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")


def month_number(month: str) -> int:
    """Months since the year 0; raises ValueError for anything that is not YYYY-MM."""
    match = _MONTH.fullmatch(month)
    if match is None:
        raise ValueError(month)
    return int(match[1]) * 12 + int(match[2]) - 1


def is_month(value: Any) -> bool:
    """Whether a value is a month, as in 2020-11."""
    return isinstance(value, str) and _MONTH.fullmatch(value) is not None


def month_name(number: int) -> str:
    """The month with a number: ``2020-11``."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _is_month(value: str) -> str:
    try:
        month_number(value)
    except ValueError:
        raise PydanticCustomError(
            "month", "not a month ('{given}'); write year and month, as in 2020-11", {"given": value[:40]}
        ) from None
    return value


def _within_horizon(value: str, info: ValidationInfo) -> str:
    first, last = horizon(info.context or {})
    if first is not None and last is not None and not first <= month_number(value) <= last:
        raise PydanticCustomError(
            "horizon",
            "outside the horizon ({given}); allowed: {first} to {last}",
            {"given": value, "first": month_name(first), "last": month_name(last)},
        )
    return value


def horizon(context: dict[str, Any]) -> tuple[int | None, int | None]:
    """First and last month of a scenario under validation, where they are known."""
    start, months = context.get("start"), context.get("months")
    if not isinstance(start, str) or not _MONTH.fullmatch(start):
        return None, None
    if not isinstance(months, int) or isinstance(months, bool) or months < 1:
        return None, None
    return month_number(start), month_number(start) + months - 1


MONTH_PATTERN: JsonDict = {"pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"}

Month = Annotated[str, AfterValidator(_is_month), Field(json_schema_extra=MONTH_PATTERN)]
"""A month, as in 2020-11."""

MonthWithin = Annotated[Month, AfterValidator(_within_horizon)]
"""A month of the scenario's own span."""
