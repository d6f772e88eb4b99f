"""Events, policies and contracts in the order of their days."""

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID
from rehabgraph.queries.citing import read_labels, read_places, show_date, thing_iri
from rehabgraph.queries.facts import PREFIXES, contract_iri, read_market, read_sources
from rehabgraph.queries.market import Contract, Market
from rehabgraph.queries.report import Column, Report

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

WHAT = ("events", "policies", "contracts")

EVENTS = (
    PREFIXES
    + """
SELECT ?thing ?day ?precision ?kind ?label ?subject ?note WHERE {
  ?thing a rg:Event ; schema:startDate ?day ; rdfs:label ?label ; rg:eventKind ?k .
  ?k skos:prefLabel ?kind .
  OPTIONAL { ?thing rg:datePrecision ?precision }
  OPTIONAL { ?thing rg:subject ?subject }
  OPTIONAL { ?thing rdfs:comment ?note }
} ORDER BY ?day ?thing"""
)
POLICIES = (
    PREFIXES
    + """
SELECT ?thing ?label ?issued ?start ?end ?precision ?owner ?note WHERE {
  ?thing a rg:Policy ; rdfs:label ?label .
  OPTIONAL { ?thing dcterms:issued ?issued }
  OPTIONAL { ?thing schema:startDate ?start }
  OPTIONAL { ?thing schema:endDate ?end }
  OPTIONAL { ?thing rg:datePrecision ?precision }
  OPTIONAL { ?thing rg:owner ?owner }
  OPTIONAL { ?thing rdfs:comment ?note }
} ORDER BY ?thing"""
)
COLUMNS = (
    Column("when", "Date"),
    Column("name", "What"),
    Column("kind", "Kind"),
    Column("about", "About"),
    Column("precision", "Exact to the"),
    Column("basis", "Date is"),
    Column("place", "Place in source"),
    Column("note", "Note"),
    Column("date", "Day held", "date"),
)
METHOD = (
    "Events as recorded; policies by the days on which they were issued, begin and end; contracts "
    "by their first and last days, those of one round, lot and day taken together. A date is shown "
    "as exactly as it is known."
)


def report_timeline(
    graph: "Graph", about: str = "", what: Iterable[str] = (), since: str = "", until: str = ""
) -> Report:
    """Return what happened when.

    Args:
        graph: the graph.
        about: name or id of a thing: an organisation, lot, region, area, round or policy.
        what: `events`, `policies`, `contracts`; all three when left out.
        since: first day, month or year.
        until: last day.

    Returns:
        Rows in order of date; things without a date are counted in a note.

    Raises:
        BadParameter: `what` or a date is none of those.
        UnknownName: nothing is called `about`.
    """
    from rehabgraph.queries.graph import parse_date

    wanted = [what] if isinstance(what, str) else list(what) or list(WHAT)
    for one in wanted:
        if one not in WHAT:
            raise BadParameter(f"--what {one}: choose among {', '.join(WHAT)}")
    first, last = parse_date(_widen(since)), parse_date(_widen(until, end=True))
    store, market = graph.store, read_market(graph.store)
    thing = graph.resolve(about) if about else ""
    rows: list[dict[str, Any]] = []
    undated = 0
    if "events" in wanted:
        rows += _read_events(store)
    if "policies" in wanted:
        found, undated = _read_policies(store)
        rows += found
    if "contracts" in wanted:
        rows += _read_contracts(market, thing)
    if thing:
        rows = [r for r in rows if thing in r["things"]]
    rows = [
        r
        for r in rows
        if (first is None or r["date"] >= first) and (last is None or r["date"] <= last)
    ]
    rows.sort(key=lambda r: (r["date"], r["order"], r["name"]))
    labels = read_labels(store, {r["subject"] for r in rows if r["subject"]})
    places = read_places(store, {i for r in rows for i in r["ids"][:1]})
    for row in rows:
        row["about"] = labels.get(row.pop("subject"), "")
        row["place"] = places.get(row["ids"][0], "unknown")
        del row["things"], row["order"]
    asked = {"about": thing.removeprefix(ID), "what": wanted, "since": since, "until": until}
    return Report(
        name="timeline",
        title="What happened when" + (f": {graph.names.labels[thing]}" if thing else ""),
        columns=COLUMNS,
        rows=tuple(rows),
        method=METHOD,
        filters={k: v for k, v in asked.items() if v},
        notes=tuple(_notes(market, wanted, undated)),
        sources=read_sources(store, [i for r in rows for i in r["ids"]]),
    )


