"""What one part of a file asks of another: where a programme can stand, what a party can offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from verifsim.errors import names
from verifsim.scenario.tree import there_are


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


def check_moved_out(programmes: Iterable[str], binds: list[str], context: Mapping[str, Any]) -> None:
    """Refuse to move out programmes of a party that an agreement does not bind."""
    owners = {name: context.get("owners", {}).get(name) for name in programmes}
    for owner in context.get("parties", ()):
        moved = [name for name in owners if owners[name] == owner]
        if moved and owner not in binds:
            raise PydanticCustomError(
                "not_bound",
                "the moratorium does not bind {owner}, who owns {programmes}; it binds: {parties}",
                {"owner": owner, "programmes": names(moved), "parties": names(binds)},
            )


def check_china(context: Mapping[str, Any]) -> None:
    """Refuse to ask China where there is none."""
    if not context.get("china", True):
        raise PydanticCustomError(
            "no_china", "there is no china to be asked; add the section china, or leave with_china out"
        )


def check_can_offer(party: str, context: Mapping[str, Any]) -> None:
    """Refuse to let a party start talks that has nothing to offer."""
    if party in context.get("without_offer", ()):
        raise PydanticCustomError(
            "no_offer",
            "{party} has nothing to offer; name an agreement in parties.{party}.talks.offers ({there_are})",
            {"party": party, "there_are": there_are(context.get("agreements", ()))},
        )


def check_offers(starts: Any, context: Mapping[str, Any]) -> None:
    """Refuse to start talks with nothing to offer."""
    if starts is True:
        raise PydanticCustomError(
            "no_offer",
            "talks are started with nothing to offer; "
            "name an agreement in offers ({there_are}), or leave starts out",
            {"there_are": there_are(context.get("agreements", ()))},
        )


def check_disputed(disputed: Any) -> None:
    """Refuse a true range of a programme that nobody contests."""
    if disputed is False:
        raise PydanticCustomError(
            "not_disputed",
            "only a disputed programme has a true range; write 'disputed: yes', or leave true_range out",
        )


def check_conversion(months: float, kind: Any) -> None:
    """Refuse months of conversion at a site without cells."""
    if months and isinstance(kind, str) and kind != "mk41_cell":
        raise PydanticCustomError(
            "no_cells",
            "only the cells of an mk41_cell site are converted, and this is a {kind}; "
            "leave conversion_months out",
            {"kind": kind},
        )


def check_range(least: float | None, likeliest: float | None, most: float) -> None:
    """Refuse a range whose three figures are not in order."""
    if least is not None and likeliest is not None and not least <= likeliest <= most:
        raise PydanticCustomError(
            "range_order",
            "the figures are not in order (given {least}, {likeliest}, {most}); "
            "the least first, then the likeliest, then the most",
            {"least": f"{least:g}", "likeliest": f"{likeliest:g}", "most": f"{most:g}"},
        )
