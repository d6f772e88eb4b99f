"""Networks of ties between organisations, policies and whatever else the record joins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.citing import read_labels
from rehabgraph.queries.facts import read_sources
from rehabgraph.queries.market import Contract, Filters, Market, select_contracts
from rehabgraph.queries.market_reports.partnerships import find_ownership, find_ties, is_open
from rehabgraph.queries.partnerships import Tie as Partnership
from rehabgraph.queries.parts import ContractPart, part_iri, read_parts
from rehabgraph.queries.pictures.facts import read_aliases
from rehabgraph.queries.pictures.items import Evidence, list_months, measure_totals, without_date
from rehabgraph.queries.pictures.link_facts import (
    Term,
    read_organisation_kinds,
    read_proofs,
    read_terms,
    shorten,
)
from rehabgraph.queries.pictures.links import Basis, Link, find_link_sources
from rehabgraph.queries.pictures.network import NetworkKind, Picture, Thing, Tie
from rehabgraph.queries.report import Coverage

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

PARTNERSHIP_KINDS = (
    ("lead-subcontractor", "Lead and subcontractor"),
    ("lead-partner", "Lead and named partner"),
    ("consortium", "Lead and member of its consortium"),
    ("co-delivery", "Both work under the same lead"),
    ("agreement", "Parties of one agreement"),
    ("common-ownership", "One corporate group"),
)
LISTED = (
    "Subcontractors and partners are those that the contract records list. No list is known to be "
    "complete: no tie means that none is printed, not that there is none."
)


def build_partnerships(graph: "Graph", filters: Filters) -> Picture:
    """Return who works with whom: contracts, agreements and corporate groups.

    Ties are those of the report `partnerships`, without the leads that merely serve one area.

    Args:
        graph: the graph.
        filters: the part of the market asked for; the page holds the contracts of all dates.
    """
    return _build_ties(graph, filters, "partnerships", "Which organisations work together", ())


def build_subcontractors(graph: "Graph", filters: Filters) -> Picture:
    """Return which subcontractors each lead provider has, as the contract records list them.

    Args:
        graph: the graph.
        filters: the part of the market asked for; the page holds the contracts of all dates.
    """
    title = "Lead providers and their subcontractors"
    return _build_ties(graph, filters, "subcontractors", title, ("lead-subcontractor",))


def _build_ties(
    graph: "Graph", filters: Filters, kind: NetworkKind, title: str, wanted: Collection[str]
) -> Picture:
    store, market = graph.store, graph.market()
    contracts = {c.reference: c for c in select_contracts(market, without_date(filters))}
    listed = [p for p in read_parts(store, filters.rounds) if p.contract in contracts]
    names = {p.organisation: p.name for p in listed}
    ties: list[Partnership] = find_ties(store, filters, listed, names)
    if not wanted and is_open(filters):
        ties += find_ownership(store, names)
    ties = [t for t in ties if not wanted or t.kind in wanted]
    parts = {part_iri(p.id): p for p in listed}
    rows = [i for t in ties for e in t.evidence for i in e.split("|")]
    proofs = read_proofs(store, rows)
    terms = read_terms(store, [i for i in rows if i not in parts])
    links = tuple(_link_partners(t, contracts, parts, proofs, terms) for t in ties)
    return make_picture(
        graph,
        market,
        filters,
        kind=kind,
        title=title,
        links=links,
        tie_kinds=[k for k in PARTNERSHIP_KINDS if any(link.kind == k[0] for link in links)],
        notes=(LISTED,),
    )


def _link_partners(
    tie: Partnership,
    contracts: Mapping[str, Contract],
    parts: Mapping[str, ContractPart],
    proofs: Mapping[str, tuple[Evidence, ...]],
    terms: Mapping[str, Term],
) -> Link:
    """Return a tie with each contract or agreement that it rests on and its own evidence."""
    rows = [i for e in tie.evidence for i in e.split("|")]
    bases = []
    for of in tie.ids:
        if of in contracts:
            own = [i for i in rows if i in parts and parts[i].contract == of]
            found = tuple(e for i in own for e in proofs.get(i, ()))
            bases.append(_rest_on(contracts[of], found))
        else:
            own = [i for i in rows if i not in parts]
            found = tuple(e for i in own for e in proofs.get(i, ()))
            known = [terms[i] for i in own if i in terms]
            term = known[0] if len(known) == 1 else Term()
            bases.append(Basis(of, None, "", term.start, term.end, term.precision, (), found))
    return Link(
        f"{tie.source}~{tie.target}:{tie.kind}:{tie.role}".replace(" / ", "+").replace(" ", "-"),
        tie.kind,
        f"organisation/{tie.source}",
        f"organisation/{tie.target}",
        tie.role.replace("-", " "),
        "",
        tuple(bases),
    )


def _rest_on(contract: Contract, evidence: tuple[Evidence, ...]) -> Basis:
    return Basis(
        f"contract/{contract.reference}",
        contract,
        "",
        contract.start,
        contract.end,
        contract.end_precision or "day",
        contract.areas,
        tuple(dict.fromkeys(evidence)),
    )


def make_picture(
    graph: "Graph",
    market: Market,
    filters: Filters,
    *,
    kind: NetworkKind,
    title: str,
    links: Sequence[Link],
    tie_kinds: Sequence[tuple[str, str]],
    notes: Sequence[str] = (),
    things: Sequence[Thing] = (),
    ties: Sequence[Tie] = (),
) -> Picture:
    """Return links as a network: their ends as things, one tie a link.

    Args:
        graph: the graph, for names and kinds.
        market: all contracts, for the names of lots, regions and areas.
        filters: the filters it was built under.
        kind: which network.
        title: heading of its page.
        links: the rows of its table.
        tie_kinds: id and label of each kind of tie, in the order of the legend.
        notes: what a reader should know.
        things: the things, where they are not just the ends of the links.
        ties: the ties, where they are not just the links.
    """
    ends = dict.fromkeys(e for link in links for e in (link.source, link.target))
    if not things:
        things = find_things(graph, ends)
    if not ties:
        ties = [
            Tie(link.id, link.kind, link.source, link.target, link.role, link.id) for link in links
        ]
    named = [ID + b.id for link in links for b in link.bases if b.contract is None and not b.label]
    labels = read_labels(graph.store, named)
    links = tuple(
        replace(link, bases=tuple(_name_basis(b, labels) for b in link.bases)) for link in links
    )
    cited = read_sources(graph.store, [ID + b.id for link in links for b in link.bases])
    sources = find_link_sources(links, cited)
    issued = [s.issued for s in sources if s.issued is not None]
    return Picture(
        kind=kind,
        title=title,
        things=tuple(things),
        ties=tuple(ties),
        items=(),
        tie_kinds=tuple(tie_kinds),
        market=market,
        filters=filters,
        totals=measure_totals(()),
        coverage=Coverage(
            rows_known=sum(any(b.evidence for b in link.bases) for link in links),
            rows_all=len(links),
            newest_source=max(issued, default=None),
        ),
        sources=sources,
        dates=find_link_dates(links),
        links=links,
        notes=tuple(notes),
    )


def find_things(graph: "Graph", ids: Iterable[str]) -> tuple[Thing, ...]:
    """Return things by `kind/id`, with their names, other names and kinds, in order of name."""
    kinds, aliases = read_organisation_kinds(graph.store), read_aliases(graph)
    wanted = sorted(set(ids))
    labels = {shorten(i): n for i, n in read_labels(graph.store, [ID + t for t in wanted]).items()}
    things = []
    for id_ in wanted:
        label = labels.get(id_, id_.rsplit("/", 1)[-1])
        group, group_label = kinds.get(id_, ("", ""))
        other = tuple(n for n in aliases.get(id_, ()) if n != label)
        kind = id_.rsplit("/", 1)[0]
        things.append(Thing(id_, kind, label, other, group, group_label=group_label))
    return tuple(sorted(things, key=lambda t: (t.label.casefold(), t.id)))


def find_link_dates(links: Iterable[Link]) -> tuple[date, ...]:
    """Return the days that a date slider stops at: the first of each month with a tie."""
    bases = [b for link in links for b in link.bases]
    starts = [b.start for b in bases if b.start is not None]
    ends = [b.end for b in bases if b.end is not None]
    return list_months(min(starts), max([*starts, *ends])) if starts else ()


def _name_basis(basis: Basis, labels: Mapping[str, str]) -> Basis:
    if basis.contract is not None or basis.label:
        return basis
    return replace(basis, label=labels.get(ID + basis.id, basis.id))
