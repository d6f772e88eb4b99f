"""What is weak in the record: broken rules, judgements, doubts, gaps, ages and figures at odds."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.store import Iri, Store
from rehabgraph.queries.catalogue import question_files, read_question
from rehabgraph.queries.citing import read_places
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.queries.resolve import kind_of

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

ENDING = "-violation"
LISTED = 12
"""Names of doubtful things are listed up to this number."""

JUDGEMENTS = (
    PREFIXES + "SELECT ?thing ?kind WHERE { ?thing a rg:Judgement ; rg:judgementKind ?k ."
    " ?k skos:prefLabel ?kind } ORDER BY ?kind ?thing"
)
DOUBTS = (
    PREFIXES
    + """
SELECT ?thing ?name ?basis ?leads WHERE {
  ?thing a rg:Organisation ; rdfs:label ?name ; rg:kindBasis ?b .
  ?b skos:notation ?basis .
  FILTER (?basis IN ("unknown", "believed", "conflicting"))
  BIND (EXISTS { ?contract rg:lead ?thing } AS ?leads)
} ORDER BY ?basis ?name ?thing"""
)
SHARES = (
    PREFIXES
    + """
SELECT ?thing ?class WHERE {
  { ?thing a rg:Participation . BIND ("participation" AS ?class) }
  UNION { ?thing a rg:OwnershipInterest . BIND ("ownership" AS ?class) }
  FILTER NOT EXISTS { ?thing rg:share ?share }
} ORDER BY ?class ?thing"""
)
ENDS = (
    PREFIXES
    + """
SELECT ?thing ?round ?start ?end ?basis WHERE {
  ?thing a rg:Contract ; rg:round ?r . ?r rdfs:label ?round .
  OPTIONAL { ?thing schema:startDate ?start }
  OPTIONAL { ?thing schema:endDate ?end }
  OPTIONAL { ?thing rg:endBasis ?b . ?b skos:notation ?basis }
} ORDER BY ?thing"""
)
AGES = (
    PREFIXES
    + """
SELECT ?thing ?issued WHERE {
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source .
  OPTIONAL { ?source dcterms:issued ?issued }
} ORDER BY ?thing ?issued"""
)
AT_ODDS = (
    PREFIXES
    + """
