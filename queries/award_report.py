"""An announcement of awards read into proposals, as a report for a person to confirm.

Nothing here enters the record. What the announcement does not print stays empty, and the
report says so; a name that is not a known name is proposed, never taken.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.award_list import AwardList, ProposedLine, read_award_list
from rehabgraph.graph.award_words import key
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.report import Column, Report, Row

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph

COLUMNS = (
    Column("line", "Line", "integer"),
    Column("what", "What it is"),
    Column("region", "Probation region"),
    Column("lot", "Lot"),
    Column("name", "As printed"),
    Column("value", "Value as read", "number"),
    Column("areas", "Areas"),
    Column("until", "Until"),
    Column("contracts", "Contracts", "integer"),
    Column("lead", "Lead proposed"),
    Column("match", "Match of the name"),
    Column("score", "Likeness, 0 to 100", "integer"),
    Column("value_as_printed", "Value as printed"),
    Column("status", "Status"),
    Column("repairs", "Read differently, or not understood"),
)
NAMES = (
    PREFIXES
    + """
SELECT DISTINCT ?thing ?name ?own WHERE {
  { ?thing a ?class ; rdfs:label|skos:prefLabel ?name .
    VALUES ?class { rg:ProbationRegion rg:PoliceArea rg:Lot rg:Organisation }
    BIND (true AS ?own) }
  UNION
  { ?thing a ?class ; skos:altLabel ?name .
    VALUES ?class { rg:ProbationRegion rg:PoliceArea rg:Lot } BIND (false AS ?own) }
  UNION { ?n a rg:Name ; rg:nameOf ?thing ; rdfs:label ?name . BIND (false AS ?own) }
} ORDER BY DESC(?own) ?name ?thing"""
)


@dataclass(frozen=True, slots=True)
class AwardReport:
    """The report of an announcement, what was read, and what it means for a script.

    Attributes:
        report: the proposals, for people.
        found: the same as read, for tables.
        gap: nothing was proposed, a line was not understood, or a name needs a person.
    """

    report: Report
    found: AwardList
    gap: bool


def report_award_list(graph: "Graph", path: Path) -> AwardReport:
    """Return what an announcement proposes, line by line.

    Args:
        graph: the graph, for the names of regions, areas, lots and organisations.
        path: the announcement, UTF-8 text.

    Raises:
        InvalidData: the file cannot be read as text within the limits.
    """
    names = read_vocabularies(graph.store)
    found = read_award_list(
        path, names["region"], names["area"], names["lot"], names["organisation"]
    )
    per_line = Counter(contract.line for contract in found.contracts)
    labels = graph.names.labels
    rows = [_line_row(line, per_line[line.line], labels) for line in found.lines]
    rows += [
        _other_row(
            said.line, "statement", labels, region=said.region, lot=said.lot or "", text=said.text
        )
        for said in found.statements
    ]
    rows += [
        {**_other_row(line, "not understood", labels), "repairs": why}
        for line, why in found.not_understood
    ]
    open_names = sum(line.match.status != "known" for line in found.lines)
    report = Report(
        name="award-list",
        title=f"What {path.name} proposes",
        columns=COLUMNS,
        rows=tuple(sorted(rows, key=lambda row: int(row["line"]))),
        method=(
            "Region headings, lot headings and lines of the form `Name - £value (areas – until "
            "…) (notes)`; names are matched to those of the record, near ones by rapidfuzz."
        ),
        filters={"file": path.name},
        notes=tuple(_notes(found, open_names)),
    )
    return AwardReport(report, found, not found.lines or bool(found.not_understood or open_names))


def read_vocabularies(store: "Store") -> dict[str, dict[str, str]]:
    """Return names and aliases → id, for regions, areas, lots and organisations.

    An alias that is the name in common use of another thing gives way to it. An alias of two
    things stands for both, so that whoever reads it is told of both.

    Args:
        store: the graph's store.
    """
    found: dict[str, dict[str, str]] = {"region": {}, "area": {}, "lot": {}, "organisation": {}}
    common: dict[tuple[str, str], str] = {}
    for row in store.select(NAMES):
        kind, _, id_ = row["thing"].short.partition("/")
        name = str(row["name"])
        if row["own"]:
            common.setdefault((kind, key(name)), id_)
        elif common.get((kind, key(name)), id_) != id_:
            continue
        while found[kind].get(name, id_) != id_:
            name += " "  # the same name once more: spaces at the end make no difference
        found[kind][name] = id_
    return found


def _line_row(line: ProposedLine, contracts: int, labels: Mapping[str, str]) -> Row:
    """Return the row of one priced line."""
    match = line.match
    things = [f"{ID}region/{line.region}", f"{ID}lot/{line.lot}"]
    if match.organisation:
        things.append(f"{ID}organisation/{match.organisation}")
    repairs = [f"{r.kind}: {r.as_printed} → {r.read_as} ({r.reason})" for r in line.repairs]
    if match.status != "known":
        repairs.append(f"{match.status} name: {match.reason}")
    until = {g.printed: g.until.isoformat() for g in line.groups if g.until}
    return {
        "line": line.line,
        "what": "priced line",
        "region": labels[things[0]],
        "lot": labels[things[1]],
        "name": line.name,
        "lead": labels[things[2]] if match.organisation else None,
        "match": match.status,
        "score": round(match.score),
        "value_as_printed": line.value_as_printed,
        "value": int(line.value) if line.value == int(line.value) else line.value,
        "areas": "; ".join(_areas(g.areas, labels) for g in line.groups) or "not printed",
        "until": "; ".join(f"{day} {printed}" for printed, day in until.items()) or "not printed",
        "status": line.status,
        "contracts": contracts,
        "repairs": "; ".join(repairs),
        "ids": things,
    }


def _areas(areas: tuple[str, ...], labels: Mapping[str, str]) -> str:
    return ", ".join(labels[f"{ID}area/{area}"] for area in areas) or "not printed"


def _other_row(
    line: int,
    what: str,
    labels: Mapping[str, str],
    *,
    region: str = "",
    lot: str = "",
    text: str = "",
) -> Row:
    """Return the row of a line without a price; cells that cannot apply are empty."""
    empty = dict.fromkeys((column.name for column in COLUMNS), "")
    things = [f"{ID}region/{region}"] * bool(region) + [f"{ID}lot/{lot}"] * bool(lot)
    return {
        **empty,
        "line": line,
        "what": what,
        "region": labels[things[0]] if region else "",
        "lot": labels[things[-1]] if lot else "",
        "name": text,
        "ids": things,
    }


def _notes(found: AwardList, open_names: int) -> Iterator[str]:
    """Yield the counts, and what was left empty."""
    if not found.lines:
        yield "No award list in this text: no priced line stands under a region and a lot heading."
        if not found.not_understood:
            return
    yield (
        f"Proposed: {len(found.lines)} lines, {len(found.contracts)} contracts. None of them "
        "enters the record by this."
    )
    if open_names:
        yield f"Names that are no known ones, for a person to confirm: {open_names}."
    whole = [c for c in found.contracts if c.area is None]
    if whole:
        lines = ", ".join(f"L{n}" for n in dict.fromkeys(c.line for c in whole))
        yield (
            f"Contracts without an area, since their lines print none: {len(whole)} ({lines}). "
            "The area is left empty, also where a region has but one."
        )
    if bare := sum(c.cohort is None for c in found.contracts):
        yield (
            f"Contracts without a cohort, since their headings name none: {bare}. It is left empty."
        )
    yield f"Lines not understood: {len(found.not_understood)}."
