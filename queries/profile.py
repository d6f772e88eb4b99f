"""A brief of one organisation, area or region: section, item, value, place in the source."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID
from rehabgraph.queries.citing import read_places, show_date, take_one, thing_iri
from rehabgraph.queries.facts import (
    PREFIXES,
    award_iri,
    contract_iri,
    read_market,
    read_sources,
)
from rehabgraph.queries.market import Contract, Line, Market
from rehabgraph.queries.profile_facts import (
    AREA_FACTS,
    ORGANISATION_FACTS,
    REGION_FACTS,
    read_facts,
)
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.queries.resolve import kind_of
from rehabgraph.queries.why import judge_things

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

KINDS = ("organisation", "area", "region")
COLUMNS = (
    Column("section", "Section"),
    Column("item", "Item"),
    Column("value", "What the record says"),
    Column("place", "Place in source"),
    Column("id", "Id"),
)
PARTS = (
    PREFIXES
    + """
SELECT ?row ?lead ?lead_name ?sub ?sub_name WHERE {
  ?row a rg:Participation ; rg:contract ?contract ; rg:organisation ?sub ;
    rg:role <https://w3id.org/rehabgraph/id/participation-role/subcontractor> .
  ?contract rg:lead ?lead . ?lead rdfs:label ?lead_name . ?sub rdfs:label ?sub_name .
} ORDER BY ?row"""
)
METHOD = (
    "All that the record holds of one organisation, area or region, each fact with its place. "
    "Values are announced prices of whole lines, never divided between areas."
)


def report_profile(
    graph: "Graph",
    about: str = "",
    provider: str | Iterable[str] = "",
    area: str | Iterable[str] = "",
    region: str | Iterable[str] = "",
) -> Report:
    """Return a brief of one organisation, area or region.

    Args:
        graph: the graph.
        about: its name or id, of whichever kind.
        provider: an organisation, instead of `about`.
        area: a police area, instead of `about`.
        region: a probation region, instead of `about`.

    Returns:
        Rows by section, each with its place in a source.

    Raises:
        BadParameter: none of them is given, or several.
        UnknownName: nothing, or more than one thing, bears the name.
    """
    asked = {
        ("about", KINDS): about,
        ("provider", KINDS[:1]): take_one(provider, "provider"),
        ("area", KINDS[1:2]): take_one(area, "area"),
        ("region", KINDS[2:]): take_one(region, "region"),
    }
    given = [(kinds, name) for (_, kinds), name in asked.items() if name]
    if len(given) != 1:
        raise BadParameter(
            "profile needs one of an organisation, area or region: report profile NAME"
        )
    thing = graph.resolve(given[0][1], given[0][0])
    kind, id_ = kind_of(thing), thing.rsplit("/", 1)[-1]
    market = read_market(graph.store)
    facts = {"organisation": ORGANISATION_FACTS, "area": AREA_FACTS, "region": REGION_FACTS}[kind]
    rows = read_facts(graph.store, thing, facts[0])
    if kind == "organisation":
        rows += _list_led(market, id_)
        rows += _list_partners(graph.store, thing)
    else:
        rows += _list_served(market, kind, id_)
    rows += read_facts(graph.store, thing, facts[1])
    things = {i for r in rows for i in r["ids"]}
    places = read_places(graph.store, things)
    for number, row in enumerate(rows, 1):
        found = dict.fromkeys(places[i] for i in row["ids"] if i in places)
        row["place"] = "; ".join(list(found)[:3]) + (" …" if len(found) > 3 else "")
        row["id"] = f"p{number}"
    name = graph.names.labels[thing]
    return Report(
        name="profile",
        title=f"Profile: {name}",
        columns=COLUMNS,
        rows=tuple(rows),
        method=METHOD,
        filters={"about": thing.removeprefix(ID)},
        notes=(
            *(f"Judgement {j}" for j in judge_things(graph, [thing])),
            "What is not here is not in the record, which is not to say that it is not so.",
        ),
        sources=read_sources(graph.store, sorted(things)),
    )


def _list_led(market: Market, id_: str) -> list[dict[str, Any]]:
    lines = [line for line in market.lines if line.lead == id_]
    contracts = [c for c in market.contracts if c.lead == id_]
    if not contracts:
        return [
            _row("Leads", "contracts", "none in this record", [thing_iri(f"organisation/{id_}")])
        ]
    total, everything = sum(x.value for x in lines), sum(x.value for x in market.lines)
    rows = []
    if lines:
        value = f"{format_pounds(total)} over {len(lines)} priced lines"
        if everything:
            value += f", {100 * total / everything:.1f} % of the value of all priced lines"
        rows.append(_row("Leads", "announced value", value, [award_iri(x.id) for x in lines]))
    ids = [contract_iri(c.reference) for c in contracts]
    places = len({(c.lot, a) for c in contracts for a in c.areas})
    value = f"{len(contracts)} contracts in {places} cells of lot and area"
    rows.append(_row("Leads", "contracts", value, ids))
    rows += [_line_row(market, line, market.label("region", line.region)) for line in lines]
    return rows + _unpriced(market, contracts, by_lead=False) + [_ends(contracts)]


def _list_served(market: Market, kind: str, id_: str) -> list[dict[str, Any]]:
    inside = [
        c for c in market.contracts if (id_ in c.areas if kind == "area" else c.region == id_)
    ]
    if not inside:
        return [_row("Services", "contracts", "not in this record", [thing_iri(f"{kind}/{id_}")])]
    awards = {c.award for c in inside}
    lines = [line for line in market.lines if line.id in awards]
    rows = []
    if lines and kind == "region":
        total = sum(x.value for x in lines)
        value = f"{format_pounds(total)} over {len(lines)} priced lines"
        rows.append(_row("Services", "announced value", value, [award_iri(x.id) for x in lines]))
    rows += [_line_row(market, x, market.label("organisation", x.lead)) for x in lines]
    return rows + _unpriced(market, inside, by_lead=True) + [_ends(inside)]


def _line_row(market: Market, line: Line, whose: str) -> dict[str, Any]:
    areas = sorted({market.label("area", a) for c in line.contracts for a in c.areas})
    kind = line.value_kind.replace("-", " ")
    value = f"{format_pounds(line.value)} ({kind}) for {', '.join(areas)}"
    ids = [award_iri(line.id), *(contract_iri(c.reference) for c in line.contracts)]
    return _row("Priced lines", f"{market.label('lot', line.lot)}, {whose}", value, ids)


def _unpriced(market: Market, contracts: list[Contract], *, by_lead: bool) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str, str], list[Contract]] = {}
    for c in contracts:
        if c.award is None:
            whose = ("organisation", c.lead) if by_lead else ("region", c.region)
            key = market.label("lot", c.lot), market.label(*whose), market.label("round", c.round)
            groups.setdefault(key, []).append(c)
    return [
        _row(
            "Contracts without a published price", f"{lot}, {whose}",
            f"{round_}: {', '.join(c.reference for c in of)}",
            [contract_iri(c.reference) for c in of],
        )
        for (lot, whose, round_), of in sorted(groups.items())
    ]  # fmt: skip


def _ends(contracts: list[Contract]) -> dict[str, Any]:
    ends = Counter(
        (show_date(c.end, c.end_precision) + (f" ({c.end_basis})" if c.end else ""))
        for c in contracts
    )
    value = "; ".join(
        f"{n} in {end}" if end != "unknown" else f"{n} unknown" for end, n in sorted(ends.items())
    )
    ids = [contract_iri(c.reference) for c in contracts]
    return _row("Ends", "last days of the contracts", value, ids)


def _list_partners(store: Store, thing: str) -> list[dict[str, Any]]:
    rows = []
    found = store.select(PARTS)
    for own, other, section in (
        ("lead", "sub", "Subcontractors of its contracts"),
        ("sub", "lead", "Leads that it works under"),
    ):
        mine: dict[str, list[str]] = {}
        for r in found:
            if str(r[own]) == thing:
                mine.setdefault(str(r[f"{other}_name"]), []).append(str(r["row"]))
        for name, ids in sorted(mine.items(), key=lambda p: (-len(p[1]), p[0])):
            text = f"{len(ids)} contract{'s' if len(ids) > 1 else ''}; what it is paid is unknown"
            rows.append(_row(section, name, text, ids))
    return rows


def _row(section: str, item: str, value: str, ids: list[str]) -> dict[str, Any]:
    return {"section": section, "item": item, "value": value, "ids": ids}
