"""Networks of the record: what policies do, and every row that joins two things."""

from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.market import Filters
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.pictures.link_facts import Term, read_proofs, read_terms
from rehabgraph.queries.pictures.links import Basis, Link
from rehabgraph.queries.pictures.network import Picture
from rehabgraph.queries.pictures.ties import make_picture
from rehabgraph.queries.policies import EFFECTS, LINKS, PARTIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehabgraph.queries.graph import Graph

TIE_WORDS = {
    "Award": "Priced line awarded for",
    "Commissioning": "Commissions in",
    "CrcCoverage": "Company's area took in",
    "CrcOwnership": "Owner or partner of a company",
    "InterventionPartner": "Works with an intervention",
    "Lineage": "Tie to a lead of 2021",
    "Participation": "Part in a contract",
    "Party": "Party to an agreement",
    "PolicyLink": "Effect of a policy",
    "Relation": "Relation between organisations",
    "Role": "Role of a person",
}
"""Class of a row → what its tie is called; another class has the name that the ontology gives."""

CLASSES = PREFIXES + "SELECT ?class ?label WHERE { ?class rg:edgeSource ?any ; rdfs:label ?label }"


def build_policies(graph: "Graph", filters: Filters) -> Picture:
    """Return what policies make, end, fund and touch, and who is party to agreements.

    Args:
        graph: the graph.
        filters: only its day counts: where the page's date control starts.
    """
    rows = [
        (r, str(r["effect"]), str(r["effect"]).replace("-", " "), r["policy"], r["object"])
        for r in graph.store.select(LINKS)
    ]
    rows += [
        (r, "party", f"{str(r['effect']).lower()} in", r["object"], r["policy"])
        for r in graph.store.select(PARTIES)
    ]
    ids = [str(r["row"]) for r, *_ in rows]
    proofs, terms = read_proofs(graph.store, ids), read_terms(graph.store, ids)
    links = [
        Link(
            r["row"].short,
            kind,
            source.short,
            target.short,
            role,
            bases=(_state(r["row"].short, role, proofs, terms),),
            note=str(r["note"] or ""),
        )
        for r, kind, role, source, target in rows
    ]
    seen = {link.kind for link in links}
    kinds = [(e, e.replace("-", " ").capitalize()) for e in EFFECTS if e in seen]
    if "party" in seen:
        kinds.append(("party", "Is a party to"))
    return make_picture(
        graph,
        graph.market(),
        filters,
        kind="policies",
        title="What policies made, ended and touched",
        links=links,
        tie_kinds=kinds,
        notes=(
            "Each tie stands in a source: that one thing came after another is not taken for an "
            "effect. A policy without a tie has none in the record, which is not to say none.",
        ),
    )


def build_everything(graph: "Graph", filters: Filters) -> Picture:
    """Return every row of the record that joins two things, as the ontology declares them.

    Args:
        graph: the graph.
        filters: only its day counts: where the page's date control starts.
    """
    net = graph.to_networkx("all")
    classes = graph.store.select(CLASSES)
    labels = {str(r["class"]).rsplit("#", 1)[-1]: str(r["label"]) for r in classes} | TIE_WORDS
    edges = sorted(net.edges(keys=True, data=True), key=lambda e: (e[2], e[0], e[1]))
    iris = [ID + key for _, _, key, _ in edges]
    market = graph.market()
    contracts = {f"contract/{c.reference}": c for c in market.contracts}
    proofs, terms = read_proofs(graph.store, iris), read_terms(graph.store, iris)
    links, seen = [], set[str]()
    for source, target, key, data in edges:
        role = "" if data["label"] == data["kind"] else str(data["label"]).replace("-", " ")
        basis = _state(key, role or labels[data["kind"]], proofs, terms)
        term = terms.get(ID + key, Term())
        contract = contracts.get(target)
        if contract is not None and term.start is None and term.end is None:
            found = proofs.get(ID + key, ())
            basis = Basis(
                target, contract, "", contract.start, contract.end,
                contract.end_precision or "day", contract.areas, found,
            )  # fmt: skip
        id_ = f"{key}>{target}" if key in seen else key
        seen.add(key)
        links.append(Link(id_, data["kind"], source, target, role, bases=(basis,), note=term.note))
    kinds = dict.fromkeys(link.kind for link in links)
    return make_picture(
        graph,
        market,
        filters,
        kind="all",
        title="Everything in the record, and what joins it",
        links=links,
        tie_kinds=sorted(((k, labels[k]) for k in kinds), key=lambda k: k[1].casefold()),
    )


def _state(
    id_: str,
    role: str,
    proofs: "Mapping[str, tuple[Evidence, ...]]",
    terms: "Mapping[str, Term]",
) -> Basis:
    """Return a row of the record as what a tie rests on."""
    term = terms.get(ID + id_, Term())
    found = proofs.get(ID + id_, ())
    return Basis(id_, None, role, term.start, term.end, term.precision, (), found)
