"""Awards of a table: each row read exactly, or refused by row and column."""

import hashlib
import re
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.findings import Count, Findings, ImportResult
from rehabgraph.graph.imports.ocds import known_organisations
from rehabgraph.graph.imports.ocds_map import Tally
from rehabgraph.graph.imports.parties import Parties
from rehabgraph.graph.imports.quads import plain_json, rg, thing
from rehabgraph.graph.imports.reader import Opened
from rehabgraph.graph.imports.record import How, Job, run_import, write_publisher
from rehabgraph.graph.imports.table_cells import (
    CellError,
    read_company_number,
    read_currency_cell,
    read_date_cell,
    read_money_cell,
    read_text_cell,
)
from rehabgraph.graph.imports.table_map import TableMap, find_header, propose_map
from rehabgraph.graph.imports.table_rows import Cell, Row, Sheet, open_table, peek_rows
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.graph.store import open_directory
from rehabgraph.ontology import PREFIXES

T = TypeVar("T")
MAX_PROBLEMS = 100
_TOTAL = re.compile(r"((grand|overall|sub)[ -]?)?totals?[ :]*", re.IGNORECASE)
_REDACTED = re.compile(r"\W*(redact|withheld|personal data)", re.IGNORECASE)
_PREDICATES = {
    "date": PREFIXES["dcterms"] + "issued",
    "start": PREFIXES["schema"] + "startDate",
    "end": PREFIXES["schema"] + "endDate",
}


def draft_map(path: Path, sheet: str = "", header: int = 0) -> str:
    """Return a draft of a mapping for a table, as TOML.

    Args:
        path: the table.
        sheet: of a workbook; the first that is not hidden when empty.
        header: number of the row of headings; the likeliest of the first rows when 0.

    Raises:
        InvalidData: the file is no table that can be read.
    """
    header = header or find_header(peek_rows(path, sheet))
    opened = open_table(path, sheet=sheet, header=header)
    opened.rows.close()
    return propose_map(opened.headings, opened.name, header, opened.others)


def import_table(
    workspace: Workspace,
    path: Path,
    mapping: TableMap,
    how: How | None = None,
    *,
    skip_rows: bool = False,
) -> ImportResult:
    """Return what an import of a table of awards did.

    Args:
        workspace: the store.
        path: CSV, TSV or XLSX.
        mapping: which column is what.
        how: replace, dry run, time.
        skip_rows: leave out rows that cannot be read, instead of refusing the file.

    Raises:
        InvalidData: cells cannot be read, each named by row and column; the store is as it was.
    """
    sheet = open_table(
        path,
        header=mapping.header,
        sheet=mapping.sheet,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
    )
    missing = [h for h in mapping.columns.values() if h not in sheet.headings]
    if missing:
        has = ", ".join(h for h in sheet.headings if h)[:300]
        raise InvalidData([f"{path.name}: no column {h!r}; it has: {has}" for h in missing])
    said = plain_json({k: getattr(mapping, k) for k in TableMap.__dataclass_fields__})
    salt = hashlib.sha256(f"{said}{skip_rows}".encode()).hexdigest()
    opened = [Opened(path, path.name, sheet.sha256, 0, sheet.encoding, packed=False)]

    def fill(job: Job) -> ImportResult:
        filler = _Filler(job, workspace, sheet, mapping, path.name)
        with closing(filler.parties), closing(sheet.rows):
            return filler.fill(skip_rows=skip_rows)

    return run_import(workspace, "table", opened, how or How(), fill, salt=salt)


