"""What the reports of the market share: coverage, sources and the notes that belong to all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rehabgraph.queries.facts import (
    PREFIXES,
    award_iri,
    contract_iri,
    cover_lines,
    read_sources,
)
from rehabgraph.queries.market import (
    Contract,
    Filters,
    Line,
    Market,
    PartTotals,
    count_part,
    select_contracts,
    select_lines,
)
from rehabgraph.queries.market_reports.share import note_totals
from rehabgraph.queries.report import Column, Report, SourceRef

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph

POPULATIONS = (
    PREFIXES
    + "SELECT ?area ?people WHERE { ?area a rg:PoliceArea ; rg:population ?people } ORDER BY ?area"
)
COMMISSIONERS = (
    PREFIXES
    + """SELECT ?round ?commissioner ?name WHERE {
  ?round a rg:Round ; rg:commissioner ?commissioner . ?commissioner rdfs:label ?name
} ORDER BY ?round ?commissioner"""
)


def build_report(
    graph: "Graph",
    market: Market,
    filters: Filters,
    *,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    method: str,
    own: Mapping[str, Any],
    notes: Iterable[str] = (),
    split: str | None = None,
    counted: Iterable[Line] | None = None,
    part: tuple[PartTotals, tuple[SourceRef, ...]] | None = None,
) -> Report:
    """Return a report of the market with its coverage, sources and common notes.

    Args:
        graph: the graph.
        market: the market that the rows were made from.
        filters: the part of it.
        name: name of the report.
        title: its title.
        columns: its columns.
        rows: its rows, each with `ids`.
        method: how the figures were made.
        own: the report's own options, for its head.
        notes: notes of its own, which come before the common ones.
        split: the rule that divided prices, if any.
        counted: the priced lines counted whole; those wholly inside the filters unless given.
        part: totals and sources of the part, where they are known already.
    """
    listed = tuple(rows)
    totals, sources = part or _read_part(graph, market, filters)
    noted = replace(totals, partly=0, partly_value=0) if split else totals
    known, pounds = totals.known, totals.known_value
    if counted is not None:
        prices = [line.value for line in counted]
        known, pounds = len(prices), sum(prices)
    return Report(
        name=name,
        title=title,
        columns=tuple(columns),
        rows=listed,
        method=method,
        as_of=filters.as_of,
        filters={**{k: v for k, v in own.items() if v}, **filters.to_dict()},
        coverage=cover_lines(graph.store, known, pounds, sources),
        notes=(*notes, *note_totals(noted, filters, own)),
        sources=sources,
    )


def _read_part(
    graph: "Graph", market: Market, filters: Filters
) -> tuple[PartTotals, tuple[SourceRef, ...]]:
    lines, contracts = select_lines(market, filters), select_contracts(market, filters)
    used = name_ids((s.line for s in lines), contracts)
    return count_part(lines, contracts), read_sources(graph.store, used)


def name_ids(lines: Iterable[Line], contracts: Iterable[Contract]) -> list[str]:
    """Return the addresses of lines and contracts, for the `ids` of a row."""
    return [award_iri(line.id) for line in lines] + [contract_iri(c.reference) for c in contracts]


def read_populations(store: "Store") -> dict[str, float]:
    """Return area → people, as the tables hold it."""
    return {row["area"].id: float(row["people"]) for row in store.select(POPULATIONS)}


def read_commissioners(store: "Store") -> tuple[dict[str, str], dict[str, str]]:
    """Return round → its commissioner, and the label of each commissioner by `kind/id`."""
    rows = store.select(COMMISSIONERS)
    by_round = {row["round"].id: row["commissioner"].id for row in rows}
    return by_round, {row["commissioner"].short: str(row["name"]) for row in rows}


def note_split(split: str | None) -> list[str]:
    """Return the note about prices divided by a rule, where one was asked for."""
    if not split:
        return []
    how = "in equal parts" if split == "equal" else "by population"
    return [
        f"Prices that cover several areas are divided over them {how}, as asked for; within an "
        "area equally over its contracts. That is an assumption: no source says how a price splits."
    ]
