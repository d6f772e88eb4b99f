"""The market of a store as Arrow tables: contracts, lines, parts, holders, citations.

The facts hold only what is plain: a contract of one lead, a line of one source, an organisation
of one name. Whatever is not raises `NotPlain`; the store itself then goes on answering.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rehabgraph.graph.large.facts_columns import (
    Columns,
    NotPlain,
    arrow_type,
    first_of_each,
    read_id,
    scan,
    to_arrow,
)
from rehabgraph.graph.large.facts_schema import TABLES
from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID

CONTRACT = {
    "contract": "rg:reference", "round": "rg:round", "lot": "rg:lot", "region": "rg:region",
    "cohort": "rg:cohort", "route": "rg:route", "lead": "rg:lead", "award": "rg:award",
    "area": "rg:area", "start": "schema:startDate", "end": "schema:endDate",
    "end_precision": "rg:endPrecision", "end_basis": "rg:endBasis",
    "referrals_closed": "rg:referralsClosed",
}  # fmt: skip
"""Column of a contract → its statement; the first seven are never left out."""
LINE = {
    "lot": "rg:lot", "region": "rg:region", "round": "rg:round", "lead": "rg:awardedTo",
    "value": "rg:value", "value_kind": "rg:valueKind", "status": "rg:status",
    "name_as_printed": "rg:nameAsPrinted", "currency": "rg:currency",
}  # fmt: skip
"""Column of a priced line → its statement; only `currency` may be left out."""
ROLES = """SELECT ?row ?fact WHERE {
  { SELECT DISTINCT ?row WHERE { ?part rg:role ?row } } ?row skos:notation ?fact }"""
HOLDERS = """SELECT ?row ?name ?kind ?group ?group_name ?sector ?leads ?charity ?voluntary WHERE {
  { SELECT DISTINCT ?row WHERE { { ?c rg:lead ?row }
    UNION { ?part a rg:Participation ; rg:organisation ?row } } }
  ?row rdfs:label ?name ; rg:kind ?kind .
  OPTIONAL { ?row rg:group ?group . OPTIONAL { ?group rdfs:label ?group_name } }
  OPTIONAL { ?row rg:sector ?sector }
  OPTIONAL { ?kind rg:countsAsCharity ?charity } OPTIONAL { ?kind rg:countsAsVoluntary ?voluntary }
  BIND(EXISTS { ?any rg:lead ?row } AS ?leads)
}"""
CITATIONS = """SELECT ?thing ?source ?locator WHERE {
  { ?thing a rg:Contract ; rg:lot ?lot } UNION { ?thing a rg:Award ; rg:lot ?lot }
  ?thing rg:citation ?citation . ?citation prov:wasDerivedFrom ?source .
  OPTIONAL { ?citation rg:locator ?locator } }"""
AREAS = """SELECT ?area ?region WHERE {
  ?area a rg:PoliceArea ; rg:commissionedArea true ; geo:sfWithin ?region
} ORDER BY ?area"""


def _scan_things(
    columns: Columns,
    rows: Any,  # noqa: ANN401
    table: str,
    terms: Mapping[str, str],
    required: int,
    what: str,
) -> Any:  # noqa: ANN401
    """Return a table of things that have all the required columns, `row` their address."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pa.table({"row": rows})
    doubts = []
    for n, (name, term) in enumerate(terms.items()):
        kind = TABLES[table][name]
        cells, several = columns.cells(found["row"].combine_chunks(), name, kind, term)
        found = found.append_column(name, cells)
        doubts.append(several)
        if n < required:
            found = found.filter(pc.is_valid(found[name]))
    for several in doubts:
        _refuse_several(found["row"], several, what)
    if "value" in terms:
        at, kind = found.column_names.index("value"), TABLES[table]["value"]
        found = found.set_column(at, "value", _to_money(found["value"].to_pylist(), kind))
    return found


def _to_money(texts: list[str], kind: str) -> Any:  # noqa: ANN401
    import pyarrow as pa

    try:
        return pa.array([Decimal(text) for text in texts], arrow_type(kind))
    except (pa.ArrowInvalid, ArithmeticError) as e:
        raise NotPlain(f"a price does not fit {kind}") from e


def _refuse_several(rows: Any, several: Any, what: str) -> None:  # noqa: ANN401
    """Refuse rows that have several values where a table has room for one."""
    import pyarrow.compute as pc

    again = rows.filter(pc.is_in(rows, value_set=several))
    if len(again):
        raise NotPlain(f"{again[0].as_py()} is not one plain {what}: two values for one column")


def _check_addresses(rows: Any, kind: str) -> None:  # noqa: ANN401
    """Refuse things whose address is of another form: their ids would not lead back to them."""
    import pyarrow.compute as pc

    if not pc.all(pc.starts_with(rows, f"{ID}{kind}/"), min_count=0).as_py():
        raise NotPlain(f"the address of some {kind} has another form than {ID}{kind}/…")


def _number(found: Any) -> Any:  # noqa: ANN401
    """Return a table with the place of each row in `row`."""
    import pyarrow as pa

    return found.set_column(0, "row", pa.array(range(len(found)), pa.int64()))


