"""The small pictures on a thing's page: the areas it serves and when its contracts run."""

from collections.abc import Sequence

from rehabgraph.ontology import RG
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.site.bars import build_bars
from rehabgraph.views.site.content import Block
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.tiles import build_tiles


def list_areas(site: Site) -> list[str]:
    """Return every commissioned police area."""
    return [
        a
        for a in site.facts.kinds.get("area", [])
        if RG + "PoliceArea" in {str(t) for t in site.facts.all(a, "rdf:type")}
        and site.facts.get(a, "rg:commissionedArea") is True
    ]


def areas_of_contract(site: Site, contract: str) -> list[str]:
    """Return the areas of a contract: its own, or all of its region."""
    own = [str(a) for a in site.facts.all(contract, "rg:area")]
    region = site.facts.get(contract, "rg:region")
    if own or region is None:
        return own
    return [a for a in list_areas(site) if site.facts.get(a, "geo:sfWithin") == region]


def find_areas(site: Site, thing: str) -> dict[str, str]:
    """Return the areas that a thing is about: `full`, or `part` where it is a partner only."""
    facts, kind = site.facts, kind_of(thing)
    full: list[str] = []
    part: list[str] = []
    if kind == "area":
        full = [thing]
    elif kind == "region":
        full = [a for a in list_areas(site) if str(facts.get(a, "geo:sfWithin")) == thing]
    elif kind == "contract":
        full = areas_of_contract(site, thing)
    elif kind in ("award", "lot", "round"):
        for contract in facts.naming(thing, f"rg:{kind}", "contract"):
            full += areas_of_contract(site, contract)
    elif kind == "organisation":
        for contract in facts.naming(thing, "rg:lead", "contract"):
            full += areas_of_contract(site, contract)
        for row in facts.naming(thing, "rg:organisation", "participation"):
            part += areas_of_contract(site, str(facts.get(row, "rg:contract")))
    elif kind == "crc-area":
        full = [
            str(facts.get(c, "rg:area")) for c in facts.naming(thing, "rg:crcArea", "crc-coverage")
        ]
    return {**dict.fromkeys(part, "part"), **dict.fromkeys(full, "full")}


def draw_tiles(site: Site, thing: str) -> list[Block]:
    """Return the tile map of a thing, where it has areas."""
    states = find_areas(site, thing)
    if not states:
        return []
    rows = []
    for area in list_areas(site):
        column, row = site.facts.get(area, "rg:tileColumn"), site.facts.get(area, "rg:tileRow")
        whole = isinstance(column, int) and isinstance(row, int)
        rows.append(
            (area, site.names(area), site.to(area), *((column, row) if whole else (None, None)))
        )
    is_body = kind_of(thing) == "organisation"
    meaning = "leads a contract here, of any round" if is_body else "inside"
    tiles = build_tiles(
        rows, states, (("full", meaning), ("part", "named in a contract of another"))
    )
    named = sorted((site.names(a), state) for a, state in states.items())
    full = [name for name, state in named if state == "full"]
    part = [name for name, state in named if state == "part"]
    words = [f"{meaning.capitalize()}: {', '.join(full)}."] if full else []
    words += [f"Named in a contract of another: {', '.join(part)}."] if part else []
    data = {"tiles": tiles, "words": " ".join(words), "title": f"Areas of {site.names(thing)}"}
    intro = "A square is a police area, roughly where it lies."
    return [Block("areas", "Areas", "tiles", data, intro)] if tiles.tiles else []


def draw_bars(site: Site, contracts: Sequence[str], ident: str) -> list[Block]:
    """Return the timeline of contracts, where they have dates."""
    facts = site.facts
    rows = []
    for contract in contracts:
        where = facts.get(contract, "rg:area") or facts.get(contract, "rg:region")
        parts = [facts.get(contract, "rg:lot"), where]
        words = ", ".join(site.names(str(p)) for p in parts if p)
        rows.append(
            (
                words or site.names(contract),
                site.to(contract),
                facts.get(contract, "schema:startDate"),
                facts.get(contract, "schema:endDate"),
            )
        )
    bars = build_bars(rows)
    if bars is None or len(bars.bars) < 2:
        return []
    data = {"bars": bars, "undated": len(rows) - len(bars.bars) - bars.left_out}
    intro = "A bar is a contract; a broken end means that the day is not published."
    return [Block(ident, "When these contracts run", "bars", data, intro, level=3)]
