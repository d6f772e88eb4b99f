"""Rows of the table of judgements that say two organisations are, or are not, one.

The same ten columns hold a user's decisions wherever they are kept: in the table `judgements.csv`
of a folder of tables, or in a file of that name beside the imports of a store.
"""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from rehabgraph.graph.build import write_file
from rehabgraph.graph.errors import InvalidData, StoreError
from rehabgraph.ontology import METADATA

FILE = "judgements.csv"
KINDS = ("same-as", "not-same-as")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PARTY = re.compile(r"organisation/[A-Za-z0-9_.~:%-]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """One row of the table of judgements; `subject` and `object` are `organisation/ID`."""

    id: str
    kind: str
    subject: str
    object: str
    as_printed: str
    read_as: str
    reason: str
    source: str
    locator: str
    printed: str


HEADER = tuple(f.name for f in fields(JudgementRow))


def check_row(row: JudgementRow) -> str:
    """Return what is wrong with a row of this sort, or nothing.

    >>> check_row(JudgementRow("a-is-b", "same-as", "organisation/a", "organisation/b",
    ...                        "", "", "One number.", "decisions", "a-is-b", ""))
    ''
    """
    if not _ID.fullmatch(row.id):
        return f"column id: {row.id!r} needs small letters, digits and single hyphens"
    if row.kind not in KINDS:
        return f"column kind: {row.kind!r} is not {' or '.join(KINDS)}"
    for name in ("subject", "object"):
        if not _PARTY.fullmatch(getattr(row, name)):
            return f"column {name}: {getattr(row, name)!r} is no organisation/ID"
    if row.subject == row.object:
        return "column object: names the organisation of column subject again"
    for name, cell in zip(HEADER, astuple(row), strict=True):
        if not cell and name in ("reason", "source", "locator"):
            return f"column {name}: empty, but required; fill it in"
        if _CONTROL.search(cell):
            return f"column {name}: holds a line break, tab or control character"
        if cell.startswith(("=", "+", "-", "@")):
            return f"column {name}: {cell!r} would start a formula in a spreadsheet"
        if cell != cell.strip():
            return f"column {name}: {cell!r} starts or ends with a space"
    return ""


def read_rows(path: Path) -> list[JudgementRow]:
    """Return the rows of a store's file of decisions; none where there is no file.

    Raises:
        InvalidData: the file is damaged; each problem names its row and column.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError) as e:
        raise InvalidData([f"{path}: cannot be read ({e}); mend it or put it away"]) from e
    rows, problems, taken = [], [], set()
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in lines:
            if lines.line_num == 1:
                if tuple(cells) != HEADER:
                    raise InvalidData([f"{path}: row 1: must be {','.join(HEADER)}"])
                continue
            here = f"{path}: row {lines.line_num}"
            if len(cells) != len(HEADER):
                problems.append(f"{here}: {len(cells)} cells, not {len(HEADER)}; mend the commas")
                continue
            row = JudgementRow(*cells)
            if wrong := check_row(row) or ("column id: used twice" if row.id in taken else ""):
                problems.append(f"{here}, {wrong}")
            taken.add(row.id)
            rows.append(row)
    except csv.Error as e:
        problems.append(f"{path}: row {lines.line_num}: not valid CSV ({e}); mend the quotes")
    if problems:
        raise InvalidData(problems)
    return rows


def render_rows(rows: Iterable[JudgementRow], *, header: bool = True) -> str:
    """Return rows as the text of a table.

    >>> render_rows([]).strip()
    'id,kind,subject,object,as_printed,read_as,reason,source,locator,printed'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow(HEADER)
    writer.writerows(astuple(row) for row in rows)
    return out.getvalue()


class TableJudgements:
    """Decisions kept in the table of judgements of a folder of tables."""

    joins_rows = True

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / FILE

    def __str__(self) -> str:
        """Return where they are kept."""
        return str(self.path)

    def ids(self) -> frozenset[str]:
        """Return the ids of all judgements of the table, of whatever kind."""
        return frozenset(line[0] for line in self._lines()[1:])

    def waiting(self) -> list[JudgementRow]:
        """Return decisions that the graph may not hold yet: none, as it is built from the table."""
        return []

    def keep(self, add: Sequence[JudgementRow], drop: Collection[str] = ()) -> None:
        """Add rows to the table and take others out; every other line stays as it is.

        Raises:
            InvalidData: a row breaks a rule of the tables; nothing was written.
            StoreError: the table cannot be written.
        """
        kept = [text for id_, text in self._lines() if id_ not in drop]
        if kept and not kept[-1].endswith("\n"):
            kept[-1] += "\n"
        content = ("".join(kept) + render_rows(add, header=False)).encode()
        self._check(content)
        try:
            write_file(self.path, content)
        except OSError as e:
            raise StoreError(f"{self.path}: cannot be written ({e.strerror or e})") from e

    def settle(self) -> None:
        """Do nothing: the tables are built anew when they are next opened."""

    def _lines(self) -> list[tuple[str, str]]:
        """Return each line with the id that it begins with; a row is one line by the rules."""
        try:
            text = self.path.read_bytes().decode("utf-8")
        except (OSError, UnicodeError) as e:
            raise StoreError(f"{self.path}: cannot be read ({e})") from e
        return [(line.split(",", 1)[0].strip('"'), line) for line in text.splitlines(keepends=True)]

    def _check(self, content: bytes) -> None:
        """Hold all the tables against their rules with the new table in its place."""
        from rehabgraph.graph.tables import read_tables

        with tempfile.TemporaryDirectory(prefix="rehabgraph-") as name:
            copy = Path(name)
            for file in (self.folder / METADATA, *self.folder.glob("*.csv")):
                if file.name != FILE:
                    shutil.copyfile(file, copy / file.name)
            (copy / FILE).write_bytes(content)
            read_tables(copy)