class _Filler:
    def __init__(
        self, job: Job, workspace: Workspace, sheet: Sheet, mapping: TableMap, name: str
    ) -> None:
        self.job, self.write, self.sheet, self.map, self.name = job, job.write, sheet, mapping, name
        self.findings, self.tally = Findings(), Tally()
        self.parties = Parties(job.work / "parties.db", job.write, job.source, self.findings)
        store = open_directory(workspace.store_path()).raw
        self.parties.know(known_organisations(store, job.replaced))
        self.at = {f: sheet.headings.index(h) for f, h in mapping.columns.items()}
        self.problems: list[str] = []
        self.ids: set[str] = set()
        self.rows: dict[int, int] = {}

    def fill(self, *, skip_rows: bool) -> ImportResult:
        if self.sheet.encoding not in ("", "utf-8", "utf-8-sig"):
            words = f"not UTF-8; read as {self.sheet.encoding}"
            self.findings.warn("encoding", self.name, "", words)
        if self.sheet.others and not self.map.sheet:
            words = f"read {self.sheet.name!r}, and not {', '.join(self.sheet.others)}"
            self.findings.warn("sheet", self.name, "", words)
        rows = skipped = 0
        for row in self.sheet.rows:
            rows += 1
            before = len(self.problems)
            self._add(row)
            if len(self.problems) > before:
                skipped += 1
                if skip_rows:
                    for words in self.problems[before:]:
                        self.findings.warn("row left out", words, "", "left out")
                    del self.problems[before:]
                elif len(self.problems) > MAX_PROBLEMS:
                    break
        if self.problems:
            raise InvalidData(self.problems)
        proposed = self.parties.propose()
        write_publisher(self.job, set(), set(), set())
        counts = self.tally.counts
        found = [Count("rows", rows), Count("rows left out", skipped)]
        found += [Count(w, counts[w]) for w in ("processes", "awards", "suppliers of awards")]
        found += [Count(w, counts[w]) for w in ("awards to several", "awards without a value")]
        found += [Count("organisations", self.parties.count), Count("proposed matches", proposed)]
        return ImportResult("", (), "", tuple(found), self.tally.all_sums, self.findings)

    def _cell(self, row: Row, name: str) -> Cell:
        if name in self.at:
            return row.cells[self.at[name]]
        return self.map.constants.get(name)

    def _read(self, row: Row, name: str, read: Callable[[Cell], T], lost: T) -> T:
        try:
            return read(self._cell(row, name))
        except CellError as e:
            self._refuse(row, name, str(e))
            return lost

    def _day(self, cell: Cell) -> str:
        day = read_date_cell(cell, self.map.dates)
        return day.isoformat() if day else ""

    def _refuse(self, row: Row, name: str, why: str) -> None:
        column = self.map.columns.get(name)
        place = f", column {column!r}" if column else ""
        self.problems.append(f"{self.name}: row {row.number}{place}: {why}")

    def _add(self, row: Row) -> None:
        """Read all cells of a row before any of it is written."""
        if row.surplus:
            many = f"{abs(row.surplus)} cells {'more' if row.surplus > 0 else 'fewer'}"
            self._refuse(row, "", f"{many} than headings; mend the row")
            return
        before = len(self.problems)
        names = ("id", "title", "buyer", "lot", "place", "supplier", "charity_number")
        texts = {name: self._read(row, name, read_text_cell, "") for name in names}
        days = {name: self._read(row, name, self._day, "") for name in _PREDICATES}
        lost: tuple[Decimal | None, str] = (None, "")
        amount, shown = self._read(row, "value", read_money_cell, lost)
        company, mended = self._read(row, "company_number", read_company_number, ("", ""))
        currency = self._read(row, "currency", read_currency_cell, shown or "?")
        if shown and currency and shown != currency:
            self._refuse(row, "value", f"shows {shown}, but the currency is {currency}")
        if amount is not None and not (shown or currency):
            why = 'a sum without a currency; say currency = "GBP" in [constants]'
            self._refuse(row, "value", why)
        if _TOTAL.fullmatch(next((t for t in texts.values() if t), "")) and not any(days.values()):
            self._refuse(row, "", "a total of other rows; take the row out")
        if _REDACTED.match(texts["supplier"]):
            words = f"{texts['supplier'][:40]!r} is no name; an award to nobody named"
            self.findings.warn("redacted", f"row {row.number}", "", words)
            texts |= {"supplier": "", "title": texts["title"] or "Redacted"}
        if len(self.problems) == before and not any(texts[n] for n in ("supplier", "id", "title")):
            self._refuse(row, "supplier", "neither a supplier nor a reference nor a title")
        if len(self.problems) > before:
            return
        if (first := self.rows.setdefault(hash(row.cells), row.number)) != row.number:
            words = f"the same in every cell as row {first}; counted twice, so take out a copy"
            self.findings.warn("same row", f"row {row.number}", "", words)
        if mended:
            self.findings.warn("identifier", f"row {row.number}", "", mended)
        ids = [("GB-COH", company), ("GB-CHC", texts["charity_number"])]
        value = None if amount is None else f"{amount:f}"
        self._write(row, texts, days, [i for i in ids if i[1]], value, shown or currency)

    def _write(
        self,
        row: Row,
        texts: dict[str, str],
        days: dict[str, str],
        ids: list[tuple[str, str]],
        value: str | None,
        currency: str,
    ) -> None:
        write, counts, place = self.write, self.tally.counts, f"row {row.number}"
        key, source = self.job.key, self.job.source
        iri = thing("award", key, f"row-{row.number}")
        counts["awards"] += 1
        write.node(iri, "Award", texts["title"] or texts["id"] or f"{self.name}, {place}")
        write.link(iri, rg("round"), self.job.round)
        process = thing("process", key, texts["id"] or place)
        write.link(iri, rg("process"), process)
        if texts["id"] in self.ids:
            self.findings.warn("repeated id", place, "", f"{texts['id']} stands before; kept apart")
        else:
            write.node(process, "ProcurementProcess", texts["id"] or f"{self.name}, {place}")
            write.cite(process, source, place)
            self.tally.counts["processes"] += 1
        if texts["id"]:
            self.ids.add(texts["id"])
        if texts["buyer"]:
            buyer = self.parties.add({"name": texts["buyer"]}, key, place, place)
            write.link(process, rg("commissioner"), str(buyer))
        names = [texts["supplier"]]
        if self.map.several:
            names = [n.strip() for n in texts["supplier"].split(self.map.several) if n.strip()]
        named = [{"scheme": scheme, "id": number} for scheme, number in ids]
        if len(names) > 1 and named:
            words = "several suppliers and one number; the number is given to none"
            self.findings.warn("identifier", place, "", words)
            named = []
        for name in dict.fromkeys(n for n in names if n):
            party: dict[str, Any] = {"name": name, "identifier": named[0] if named else None}
            party["additionalIdentifiers"] = named[1:]
            supplier = self.parties.add(party, key, place, place)
            write.link(iri, rg("awardedTo"), str(supplier))
            counts["suppliers of awards"] += 1
        counts["awards to several"] += len(set(names)) > 1
        write.text(iri, rg("lotAsPrinted"), texts["lot"])
        write.text(iri, rg("placeAsPrinted"), texts["place"])
        for name, predicate in _PREDICATES.items():
            write.text(iri, predicate, days[name], "date")
        write.cite(iri, source, place, [texts["supplier"], value or ""])
        if value is None:
            counts["awards without a value"] += 1
            return
        write.text(iri, rg("value"), value, "decimal")
        write.text(iri, rg("currency"), currency)
        write.text(iri, rg("taxBasis"), self.map.tax)
        self.tally.add_sum(currency, self.map.tax, Decimal(value))