def _widen(text: str, *, end: bool = False) -> str | None:
    """Return a year or month as its first day, or as its last; anything else as it is."""
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return f"{text}-12-31" if end else f"{text}-01-01"
    month = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    if month and int(month[1]):
        day = calendar.monthrange(int(month[1]), int(month[2]))[1] if end else 1
        return f"{text}-{day:02}"
    return text or None


def _read_events(store: Store) -> list[dict[str, Any]]:
    return [_entry(r["day"], str(r["label"]), str(r["kind"]), r) for r in store.select(EVENTS)]


def _read_policies(store: Store) -> tuple[list[dict[str, Any]], int]:
    rows, undated = [], 0
    for r in store.select(POLICIES):
        days = [("issued", r["issued"]), ("begins", r["start"]), ("ends", r["end"])]
        undated += not any(day for _, day in days)
        for verb, day in days:
            if day is not None:
                name = f"{r['label']} {'is issued' if verb == 'issued' else verb}"
                row = _entry(day, name, f"Policy {verb}", r)
                row["things"] |= {str(r["thing"])}
                rows.append(row)
    return rows, undated


def _read_contracts(market: Market, thing: str) -> list[dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[Contract]] = defaultdict(list)
    for c in market.contracts:
        if thing and thing not in _things_of(market, c):
            continue
        if c.start:
            groups[c.start, "begin", c.round, c.lot, "day", "stated"].append(c)
        if c.end:
            key = (c.end, "end", c.round, c.lot, c.end_precision or "day", c.end_basis)
            groups[key].append(c)
    rows = []
    for (day, verb, round_, lot, precision, basis), of in groups.items():
        many = f"{len(of)} contracts" if len(of) > 1 else f"Contract {of[0].reference}"
        name = f"{many} {verb}{'' if len(of) > 1 else 's'}: {market.label('lot', lot)}"
        rows.append(
            {
                "when": show_date(day, precision),
                "date": day,
                "name": name,
                "kind": f"Contracts {verb}",
                "precision": precision,
                "basis": basis or "unknown",
                "note": "",
                "subject": thing_iri(f"round/{round_}"),
                "things": {thing, *(_things_of(market, of[0]) if not thing else ())},
                "order": 2,
                "ids": [contract_iri(c.reference) for c in of],
            }
        )
    return rows


def _things_of(market: Market, c: Contract) -> set[str]:
    holder = market.holders.get(c.lead)
    shorts = [f"organisation/{c.lead}", f"lot/{c.lot}", f"region/{c.region}", f"round/{c.round}"]
    shorts += [f"area/{a}" for a in c.areas] + [f"contract/{c.reference}"]
    return {thing_iri(s) for s in shorts + ([f"organisation/{holder.group}"] if holder else [])}


def _entry(day: date, name: str, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    subject = str(row.get("subject") or row.get("owner") or "")
    precision = str(row["precision"] or "day")
    return {
        "when": show_date(day, precision),
        "date": day,
        "name": name,
        "kind": kind,
        "precision": precision,
        "basis": "stated",
        "note": str(row["note"] or ""),
        "subject": subject,
        "things": {subject},
        "order": int(kind.startswith("Policy")),
        "ids": [str(row["thing"])],
    }


def _notes(market: Market, wanted: list[str], undated: int) -> Iterable[str]:
    if "policies" in wanted and undated:
        yield f"{undated} policies have no date in the record and are not shown."
    if "contracts" in wanted:
        ends = sum(1 for c in market.contracts if c.end is None)
        starts = sum(1 for c in market.contracts if c.start is None)
        yield (
            f"Of {len(market.contracts)} contracts {starts} have no first day and {ends} no last "
            "day in the record. A derived last day is the start plus the standard term."
        )
