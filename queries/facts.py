"""The store read once into the plain rows that every measure works on."""

import re
from collections import defaultdict
from datetime import date

from rehabgraph.graph.store import Solution, Store
from rehabgraph.ontology import ID
from rehabgraph.queries.catalogue import bind_terms, read_question
from rehabgraph.queries.market import Contract, Holder, Line, Market
from rehabgraph.queries.report import Coverage, SourceRef

PREFIXES = """
PREFIX rg: <https://w3id.org/rehabgraph/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX schema: <https://schema.org/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

LABELS = (
    PREFIXES
    + """
SELECT ?thing ?label WHERE {
  { ?thing a rg:ProbationRegion ; rdfs:label ?label }
  UNION { ?thing a rg:PoliceArea ; rdfs:label ?label }
  UNION { ?thing a rg:Round ; rdfs:label ?label }
  UNION { ?thing a rg:Lot ; skos:prefLabel ?label }
  UNION { ?thing skos:prefLabel ?label ;
            skos:inScheme <https://w3id.org/rehabgraph/id/scheme/organisation-kind> }
} ORDER BY ?thing"""
)

HOLDERS = (
    PREFIXES
    + """
SELECT ?holder ?name ?kind ?group ?group_name ?sector WHERE {
  { SELECT DISTINCT ?holder WHERE { ?contract rg:lead ?holder } }
  ?holder rdfs:label ?name ; rg:kind ?kind .
  OPTIONAL { ?holder rg:group ?group . ?group rdfs:label ?group_name }
  OPTIONAL { ?holder rg:sector ?sector }
}"""
)

AREAS = (
    PREFIXES
    + """
SELECT ?area ?region ?lat WHERE {
  ?area a rg:PoliceArea ; rg:commissionedArea true ; geo:sfWithin ?region .
  OPTIONAL { ?area <http://www.w3.org/2003/01/geo/wgs84_pos#lat> ?lat }
} ORDER BY ?area"""
)

TOTALS = (
    PREFIXES
    + """
SELECT ?lines ?headline WHERE {
  { SELECT (COUNT(?a) AS ?lines) WHERE { ?a a rg:Award ; rg:lot ?l } }
  OPTIONAL { SELECT (MAX(?value) AS ?headline) WHERE {
    ?s rg:subject <https://w3id.org/rehabgraph/id/round/day-one> ; rg:value ?value ;
       rg:amountKind <https://w3id.org/rehabgraph/id/amount-kind/initial> . } }
}"""
)


def read_market(store: Store, rounds: tuple[str, ...] = ()) -> Market:
    """Return the lines and contracts of a store as plain rows, in a stable order.

    Regions are in order from north to south, as pictures and tables show them.

    Args:
        store: the graph.
        rounds: ids of the commissioning rounds wanted; all when empty.
    """
    terms = {"round": [f"<{ID}round/{r}>" for r in rounds]}
    labels = {r["thing"].short: str(r["label"]) for r in store.select(LABELS)}
    region_areas: dict[str, list[str]] = defaultdict(list)
    latitudes: dict[str, list[float]] = defaultdict(list)
    for row in store.select(AREAS):
        region_areas[row["region"].id].append(row["area"].id)
        latitudes[row["region"].id].append(float(row["lat"] or 0))
    north_first = sorted(latitudes, key=lambda r: -sum(latitudes[r]) / len(latitudes[r]))
    region_areas = {r: region_areas[r] for r in north_first}
    labels = {f"region/{r}": labels[f"region/{r}"] for r in north_first} | labels
    holders = {}
    for row in store.select(HOLDERS):
        id_ = row["holder"].id
        group = row["group"].id if row["group"] else id_
        sector = row["sector"].id if row["sector"] else ""
        holders[id_] = Holder(id_, str(row["name"]), row["kind"].id, group, sector)
        labels[f"organisation/{id_}"] = str(row["name"])
        if row["group"]:
            labels[f"organisation/{group}"] = str(row["group_name"])
    contracts = tuple(
        _read_contract(row, region_areas)
        for row in store.select(bind_terms(read_question("contract-facts"), terms))
    )
    under: dict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        if contract.award:
            under[contract.award].append(contract)
    lines = tuple(
        _read_line(row, tuple(under.get(row["award"].id, ())))
        for row in store.select(bind_terms(read_question("award-facts"), terms))
    )
    areas = {region: tuple(ids) for region, ids in region_areas.items()}
    return Market(lines, contracts, holders, labels, areas)


def _read_contract(row: Solution, region_areas: dict[str, list[str]]) -> Contract:
    area = row["area"].id if row["area"] else None
    region = row["region"].id
    return Contract(
        reference=str(row["reference"]),
        round=row["round"].id,
        lot=row["lot"].id,
        region=region,
        areas=(area,) if area else tuple(region_areas.get(region, ())),
        cohort=row["cohort"].id,
        route=row["route"].id,
        lead=row["lead"].id,
        start=_date(row["start"]),
        end=_date(row["end"]),
        end_precision=str(row["end_precision"] or ""),
        end_basis=row["end_basis"].id if row["end_basis"] else "",
        award=row["award"].id if row["award"] else None,
        area=area,
        referrals_closed=_date(row["closed"]),
    )


def _read_line(row: Solution, contracts: tuple[Contract, ...]) -> Line:
    return Line(
        id=row["award"].id,
        round=row["round"].id,
        lot=row["lot"].id,
        region=row["region"].id,
        lead=row["lead"].id,
        value=int(row["value"]),
        value_kind=row["value_kind"].id,
        status=row["status"].id,
        name_as_printed=str(row["printed"]),
        source=row["source"].id,
        locator=str(row["locator"]),
        contracts=contracts,
    )


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def read_sources(store: Store, things: list[str]) -> tuple[SourceRef, ...]:
    """Return the sources that the citations of the given things name, in order of id."""
    if not things:
        return ()
    values = " ".join(f"<{iri}>" for iri in sorted(set(things)))
    rows = store.select(
        PREFIXES
        + "SELECT DISTINCT ?source ?title ?url ?licence ?issued WHERE { VALUES ?thing { "
        + values
        + " } ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source . ?source rdfs:label ?title ;"
        " schema:url ?url ; dcterms:rights ?licence . OPTIONAL { ?source dcterms:issued ?issued }"
        "} ORDER BY ?source"
    )
    return tuple(
        SourceRef(r["source"].id, r["title"], str(r["url"]), str(r["licence"]), _date(r["issued"]))
        for r in rows
    )


def read_coverage(store: Store, known: list[int], sources: tuple[SourceRef, ...]) -> Coverage:
    """Return the coverage of an answer that rests on these priced lines and sources."""
    totals = store.select(TOTALS)[0]
    dates = [s.issued for s in sources if s.issued]
    return Coverage(
        rows_known=len(known),
        rows_all=int(totals["lines"]),
        pounds_known=sum(known),
        pounds_headline=int(totals["headline"]) if totals["headline"] else None,
        newest_source=max(dates) if dates else None,
    )


def award_iri(id_: str) -> str:
    """Return the address of a priced line."""
    return f"{ID}award/{id_}"


def contract_iri(reference: str) -> str:
    """Return the address of a contract."""
    return f"{ID}contract/{reference}"


def line_number(locator: str) -> int | None:
    """Return the line that a locator begins at, or None when it names no line.

    >>> line_number("L50"), line_number("L37-L39"), line_number("record 7")
    (50, 37, None)
    """
    found = re.match(r"L(\d+)", locator)
    return int(found.group(1)) if found else None
