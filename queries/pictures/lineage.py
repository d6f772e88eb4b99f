"""The lineage as a picture: owners and partners, the companies' areas, the leads of 2021."""

from datetime import date
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.lineage import COVERAGE, LINEAGE, NONE_KNOWN, OWNERS
from rehabgraph.queries.market import Filters
from rehabgraph.queries.pictures.link_facts import read_proofs
from rehabgraph.queries.pictures.links import Basis, Link
from rehabgraph.queries.pictures.network import Picture, Thing, Tie
from rehabgraph.queries.pictures.ties import find_things, make_picture

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

NOBODY = "lead-2021/none-known"
UNTIED = "none-known"
KINDS = (
    PREFIXES
    + "SELECT ?kind ?label WHERE { ?any rg:lineageKind ?kind . ?kind skos:prefLabel ?label }"
)
KIND_OF = PREFIXES + "SELECT ?row ?kind WHERE { ?row a rg:Lineage ; rg:lineageKind ?kind }"


def build_lineage(graph: "Graph", filters: Filters) -> Picture:
    """Return who owned the companies of each area, and which leads of 2021 they are tied to.

    Args:
        graph: the graph.
        filters: its areas and its day count, nothing else.

    Raises:
        BadParameter: no company worked in the areas asked for.
    """
    store = graph.store
    covered: dict[str, list[str]] = {}
    for r in store.select(COVERAGE):
        covered.setdefault(r["crc"].short, []).append(r["area"].id)
    kinds = {r["row"].short: r["kind"].id for r in store.select(KIND_OF)}
    tied: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for r in store.select(LINEAGE):
        key = (r["crc"].short, r["organisation"].short)
        row = (r["row"].short, r["successor"].id, str(r["note"] or ""))
        tied.setdefault(key, []).append(row)
    owners = store.select(OWNERS)
    rows = [r["row"] for r in owners] + [ID + t[0] for of in tied.values() for t in of]
    proofs = read_proofs(store, [str(r) for r in rows])
    links: list[Link] = []
    for r in owners:
        crc, owner, own = r["crc"].short, r["organisation"].short, r["row"].short
        areas = tuple(covered.get(crc, ()))
        if filters.areas and not set(areas) & set(filters.areas):
            continue
        role = str(r["role"])
        for id_, successor, note in tied.get((crc, owner), [("", "", "")]):
            basis = Basis(
                own,
                None,
                f"{role} of the company{'; tie to the lead' if id_ else ''}",
                _read_day(r["from"]),
                _read_day(r["to"]),
                str(r["precision"] or "day"),
                areas,
                tuple(dict.fromkeys((*proofs.get(str(r["row"]), ()), *proofs.get(ID + id_, ())))),
            )
            links.append(
                Link(
                    id_ or own,
                    kinds.get(id_, UNTIED),
                    owner,
                    f"lead-2021/{successor}" if successor else NOBODY,
                    role,
                    crc,
                    (basis,),
                    " ".join(dict.fromkeys(n for n in (str(r["note"] or ""), note) if n)),
                )
            )
    if not links:
        raise BadParameter("lineage: no company is on record for these areas; leave --area out")
    labels = {r["kind"].id: str(r["label"]) for r in store.select(KINDS)}
    named = [(k, labels[k]) for k in sorted(labels) if any(link.kind == k for link in links)]
    return make_picture(
        graph,
        graph.market(),
        filters,
        kind="lineage",
        title="From the companies of 2015 to the leads of 2021",
        links=links,
        tie_kinds=[*named, (UNTIED, "No lead of 2021 known")],
        things=_find_columns(graph, links),
        ties=_find_ties(links),
        notes=(
            "“None known” says that the record holds no tie to a lead of 2021, not that there is "
            "none. Nothing is tied by place alone.",
            "The companies' work of supervision went to the Probation Service: a tie says who "
            "stood behind both, not that one contract became another.",
        ),
    )


def _find_columns(graph: "Graph", links: list[Link]) -> tuple[Thing, ...]:
    """Return owners and partners, then companies' areas by number, then the leads."""
    from dataclasses import replace

    ids = dict.fromkeys(x for link in links for x in (link.source, link.via))
    leads = dict.fromkeys(link.target for link in links if link.target != NOBODY)
    known = {t.id: t for t in find_things(graph, ids)}
    owners = [replace(t, layer=0) for t in known.values() if t.kind == "organisation"]
    crcs = [t for t in known.values() if t.kind == "crc-area"]
    crcs = [
        replace(t, layer=1, label=f"{t.id.rsplit('/', 1)[-1]} {t.label}")
        for t in sorted(crcs, key=lambda t: t.id)
    ]
    back = {lead: f"organisation/{lead.rsplit('/', 1)[-1]}" for lead in leads}
    named = {t.id: t for t in find_things(graph, back.values())}
    last = [replace(named[back[lead]], id=lead, layer=2) for lead in leads]
    last.sort(key=lambda t: (t.label.casefold(), t.id))
    if any(link.target == NOBODY for link in links):
        gap = f"{NONE_KNOWN} in the record"
        last.append(Thing(NOBODY, "organisation", "None known", layer=2, gap=gap))
    return (*owners, *crcs, *last)


def _find_ties(links: list[Link]) -> tuple[Tie, ...]:
    """Return two ties a link: owner to company's area, and on to the lead."""
    ties = []
    for link in links:
        ties.append(Tie(f"{link.id}/from", link.kind, link.source, link.via, link.role, link.id))
        ties.append(Tie(f"{link.id}/to", link.kind, link.via, link.target, "", link.id))
    return tuple(ties)


def _read_day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
