"""The store read once into the plain rows that every measure works on."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.store import Solution, Store, plain_number
from rehabgraph.ontology import ID
from rehabgraph.queries.catalogue import bind_terms, read_question
from rehabgraph.queries.large.engine import choose_facts
from rehabgraph.queries.market import Contract, Holder, Line, Market, Money
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
} ORDER BY ?holder"""
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
       rg:currency "GBP" ;
       rg:amountKind <https://w3id.org/rehabgraph/id/amount-kind/initial> . } }
}"""
)

FOREIGN = (
    PREFIXES
    + """
SELECT ?award ?currency WHERE {{
  VALUES ?round {{ {rounds} }}
  ?award a rg:Award ; rg:round ?round ; rg:lot ?lot ; rg:currency ?currency .
  FILTER (STR(?currency) != "GBP")
}} ORDER BY ?award ?currency LIMIT 1"""
)


def read_market(store: Store, rounds: tuple[str, ...] = ()) -> Market:
    """Return the lines and contracts of a store as plain rows, in a stable order.

    Regions are in order from north to south, as pictures and tables show them.

    Args:
        store: the graph.
        rounds: ids of the commissioning rounds wanted; all when empty.

    Raises:
        InvalidData: a line is priced in another currency than pounds, or its price is no number;
            or a contract, line or lead is there twice.
    """
    if (facts := choose_facts(store).facts) is not None:
        from rehabgraph.queries.large.rows import read_market_rows

        return read_market_rows(facts, read_frame(store), rounds)
    refuse_other_currency(store, rounds)
    terms = {"round": [f"<{ID}round/{r}>" for r in rounds]}
    frame = read_frame(store)
    labels, holders = dict(frame.labels), {}
    for row in _once(store.select(HOLDERS), "holder"):
        id_ = row["holder"].id
        group = row["group"].id if row["group"] else id_
        sector = row["sector"].id if row["sector"] else ""
        holders[id_] = Holder(id_, str(row["name"]), row["kind"].id, group, sector)
        labels[f"organisation/{id_}"] = str(row["name"])
        if row["group"]:
            labels[f"organisation/{group}"] = str(row["group_name"])
    contracts = tuple(
        _read_contract(row, frame.region_areas)
        for row in _once(
            store.select(bind_terms(read_question("contract-facts"), terms)), "contract"
        )
    )
    under: dict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        if contract.award:
            under[contract.award].append(contract)
    lines = tuple(
        _read_line(row, tuple(under.get(row["award"].id, ())))
        for row in _once(store.select(bind_terms(read_question("award-facts"), terms)), "award")
    )
    return Market(lines, contracts, holders, labels, frame.region_areas)


def _once(rows: list[Solution], name: str) -> list[Solution]:
    """Return rows that are about one thing each; refuse what is there twice: it would count twice.

    Raises:
        InvalidData: the store gives two answers on a thing.
    """
    counts = Counter(row[name] for row in rows)
    if twice := [thing for thing, number in counts.items() if number > 1]:
        raise InvalidData(
            [
                f"{twice[0].short}: two answers where one can be, such as two leads, prices, kinds "
                "or sources, so it would count twice; correct the store"
            ]
        )
    return rows


def refuse_other_currency(store: Store, rounds: tuple[str, ...] = ()) -> None:
    """Refuse a store that has a priced line in another currency than pounds.

    Args:
        store: the graph.
        rounds: ids of the commissioning rounds wanted; all when empty.

    Raises:
        InvalidData: it has one: sums of the market are in pounds, and no sum mixes currencies.
    """
    wanted = " ".join(f"<{ID}round/{r}>" for r in rounds) or "UNDEF"
    if found := store.select(FOREIGN.format(rounds=wanted)):
        raise other_currency(found[0]["award"].id, str(found[0]["currency"]))


def other_currency(award: str, currency: str) -> InvalidData:
    """Return the error for a priced line that is not in pounds."""
    why = "sums of the market are in pounds, and nothing is added across currencies"
    return InvalidData(
        [f"award/{award}: its currency is {currency}, not GBP: {why}; hold it as an import instead"]
    )


def read_pounds(value: object, award: str) -> Money:
    """Return a price exactly: an int where it is whole pounds, else a Decimal.

    Raises:
        InvalidData: it is no number.

    >>> read_pounds(Decimal("544992.00"), "a"), read_pounds(Decimal("544992.55"), "a")
    (544992, Decimal('544992.55'))
    """
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        if number.is_finite():
            return plain_number(number)
    raise InvalidData([f"award/{award}: its value {str(value)!r} is no number; correct it"])


def read_frame(store: Store) -> Market:
    """Return the market without its lines, contracts and holders: places, lots, rounds, kinds."""
    labels = {r["thing"].short: str(r["label"]) for r in store.select(LABELS)}
    region_areas: dict[str, list[str]] = defaultdict(list)
    latitudes: dict[str, list[float]] = defaultdict(list)
    for row in store.select(AREAS):
        region_areas[row["region"].id].append(row["area"].id)
        latitudes[row["region"].id].append(float(row["lat"] or 0))
    north_first = sorted(latitudes, key=lambda r: -sum(latitudes[r]) / len(latitudes[r]))
    labels = {f"region/{r}": labels[f"region/{r}"] for r in north_first} | labels
    areas = {region: tuple(region_areas[region]) for region in north_first}
    return Market((), (), {}, labels, areas)


def _read_contract(row: Solution, region_areas: Mapping[str, tuple[str, ...]]) -> Contract:
    area = row["area"].id if row["area"] else None
    region = row["region"].id
    return Contract(
        reference=str(row["reference"]),
        round=row["round"].id,
        lot=row["lot"].id,
        region=region,
        areas=(area,) if area else region_areas.get(region, ()),
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
        value=read_pounds(row["value"], row["award"].id),
        value_kind=row["value_kind"].id,
        status=row["status"].id,
        name_as_printed=str(row["printed"]),
        source=row["source"].id,
        locator=str(row["locator"]),
        contracts=contracts,
    )


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


_CITING = "VALUES ?thing {{ {} }} ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source . "
_CITED = PREFIXES + f"SELECT DISTINCT ?source WHERE {{{{ {_CITING} }}}}"


def read_sources(store: Store, things: list[str]) -> tuple[SourceRef, ...]:
    """Return the sources that the citations of the given things name, in order of id."""
    if (facts := choose_facts(store).facts) is not None:
        from rehabgraph.queries.large.rows import read_cited

        cited, rest = read_cited(facts, things)
        if rest:
            cited |= {str(r["source"]) for r in store.select(_CITED.format(_values(rest)))}
        return describe_sources(store, cited)
    if not things:
        return ()
    return _list_sources(store, _CITING.format(_values(things)))


def _values(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in sorted(set(iris)))


def describe_sources(store: Store, sources: Iterable[str]) -> tuple[SourceRef, ...]:
    """Return the sources with these addresses, in order of id."""
    values = _values(sources)
    return _list_sources(store, f"VALUES ?source {{ {values} }} ") if values else ()


def _list_sources(store: Store, pattern: str) -> tuple[SourceRef, ...]:
    rows = store.select(
        PREFIXES
        + "SELECT DISTINCT ?source ?title ?url ?licence ?issued WHERE { "
        + pattern
        + "?source rdfs:label ?title ;"
        " schema:url ?url ; dcterms:rights ?licence . OPTIONAL { ?source dcterms:issued ?issued }"
        "} ORDER BY ?source"
    )
    return tuple(
        SourceRef(r["source"].id, r["title"], str(r["url"]), str(r["licence"]), _date(r["issued"]))
        for r in rows
    )


def read_coverage(store: Store, known: list[Money], sources: tuple[SourceRef, ...]) -> Coverage:
    """Return the coverage of an answer that rests on these priced lines and sources."""
    return cover_lines(store, len(known), sum(known), sources)


def cover_lines(
    store: Store, known: int, pounds: Money, sources: tuple[SourceRef, ...]
) -> Coverage:
    """Return the coverage of an answer that rests on so many priced lines and pounds."""
    totals = store.select(TOTALS)[0]
    dates = [s.issued for s in sources if s.issued]
    return Coverage(
        rows_known=known,
        rows_all=int(totals["lines"]),
        pounds_known=pounds,
        pounds_headline=totals["headline"],
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
