"""Where a programme can be stationed, and where it can hide."""

from __future__ import annotations

from collections.abc import Mapping
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


def check_hiding(said: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    """Refuse to hide at a site what is announced, or where its owner has no declared site."""
    if said.get("announced"):
        raise PydanticCustomError(
            "not_hidden",
            "what is announced is not hidden at a site; write 'announced: no', or leave at_site out",
        )
    owner = context.get("owners", {}).get(said.get("programme"))
    region, sites = said.get("region"), context.get("site_places", {})
    if isinstance(owner, str) and isinstance(region, str) and (owner, region) not in sites.values():
        raise PydanticCustomError(
            "no_site_there",
            "{owner} has no declared site in {region} to hide at; add one to sites, or leave at_site out",
            {"owner": owner, "region": region},
        )


def check_sites(sites: list[str], regions: list[str], context: Mapping[str, Any]) -> None:
    """Refuse to inspect sites outside the regions that an agreement covers."""
    for site in sites:
        _, region = context.get("site_places", {}).get(site, (None, None))
        if isinstance(region, str) and region not in regions:
            raise PydanticCustomError(
                "site_elsewhere",
                "the site {site} lies in {region}, which the moratorium does not cover; it covers: {regions}",
                {"site": site, "region": region, "regions": names(regions)},
            )


def check_range(least: float | None, likeliest: float | None, most: float) -> None:
    """Refuse a range whose three figures are not in order."""
    if least is not None and likeliest is not None and not least <= likeliest <= most:
        raise PydanticCustomError(
            "range_order",
            "the figures are not in order ({least}, {likeliest}, {most}); least, likeliest, most",
            {"least": f"{least:g}", "likeliest": f"{likeliest:g}", "most": f"{most:g}"},
        )