SELECT ?amount ?award ?stated ?listed ?lot ?region ?note WHERE {
  ?amount a rg:Amount ; rg:subject ?award ; rg:value ?stated ; rg:currency "GBP" .
  ?award a rg:Award ; rg:currency "GBP" ; rg:value ?listed ; rg:lot ?l ; rg:region ?r .
  ?l skos:prefLabel ?lot . ?r rdfs:label ?region .
  OPTIONAL { ?amount rdfs:comment ?note }
  FILTER (?stated != ?listed)
} ORDER BY ?award ?amount"""
)
UNITS = (
    PREFIXES
    + "SELECT ?thing ?name ?area ?note WHERE { ?thing a rg:DeliveryUnit ; rdfs:label ?name ;"
    " geo:sfWithin ?a ; rdfs:comment ?note . ?a rdfs:label ?area } ORDER BY ?name ?thing"
)
COLUMNS = (
    Column("check", "Check"),
    Column("name", "What"),
    Column("count", "Number", "integer"),
    Column("detail", "Detail"),
    Column("place", "Place in source"),
    Column("id", "Id"),
)


def report_quality(graph: "Graph") -> Report:
    """Return what is weak in the record.

    Args:
        graph: the graph.

    Returns:
        Rows by check: rules broken, judgements by kind, kinds in doubt, shares and dates that are
        unknown, the age of the sources by table, figures and places at odds.
    """
    store = graph.store
    broken, held = _check_rules(graph)
    rows = [
        *broken,
        *_count_judgements(store),
        *_list_doubts(store),
        *_count_unknown(store),
        *_find_at_odds(store),
        *_measure_ages(store),
    ]
    for number, row in enumerate(rows, 1):
        row["id"] = f"q{number}"
    sources = read_sources(store, [i for row in rows for i in row["ids"][:40]])
    return Report(
        name="quality",
        title="What is weak in the record",
        columns=COLUMNS,
        rows=tuple(rows),
        method=(
            "Rules are saved questions that must return nothing; the rest are counts of what the "
            "record says of itself. Nothing is mended here."
        ),
        notes=(
            f"{len(held)} rules hold, with nothing against them: {'; '.join(held)}.",
            "An unknown is counted, not guessed: a share of work or pay is published nowhere.",
        ),
        sources=sources,
    )


def _check_rules(graph: "Graph") -> tuple[list[dict[str, Any]], list[str]]:
    rows, held = [], []
    for name in question_files():
        if not name.endswith(ENDING):
            continue
        question = read_question(name)
        found = graph.store.select(question.sparql)
        if not found:
            held.append(question.title.lower())
        for r in found:
            things = [str(v) for v in r.values() if isinstance(v, Iri)]
            detail = ", ".join(str(getattr(v, "short", v)) for v in r.values() if v is not None)
            rows.append(_row("rule broken", question.title, 1, detail, things))
    return rows, held


def _count_judgements(store: Store) -> Iterable[dict[str, Any]]:
    kinds: dict[str, list[str]] = defaultdict(list)
    for r in store.select(JUDGEMENTS):
        kinds[str(r["kind"])].append(str(r["thing"]))
    for kind, things in sorted(kinds.items()):
        detail = "Decisions of ours, each with its reason; they can be taken back."
        yield _row("judgements", kind, len(things), detail, things)


def _list_doubts(store: Store) -> Iterable[dict[str, Any]]:
    found: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for r in store.select(DOUBTS):
        found[str(r["basis"])].append((str(r["thing"]), str(r["name"]), bool(r["leads"])))
    for basis, things in sorted(found.items()):
        leads = [name for _, name, lead in things if lead]
        shown = ", ".join(leads[:LISTED]) + (" …" if len(leads) > LISTED else "")
        yield _row(
            "kind of organisation", f"kind {basis}", len(things),
            f"{len(leads)} of them lead contracts: {shown or 'none'}", [t for t, _, _ in things],
        )  # fmt: skip


def _count_unknown(store: Store) -> Iterable[dict[str, Any]]:
    shares: dict[str, list[str]] = defaultdict(list)
    for r in store.select(SHARES):
        shares[str(r["class"])].append(str(r["thing"]))
    for kind, things in sorted(shares.items()):
        detail = "What part of the work, the pay or the ownership it is, no source says."
        yield _row("share unknown", f"{kind} without a share", len(things), detail, things)
    contracts = store.select(ENDS)
    for name, rows in (
        ("contracts without a first day", [r for r in contracts if r["start"] is None]),
        ("contracts without a last day", [r for r in contracts if r["end"] is None]),
        ("last days derived from the term", [r for r in contracts if r["basis"] == "derived"]),
    ):
        if rows:
            rounds = sorted({str(r["round"]) for r in rows})
            detail = f"Of {len(contracts)} contracts, in: {'; '.join(rounds)}"
            yield _row("date unknown", name, len(rows), detail, [str(r["thing"]) for r in rows])


def _find_at_odds(store: Store) -> Iterable[dict[str, Any]]:
    found = store.select(AT_ODDS)
    places = read_places(store, [r["amount"] for r in found] + [r["award"] for r in found])
    for r in found:
        detail = (
            f"{format_pounds(r['stated'])} in the notice, {format_pounds(r['listed'])} in the "
            "announced line"
        )
        if r["listed"]:
            detail += f": {float(r['stated']) / float(r['listed']):.3f} times"
        place = f"{places[str(r['amount'])]}; {places[str(r['award'])]}"
        row = _row("figures at odds", f"{r['lot']}, {r['region']}", 2, detail, [])
        yield row | {"place": place, "ids": [str(r["amount"]), str(r["award"])]}
    units = store.select(UNITS)
    places = read_places(store, [r["thing"] for r in units])
    for r in units:
        row = _row("place at odds", f"{r['name']} (delivery unit)", 1, "", [str(r["thing"])])
        detail = f"Held in {r['area']}. {r['note']}"
        yield row | {"detail": detail, "place": places.get(str(r["thing"]), "")}


def _measure_ages(store: Store) -> Iterable[dict[str, Any]]:
    dated: dict[str, list[tuple[date, str]]] = defaultdict(list)
    undated: dict[str, set[str]] = defaultdict(set)
    for r in store.select(AGES):
        kind = kind_of(str(r["thing"]))
        if isinstance(r["issued"], date):
            dated[kind].append((r["issued"], str(r["thing"])))
        else:
            undated[kind].add(str(r["thing"]))
    for kind in sorted(set(dated) | set(undated)):
        days = sorted(dated[kind])
        span = f"sources dated {days[0][0]} to {days[-1][0]}" if days else "no dated source"
        more = f"; {len(undated[kind])} rest on a source without a date" if undated[kind] else ""
        ends = [days[0][1], days[-1][1]] if days else sorted(undated[kind])[:1]
        total = len({t for _, t in days} | undated[kind])
        yield _row("age of sources", kind.replace("-", " "), total, span + more, ends)


def _row(check: str, name: str, count: int, detail: str, things: list[str]) -> dict[str, Any]:
    return {
        "check": check,
        "name": name,
        "count": count,
        "detail": detail,
        "place": "",
        "ids": things,
    }
