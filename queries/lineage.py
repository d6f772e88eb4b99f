"""From the owners and partners of the community rehabilitation companies to the leads of 2021."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.ontology import ID
from rehabgraph.queries.citing import read_places, show_date, take_one
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

NONE_KNOWN = "none known"
OWNERS = (
    PREFIXES
    + """
SELECT ?row ?crc ?crc_name ?organisation ?name ?role ?from ?to ?precision ?note WHERE {
  ?row a rg:CrcOwnership ; rg:crcArea ?crc ; rg:organisation ?organisation ; rg:role ?r .
  ?crc rdfs:label ?crc_name . ?organisation rdfs:label ?name . ?r skos:prefLabel ?role .
  OPTIONAL { ?row schema:startDate ?from }
  OPTIONAL { ?row schema:endDate ?to }
  OPTIONAL { ?row rg:datePrecision ?precision }
  OPTIONAL { ?row rdfs:comment ?note }
} ORDER BY ?crc ?row"""
)
LINEAGE = (
    PREFIXES
    + """
SELECT ?row ?crc ?organisation ?successor ?name ?kind ?note WHERE {
  ?row a rg:Lineage ; rg:crcArea ?crc ; rg:predecessor ?organisation ; rg:successor ?successor ;
    rg:lineageKind ?k .
  ?successor rdfs:label ?name . ?k skos:prefLabel ?kind .
  OPTIONAL { ?row rdfs:comment ?note }
} ORDER BY ?crc ?organisation ?successor ?row"""
)
COVERAGE = (
    PREFIXES + "SELECT ?row ?crc ?area ?name WHERE { ?row a rg:CrcCoverage ; rg:crcArea ?crc ;"
    " rg:area ?area . ?area rdfs:label ?name } ORDER BY ?crc ?name"
)
COLUMNS = (
    Column("name", "Owner or partner"),
    Column("role", "Role"),
    Column("crc", "Company's area"),
    Column("successor", "Lead of 2021"),
    Column("lineage", "How they are tied"),
    Column("areas", "Police areas"),
    Column("since", "From"),
    Column("until", "To"),
    Column("place", "Place in source"),
    Column("note", "Note"),
    Column("id", "Id"),
)


def report_lineage(graph: "Graph", area: str | Iterable[str] = "", owner: str = "") -> Report:
    """Return who owned the companies, and whether the same hands led contracts in 2021.

    Args:
        graph: the graph.
        area: a police area, by name or id.
        owner: an owner or partner, by name or id.

    Returns:
        One row an owner or partner of a company and a lead of 2021; `none known` where no source
        ties it to one.

    Raises:
        UnknownName: an area or organisation that nothing bears.
    """
    store = graph.store
    area = take_one(area, "area")
    place = graph.resolve(area, ("area",)) if area else ""
    who = graph.resolve(owner, ("organisation",)) if owner else ""
    covered: dict[str, list[dict[str, Any]]] = {}
    for r in store.select(COVERAGE):
        covered.setdefault(str(r["crc"]), []).append(r)
    ties: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for r in store.select(LINEAGE):
        ties.setdefault((str(r["crc"]), str(r["organisation"])), []).append(r)
    rows: list[dict[str, Any]] = []
    for r in store.select(OWNERS):
        areas = covered.get(str(r["crc"]), [])
        if (place and place not in {str(a["area"]) for a in areas}) or (
            who and who != str(r["organisation"])
        ):
            continue
        rows += [
            _row(r, areas, tie) for tie in ties.get((str(r["crc"]), str(r["organisation"])), [{}])
        ]
    places = read_places(store, [i for row in rows for i in row["ids"][:2]])
    for row in rows:
        found = (places[i] for i in row["ids"][:2] if i in places)
        row["place"] = "; ".join(dict.fromkeys(found)) or "unknown"
    tied = sum(1 for r in rows if r["successor"] != NONE_KNOWN)
    return Report(
        name="lineage",
        title="From the companies' owners to the leads of 2021",
        columns=COLUMNS,
        rows=tuple(rows),
        method=(
            "Owners and partners of the 21 companies as sourced, each with the lead of 2021 to "
            "which a source ties it. Nothing is tied by place alone."
        ),
        filters={k: v.removeprefix(ID) for k, v in {"area": place, "owner": who}.items() if v},
        notes=(
            f"{tied} of {len(rows)} rows have a tie that a source supports. “{NONE_KNOWN}” says "
            "that the record holds none, not that there is none.",
            "A company's work of supervision went to the Probation Service; a tie says who stood "
            "behind both, not that one contract became another.",
        ),
        sources=read_sources(store, [i for row in rows for i in row["ids"]]),
    )


def _row(r: dict[str, Any], areas: list[dict[str, Any]], tie: dict[str, Any]) -> dict[str, Any]:
    precision = str(r["precision"] or "day")
    notes = [str(n) for n in (r["note"], tie.get("note")) if n]
    ids = [str(r["row"]), *([str(tie["row"])] if tie else []), str(r["crc"])]
    return {
        "id": (tie or r)["row"].id,
        "name": str(r["name"]),
        "role": str(r["role"]),
        "crc": f"{r['crc'].id} {r['crc_name']}",
        "successor": str(tie["name"]) if tie else NONE_KNOWN,
        "lineage": str(tie["kind"]) if tie else NONE_KNOWN,
        "areas": ", ".join(str(a["name"]) for a in areas) or "unknown",
        "since": show_date(r["from"], precision),
        "until": show_date(r["to"], precision),
        "note": " ".join(dict.fromkeys(notes)),
        "ids": ids + [str(a["row"]) for a in areas],
    }