def _ids(addresses: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa

    return pa.array([read_id(row) for row in addresses.to_pylist()], pa.string())


def scan_record(store: Store) -> Iterator[tuple[str, Any]]:
    """Yield each table of the record's market by its name, in the order of the store's addresses.

    Raises:
        NotPlain: what the store says does not fit the flat tables.
    """
    import pyarrow.compute as pc

    columns = Columns(store)
    rows = columns.rows("rg:Contract")
    contracts = _scan_things(columns, rows, "market", CONTRACT, 7, "contract")
    named = pc.binary_join_element_wise(f"{ID}contract", contracts["contract"], "/")
    if not pc.all(pc.equal(contracts["row"], named), min_count=0).as_py():
        raise NotPlain("a contract's address does not end in its reference")
    covered = contracts.group_by("award").aggregate([([], "count_all")])
    counts = dict(zip(covered["award"].to_pylist(), covered["count_all"].to_pylist(), strict=True))
    yield "market", _spread(store, _number(contracts))
    cited = to_arrow(
        scan(store, CITATIONS),
        {"thing": "string", "source": "string", "locator": "string"},
        {"thing": str, "source": str},
    )
    yield "lines", _scan_lines(columns, cited, counts)
    yield "parts", _scan_parts(columns)
    yield "holders", _scan_holders(store)
    short = pc.utf8_slice_codeunits(cited["thing"], len(ID))
    cited = cited.set_column(0, "thing", short).group_by(["thing", "source"]).aggregate([])
    yield "citations", cited.sort_by([("thing", "ascending"), ("source", "ascending")])


def _scan_lines(columns: Columns, cited: Any, counts: Mapping[str, int]) -> Any:  # noqa: ANN401
    """Return the priced lines, each with the one place in a source that it cites."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = columns.rows("rg:Award")
    lines = _scan_things(columns, rows, "lines", LINE, 8, "priced line")
    cited = cited.filter(pc.is_valid(cited["locator"])).sort_by("thing")
    things = cited["thing"].combine_chunks()
    for name in ("source", "locator"):
        keys, facts, several = first_of_each(things, cited[name])
        lines = lines.append_column(
            name, facts.take(pc.index_in(lines["row"].combine_chunks(), value_set=keys))
        )
    lines = lines.filter(pc.is_valid(lines["source"]))
    _refuse_several(lines["row"], several, "priced line")
    _check_addresses(lines["row"], "award")
    ids = _ids(lines["row"])
    sources = lines.column_names.index("source")
    lines = lines.set_column(sources, "source", _ids(lines["source"]))
    numbers = [counts.get(id_, 0) for id_ in ids.to_pylist()]
    lines = lines.append_column("contracts", pa.array(numbers, pa.int64()))
    return _number(lines).append_column("award", ids)


def _scan_parts(columns: Columns) -> Any:  # noqa: ANN401
    """Return the parts in contracts, each with the reference, round, lot and region of its own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = columns.rows("rg:Participation")
    own = {"of": "rg:contract", "organisation": "rg:organisation", "as": "rg:role"}
    found = pa.table({"row": rows})
    for name, term in own.items():
        read_as = "organisation" if name == "organisation" else "row"
        cells, several = columns.cells(found["row"].combine_chunks(), read_as, "string", term)
        found = found.append_column(name, cells).filter(pc.is_valid(cells))
        _refuse_several(found["row"], several, "part in a contract")
    for name, of, term in (
        ("role", "as", ROLES),
        ("contract", "of", "rg:reference"),
        ("round", "of", "rg:round"),
        ("lot", "of", "rg:lot"),
        ("region", "of", "rg:region"),
    ):
        cells, several = columns.cells(found[of].combine_chunks(), name, "string", term)
        found = found.append_column(name, cells)
        if name in ("role", "contract", "round"):
            found = found.filter(pc.is_valid(cells))
        _refuse_several(found[of], several, "part in a contract")
    _check_addresses(found["row"], "participation")
    ids = _ids(found["row"])
    return _number(found).append_column("part", ids)


def _spread(store: Store, contracts: Any) -> Any:  # noqa: ANN401
    """Return the contracts with a row for each area; a region-wide one has all of its region."""
    import pyarrow as pa

    areas: dict[str | None, list[str | None]] = defaultdict(list)
    for row in scan(store, AREAS):
        areas[read_id(row["region"])].append(read_id(row["area"]))
    places: list[int] = []
    found: list[str | None] = []
    stated: list[bool] = []
    own, regions = contracts["area"].to_pylist(), contracts["region"].to_pylist()
    for place, (area, region) in enumerate(zip(own, regions, strict=True)):
        several = [area] if area else areas.get(region) or [None]
        found += several
        places += [place] * len(several)
        stated += [area is not None] * len(several)
    at = contracts.column_names.index("area")
    spread = contracts.take(pa.array(places, pa.int64()))
    spread = spread.set_column(at, "area", pa.array(found, pa.string()))
    spread = spread.add_column(at + 1, "area_stated", pa.array(stated, pa.bool_()))
    for name in ("end_precision", "end_basis"):
        spread = _fill(spread, name)
    return spread


def _scan_holders(store: Store) -> Any:  # noqa: ANN401
    import pyarrow.compute as pc

    names = ("name", "kind", "group", "group_name", "sector", "leads", "charity", "voluntary")
    kinds = {"row": "string"} | {name: TABLES["holders"][name] for name in names}
    found = to_arrow(scan(store, HOLDERS), kinds).sort_by("row")
    rows = found["row"].combine_chunks()
    _refuse_several(rows, first_of_each(rows, found["name"])[2], "organisation")
    _check_addresses(rows, "organisation")
    ids = _ids(rows)
    found = found.set_column(0, "organisation", ids)
    if pc.any(pc.and_(pc.is_valid(found["group"]), pc.is_null(found["group_name"]))).as_py():
        raise NotPlain("a corporate group has no name")
    at = found.column_names.index("group")
    found = found.set_column(at, "group", pc.coalesce(found["group"], ids))
    return _fill(found, "sector")


def _fill(table: Any, name: str) -> Any:  # noqa: ANN401
    """Return a table whose column has an empty text for null."""
    import pyarrow.compute as pc

    return table.set_column(table.column_names.index(name), name, pc.fill_null(table[name], ""))
