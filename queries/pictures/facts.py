"""What the pages need of the graph besides the market: evidence of each line, other names."""

from collections import defaultdict
from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.pictures.matrix import Evidence

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

EVIDENCE = (
    PREFIXES
    + """
SELECT ?thing ?source ?title ?url ?locator ?printed WHERE {
  { ?thing a rg:Award } UNION { ?thing a rg:Contract }
  ?thing rg:citation ?c .
  ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  ?source rdfs:label ?title ; schema:url ?url .
  OPTIONAL { ?c rg:printed ?printed }
} ORDER BY ?thing ?printed"""
)
JUDGEMENTS = (
    PREFIXES
    + """
SELECT DISTINCT ?thing ?judgement ?reason WHERE {
  ?judgement a rg:Judgement ; rg:subject ?thing ; rdfs:comment ?reason .
  { ?thing a rg:Award } UNION { ?thing a rg:Contract }
} ORDER BY ?thing ?judgement"""
)
JOINT = (
    PREFIXES
    + """
SELECT ?region ?lot ?partner ?arrangement WHERE {
  ?c a rg:Commissioning ; rg:region ?region ; rg:coCommissioner ?p ; rg:arrangement ?a .
  ?p rdfs:label ?partner . ?a skos:prefLabel ?arrangement .
  OPTIONAL { ?c rg:lot ?lot }
} ORDER BY ?region ?lot ?partner"""
)


def read_evidence(graph: "Graph") -> dict[str, Evidence]:
    """Return `award/<id>` or `contract/<reference>` → where it stands and what was judged."""
    judged: dict[str, list[str]] = defaultdict(list)
    for row in graph.store.select(JUDGEMENTS):
        judged[row["thing"].short].append(str(row["reason"]))
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in graph.store.select(EVIDENCE):
        rows[row["thing"].short].append(row)
    return {
        thing: Evidence(
            source=cited[0]["source"].id,  # type: ignore[attr-defined]
            title=str(cited[0]["title"]),
            url=str(cited[0]["url"]),
            locator=str(cited[0]["locator"]),
            printed=tuple(str(r["printed"]) for r in cited if r["printed"]),
            judgements=tuple(judged.get(thing, ())),
        )
        for thing, cited in rows.items()
    }


def read_aliases(graph: "Graph") -> dict[str, tuple[str, ...]]:
    """Return `kind/id` → every other name that the thing goes by."""
    found: dict[str, list[str]] = defaultdict(list)
    for things in graph.names.by_fold.values():
        for iri, name in things.items():
            if name != graph.names.labels[iri]:
                found[iri.removeprefix(ID)].append(name)
    return {thing: tuple(sorted(names)) for thing, names in found.items()}


def read_gap_notes(graph: "Graph") -> dict[tuple[str, str], str]:
    """Return region and lot → who commissions there with whom, for what the list leaves out."""
    notes = {}
    lots = [row["lot"].id for row in graph.store.select(_LOTS)]
    for row in graph.store.select(JOINT):
        for lot in [row["lot"].id] if row["lot"] else lots:
            notes[row["region"].id, lot] = f"commissioned with {row['partner']}"
    return notes


_LOTS = PREFIXES + "SELECT ?lot WHERE { ?lot a rg:Lot } ORDER BY ?lot"
