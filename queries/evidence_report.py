"""Every citation held against the source texts, as a report.

The check itself is `graph.evidence`; here its findings become rows: first what holds, source
by source, then what fails, one row each, then the lines of the award lists that no row cites,
and last what nobody could check and why.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rehabgraph.graph.evidence import EvidenceCheck, UnusedLine, check_evidence
from rehabgraph.graph.tables import Table, kind_of, read_tables
from rehabgraph.ontology import DATA, ID
from rehabgraph.queries.report import Column, Report, Row

COLUMNS = (
    Column("result", "Result"),
    Column("source", "Source"),
    Column("count", "Number", "integer"),
    Column("reason", "Reason"),
    Column("locator", "Place in the source"),
    Column("table", "Table"),
    Column("row", "Row"),
)
METHOD = (
    "A citation holds when its line is there, the line's hash is the recorded one, and every "
    "printed figure, name or date of the row stands whole on it."
)
EXPECTED = ("region-heading", "lot-heading")
"""Kinds of line that no row needs to cite: their words are in the rows beneath them."""


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """The report of a check, and what its result means for a script.

    Attributes:
        report: the findings.
        problem: one line when a citation does not hold or a text is not the file that was
            read; else empty.
        gap: a text whose hash is on record was not at hand, or a line with a fact is uncited.
    """

    report: Report
    problem: str
    gap: bool


def report_evidence(data: Path = DATA, texts: Path | None = None) -> EvidenceReport:
    """Return how far every citation holds in the texts that a folder has.

    Args:
        data: folder of the tables.
        texts: folder of the source texts, each named by its source's id; None for no texts.

    Raises:
        InvalidData: a table breaks a rule, the folder is missing, or a text cannot be read.

    >>> without = report_evidence()
    >>> without.problem, without.gap, without.report.rows[-1]["result"]
    ('', True, 'not checkable')
    """
    tables = read_tables(data)
    rows = {table.name: [row.cells for row in table.rows] for table in tables}
    found = check_evidence(rows, texts)
    held = {row["id"]: bool(row["sha256"]) for row in rows["sources"]}
    absent = [source for source, _ in found.not_checkable if held.get(source)]
    facts = [line for line in found.unused if line.kind not in EXPECTED]
    listed = (
        *_holding(rows, found),
        *_failing(tables, found),
        *_altered(found),
        *_uncited(found.unused),
        *_unchecked(found, held, texts),
    )
    report = Report(
        name="evidence",
        title="Citations held against the source texts",
        columns=COLUMNS,
        rows=tuple(listed),
        method=METHOD,
        filters={"sources": str(texts)} if texts else {},
        notes=tuple(_notes(found, absent, texts)),
    )
    return EvidenceReport(report, _problem(found), bool(absent or facts))


def _problem(found: EvidenceCheck) -> str:
    """Return in one line what is wrong, or nothing."""
    parts = []
    if found.failures:
        parts.append(f"citations that do not hold: {len(found.failures):,}")
    if found.hash_mismatches:
        names = ", ".join(text.source for text in found.hash_mismatches)
        parts.append(f"not the text that was read (sha256 differs): {names}")
    elif found.altered:
        parts.append(f"lines that differ from their recorded hash: {len(found.altered):,}")
    return f"{'; '.join(parts)}; the report names each place" if parts else ""


def _row(result: str, source: str, count: int, **more: str) -> Row:
    cells = {"table": "", "row": "", "locator": "", "reason": ""} | more
    return {
        "result": result,
        "source": source,
        "count": count,
        "ids": [f"{ID}source/{source}"],
    } | cells


def _holding(
    rows: Mapping[str, Iterable[Mapping[str, str]]], found: EvidenceCheck
) -> Iterator[Row]:
    """Yield how many citations of each text hold."""
    without = {source for source, _ in found.not_checkable}
    cited = Counter(
        row["source"]
        for name, table in rows.items()
        if name not in {"sources", "lines"}
        for row in table
        if row.get("source") and row["source"] not in without
    )
    failing = Counter(failure.source for failure in found.failures)
    for source in sorted(cited):
        reason = f"{cited[source]:,} checked, {failing[source]:,} of them fail"
        yield _row("holds", source, cited[source] - failing[source], reason=reason)


def _failing(tables: Iterable[Table], found: EvidenceCheck) -> Iterator[Row]:
    """Yield each citation that does not hold."""
    kinds = {table.name: kind_of(table) for table in tables}
    for failure in found.failures:
        row = _row(
            "fails",
            failure.source,
            1,
            table=failure.table,
            row=failure.row,
            locator=failure.locator,
            reason=failure.reason,
        )
        thing = f"{ID}{kinds[failure.table]}/{failure.row}"
        yield {**row, "ids": [thing, *row["ids"]]}


def _altered(found: EvidenceCheck) -> Iterator[Row]:
    """Yield the texts that are not the files we read, and their recorded lines that differ."""
    for text in found.hash_mismatches:
        lines = f"{text.found_lines} lines, recorded {text.expected_lines or 'none'}"
        reason = (
            f"the file is not the text that was read: sha256 {text.found[:12]}…, recorded "
            f"{text.expected[:12] or 'none'}…; {lines}"
        )
        yield _row("text differs", text.source, 1, reason=reason)
    for line in found.altered:
        source, _, number = line.rpartition(".")
        reason = "the line reads differently from the text that was read"
        yield _row("line differs", source, 1, locator=number, reason=reason)


def _unchecked(found: EvidenceCheck, held: Mapping[str, bool], texts: Path | None) -> Iterator[Row]:
    """Yield the sources without a text here: first those whose hash is on record."""
    here = f"no {{}}.txt in {texts}" if texts else "no folder of source texts was named"
    for source, count in sorted(found.not_checkable, key=lambda pair: not held.get(pair[0])):
        reason = here.format(source) if held.get(source) else "no text of it is on record"
        yield _row("not checkable", source, count, reason=reason)


def _uncited(unused: Iterable[UnusedLine]) -> Iterator[Row]:
    """Yield the lines of the award lists that no row cites, a row for each kind and source."""
    places: dict[tuple[str, str], list[str]] = {}
    for line in unused:
        source, _, number = line.line.rpartition(".")
        places.setdefault((line.kind, source), []).append(number)
    for (kind, source), numbers in places.items():
        reason = f"{kind}: its words are in the rows beneath it"
        if kind not in EXPECTED:
            reason = f"{kind}: a fact that nobody entered"
        yield _row("uncited line", source, len(numbers), locator=", ".join(numbers), reason=reason)


def _notes(found: EvidenceCheck, absent: list[str], texts: Path | None) -> Iterator[str]:
    """Yield the totals in words."""
    missing = sum(count for _, count in found.not_checkable)
    yield (
        f"Citations checked: {found.checked:,}. They hold: {found.passed:,}. They fail: "
        f"{len(found.failures):,}."
    )
    if missing:
        yield (
            "Citations that could not be checked line by line, for want of a text here: "
            f"{missing:,} (sources: {len(found.not_checkable):,})."
        )
    if texts is None:
        yield (
            "The project holds hashes of the texts, not the texts. Name a folder that has them "
            f"with --sources DIR, as {', '.join(f'{source}.txt' for source in absent)}."
        )
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.unused_by_kind.items())
    yield f"Lines of the award lists that no row cites: {kinds}."
