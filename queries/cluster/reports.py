"""The reports that a cluster computes, and how an answer leaves it: as a report or as tables.

An answer of up to `MOST_ROWS` rows comes back as the `Report` that the same question has on one
machine, without the addresses behind each row. A larger one stays with Spark, which writes it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rehabgraph.graph.cluster.files import MANIFEST, write_text
from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.cluster.facts import ClusterFacts
from rehabgraph.queries.cluster.imported import (
    CONCENTRATION,
    concentrate_awards,
    count_nobody,
    hold_awards,
)
from rehabgraph.queries.cluster.pairs import COLUMNS as PAIRS
from rehabgraph.queries.cluster.pairs import pair_parties, pair_suppliers
from rehabgraph.queries.cluster.part import ClusterPart, read_part
from rehabgraph.queries.cluster.shares import read_cluster_holdings
from rehabgraph.queries.cluster.slices import read_cluster_slices
from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.market_reports.concentration import METHOD as SLICE_METHOD
from rehabgraph.queries.market_reports.concentration import (
    SIDES,
    measure_slice,
    name_slice_columns,
    note_slices,
)
from rehabgraph.queries.market_reports.share import (
    BY,
    METHOD,
    TITLES,
    list_shares,
    name_columns,
    note_totals,
)
from rehabgraph.queries.report import Column, Coverage, Report
from rehabgraph.queries.report_imported import COLUMNS as HELD_COLUMNS
from rehabgraph.queries.report_imported import METHOD as HELD_METHOD
from rehabgraph.queries.report_imported import NOTES as HELD_NOTES
from rehabgraph.queries.slices import (
    BASES,
    HOLDERS,
    LABELS,
    check_choice,
    check_sides,
    label_key,
)

MARKET_REPORTS = ("market-share", "concentration", "co-delivery")
IMPORTED_REPORTS = ("imported", "concentration", "co-delivery")
NAMES = ("market-share", "imported", "concentration", "co-delivery")
MOST_ROWS = 100_000
"""So many rows at most come back to one machine."""
NO_IDS = "The addresses behind each row are left out: ask a store for them with why."
NO_MATCHES = "Two suppliers may be one organisation: neither proposals nor judgements are acted on."
PAIR_METHOD = "Every two parties of one contract or award; how many they share, each counted once."
BOUNDS = (
    "Where an award has several suppliers its split is not known: the index is then no less than "
    "the least and no more than the most, and may reach neither."
)
EMPTY = Market((), (), {})
"""A market without labels: ids stand for names."""
_SQL = {
    "text": "string",
    "integer": "bigint",
    "number": "double",
    "date": "date",
    "boolean": "boolean",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a cluster.

    Attributes:
        filters: the part of the market, by ids.
        by: who or what market-share is by, and what concentration cuts slices along.
        of: whose concentration: `provider`, `group` or `kind`.
        frame: labels of lots, places, kinds and rounds.
    """

    filters: Filters
    by: str = ""
    of: str = "provider"
    frame: Market = EMPTY


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a report, whose rows are empty when they are too many, and a frame of all rows."""

    report: Report
    frame: Any
    size: int


def list_reports(facts: ClusterFacts) -> tuple[str, ...]:
    """Return the names of the reports that these facts have something to say to."""
    found = list(MARKET_REPORTS if facts.has_market else ())
    if "imported" in facts.frames and facts.get("imported").head(1):
        found += IMPORTED_REPORTS
    return tuple(dict.fromkeys(found))


def answer_report(spark: Any, facts: ClusterFacts, name: str, asked: Asked) -> Answer:  # noqa: ANN401
    """Return the answer of one report.

    Facts of a market answer for the market; those of imports alone for the imported awards.

    Args:
        spark: the session.
        facts: the facts.
        name: one of `NAMES`.
        asked: filters and options.

    Raises:
        BadParameter: no such report, or these facts cannot answer it.
        EmptyMarket: no contract lies inside the filters.
    """
    check_choice("report", name, NAMES)
    if name == "imported" or (name != "market-share" and not facts.has_market):
        if replace(asked.filters, rounds=Filters().rounds) != Filters():
            raise BadParameter(f"{name} of imported awards takes no filters: leave them out")
        return _answer_imported(spark, facts, name)
    facts.get("market")
    part = read_part(facts, asked.filters, asked.frame)
    try:
        if name == "market-share":
            return _build(spark, _report_shares(facts, part, asked))
        if name == "concentration":
            return _build(spark, _report_slices(facts, part, asked))
        report = _frame_report(facts, part, name, "Who delivers with whom", PAIRS, PAIR_METHOD, {})
        return _collect(report, pair_parties(part, facts))
    finally:
        for frame in (part.listed, part.inside, part.chosen):
            frame.unpersist()


def _report_shares(facts: ClusterFacts, part: ClusterPart, asked: Asked) -> Report:
    by = asked.by or "provider"
    check_choice("--by", by, BY)
    found = read_cluster_holdings(part, by)
    labels = {**part.market.labels, **_read_labels(facts, [one.key for one in found.held])}
    rows = list_shares(replace(found, market=replace(found.market, labels=labels)), by)
    return _frame_report(
        facts,
        part,
        "market-share",
        f"Market share by {TITLES[by]}",
        name_columns(by, uncertain=part.totals.partly > 0),
        METHOD,
        {"by": by},
        rows,
    )


def _report_slices(facts: ClusterFacts, part: ClusterPart, asked: Asked) -> Report:
    sides = check_sides(asked.by or "lot", SIDES)
    check_choice("--of", asked.of, HOLDERS)
    along = " and ".join(LABELS[side][1].lower() for side in sides) or "all"
    slices = read_cluster_slices(part, sides, asked.of)
    rows = [
        {
            "id": f"{'/'.join(one.key) or 'all'}:{basis}",
            "name": label_key(part.market, sides, one.key),
            "basis": basis,
            **measure_slice(one, basis),
            "ids": [],
        }
        for one in slices
        for basis in BASES
    ]
    found = _frame_report(
        facts,
        part,
        "concentration",
        f"Concentration by {along}, among holders: {LABELS[asked.of][1].lower()}",
        name_slice_columns(rows, bands=False),
        SLICE_METHOD,
        {"by": asked.by or "lot", "of": asked.of},
        rows,
    )
    return replace(found, notes=(*note_slices(rows, slices, None, asked.filters), *found.notes))


def _read_labels(facts: ClusterFacts, keys: Iterable[str]) -> dict[str, str]:
    """Return the names of the organisations and groups that hold something."""
    wanted, labels = set(keys), {}
    table = facts.get("holders").select("organisation", "name", "group", "group_name")
    for id_, name, group, group_name in table.collect():
        if id_ in wanted:
            labels[f"organisation/{id_}"] = name
        if group in wanted and group_name is not None:
            labels[f"organisation/{group}"] = group_name
    return labels


def _frame_report(
    facts: ClusterFacts,
    part: ClusterPart,
    name: str,
    title: str,
    columns: Sequence[Column],
    method: str,
    own: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] = (),
) -> Report:
    totals = part.totals
    return Report(
        name=name,
        title=title,
        columns=tuple(columns),
        rows=tuple(rows),
        method=method,
        as_of=part.filters.as_of,
        filters={**own, **part.filters.to_dict()},
        coverage=Coverage(totals.known, facts.get("lines").count(), totals.known_value),
        notes=(*note_totals(totals, part.filters, own), NO_IDS),
    )


def _answer_imported(spark: Any, facts: ClusterFacts, name: str) -> Answer:  # noqa: ANN401
    facts.get("imported")
    if name == "concentration":
        rows = tuple(concentrate_awards(facts))
        title, method = "Concentration of imported awards", "HHI among suppliers, at its bounds."
        return _build(
            spark, Report(name, title, CONCENTRATION, rows, method, notes=(BOUNDS, NO_IDS))
        )
    if name == "co-delivery":
        title = "Who is awarded contracts together"
        return _collect(Report(name, title, PAIRS, (), PAIR_METHOD, notes=(NO_IDS,)),
                        pair_suppliers(facts))  # fmt: skip
    nobody = count_nobody(facts)
    none = (f"{nobody} awards name no supplier and are in no row.",) if nobody else ()
    title = "Imported awards by supplier"
    notes = (*HELD_NOTES, NO_MATCHES, *none, NO_IDS)
    return _collect(Report(name, title, HELD_COLUMNS, (), HELD_METHOD, notes=notes),
                    hold_awards(facts))  # fmt: skip


def _build(spark: Any, report: Report) -> Answer:  # noqa: ANN401
    """Return the answer of a report whose rows are here."""
    schema = ", ".join(f"{c.name} {_SQL[c.type]}" for c in report.columns)
    rows = [tuple(_plain(row.get(c.name), c) for c in report.columns) for row in report.rows]
    return Answer(report, spark.createDataFrame(rows, schema), len(rows))


def _plain(value: Any, column: Column) -> Any:  # noqa: ANN401
    return float(value) if column.type == "number" and value is not None else value


def _collect(report: Report, frame: Any) -> Answer:  # noqa: ANN401
    """Return the answer whose rows are a frame; they come here when they are few."""
    frame = frame.cache()
    size = frame.count()
    if size > MOST_ROWS:
        more = f"{size:,} rows: they are in the tables alone."
        return Answer(report.with_notes(more), frame, size)
    rows = tuple({**row.asDict(), "ids": []} for row in frame.collect())
    return Answer(replace(report, rows=rows), frame, size)


def write_answers(spark: Any, work: str, answers: Sequence[Answer]) -> None:  # noqa: ANN401
    """Write answers under an address: Parquet and CSV by Spark, and JSON of those that are few.

    Args:
        spark: the session.
        work: the address.
        answers: the answers.
    """
    for answer in answers:
        report = answer.report
        table = answer.frame.select(*(column.name for column in report.columns))
        table.write.parquet(f"{work}/{report.name}.parquet")
        table.write.csv(f"{work}/{report.name}.csv", header=True, nullValue="")
        if answer.size <= MOST_ROWS:
            text = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
            write_text(spark, f"{work}/{report.name}.json", text + "\n")
    listed = {a.report.name: {"title": a.report.title, "rows": a.size} for a in answers}
    write_text(spark, f"{work}/{MANIFEST}", json.dumps({"reports": listed}, indent=1) + "\n")


def check_rows(answer: Answer) -> Report:
    """Return a report that can be printed.

    Raises:
        BadParameter: it has too many rows.
    """
    if answer.size > MOST_ROWS:
        raise BadParameter(
            f"{answer.report.name}: {answer.size:,} rows; name a folder: --output DIR"
        )
    return answer.report
