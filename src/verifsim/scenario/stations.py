"""Where a programme can be stationed."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from verifsim.errors import names


def check_station(region: str, regions: Any) -> None:
    """Refuse a region where a programme cannot stand; ``regions`` that are no list exclude none."""
    if isinstance(regions, list) and region not in regions:
        raise PydanticCustomError(
            "not_stationed",
            "the programme cannot stand in {region}; its regions are: {regions}",
            {"region": region, "regions": names(regions)},
        )
