"""One type for every answer: a `Report` is a table that knows where it comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any, Literal, TypeAlias

from rehabgraph.graph.store import plain_number
from rehabgraph.queries.market import Money

Cell: TypeAlias = str | int | float | bool | Decimal | date | None
Row: TypeAlias = Mapping[str, Any]
ColumnType: TypeAlias = Literal["text", "integer", "number", "date", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report.

    Attributes:
        name: key of the cell in a row.
        label: heading that people read.
        type: what the cells are; an integer column with pence in it is a number column.
        unit: `GBP`, `percent`, or empty; shares are 0 to 100, money is pounds.
    """

    name: str
    label: str
    type: ColumnType = "text"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the record an answer could use.

    Attributes:
        rows_known: priced lines or records whose figure is known.
        rows_all: all of them.
        pounds_known: sum of the known figures, in pounds; None where money plays no part.
        pounds_headline: the published total to hold it against, in pounds.
        newest_source: date of the newest source used.
    """

    rows_known: int
    rows_all: int
    pounds_known: Money | None = None
    pounds_headline: Money | None = None
    newest_source: date | None = None


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source that a report rests on."""

    id: str
    title: str
    url: str
    licence: str = ""
    issued: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An answer: rows, what they mean, and what they rest on.

    Every row carries `ids`, the addresses of the things behind it, so that `why` can open it.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    method: str = ""
    as_of: date | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    coverage: Coverage | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[SourceRef, ...] = ()

    def __post_init__(self) -> None:
        """Call a column of whole numbers one of numbers where some cell has pence."""
        columns = tuple(
            replace(c, type="number")
            if c.type == "integer" and any(has_pence(row.get(c.name)) for row in self.rows)
            else c
            for c in self.columns
        )
        object.__setattr__(self, "columns", columns)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as plain dictionaries, keyed by column name, with their ids."""
        return [dict(row) for row in self.rows]

    def with_notes(self, *notes: str) -> "Report":
        """Return the same report with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def to_json(self) -> dict[str, Any]:
        """Return the published JSON form as plain dictionaries and lists."""
        from rehabgraph import __version__

        coverage = None
        if self.coverage is not None:
            coverage = {
                name: to_plain(getattr(self.coverage, name))
                for name in self.coverage.__dataclass_fields__
            }
        return {
            "report": self.name,
            "title": self.title,
            "version": __version__,
            "as_of": to_plain(self.as_of),
            "filters": to_plain(self.filters),
            "method": self.method,
            "coverage": coverage,
            "notes": list(self.notes),
            "columns": [
                {"name": c.name, "label": c.label, "type": c.type, "unit": c.unit}
                for c in self.columns
            ],
            "rows": [to_plain(row) for row in self.rows],
            "sources": [
                {
                    "id": s.id,
                    "title": s.title,
                    "url": s.url,
                    "licence": s.licence,
                    "issued": to_plain(s.issued),
                }
                for s in self.sources
            ],
        }

    def _repr_html_(self) -> str:
        """Return the report as an HTML table, for notebooks."""
        from html import escape

        def cell(row: Row, column: Column) -> str:
            align = ' style="text-align:right"' if column.type in ("integer", "number") else ""
            return f"<td{align}>{escape(format_cell(row.get(column.name), column))}</td>"

        head = "".join(f"<th>{escape(c.label)}</th>" for c in self.columns)
        body = "".join(
            "<tr>" + "".join(cell(row, c) for c in self.columns) + "</tr>" for row in self.rows
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return (
            f"<table><caption>{escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"
        )

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is not a dependency
        """Return the rows as a pandas DataFrame; needs pandas installed."""
        import pandas  # type: ignore[import-not-found,import-untyped,unused-ignore]

        names = [c.name for c in self.columns]
        return pandas.DataFrame([{n: row.get(n) for n in names} for row in self.rows])

    def to_polars(self) -> Any:  # noqa: ANN401 - polars is not a dependency
        """Return the rows as a polars DataFrame; needs polars installed."""
        import polars  # type: ignore[import-not-found,import-untyped,unused-ignore]

        names = [c.name for c in self.columns]
        rows = [{n: row.get(n) for n in names} for row in self.rows]
        return polars.DataFrame(rows, infer_schema_length=None)


def to_plain(value: object) -> Any:  # noqa: ANN401 - JSON values have many types
    """Return a value as JSON can hold it: dates as ISO text, whole decimals as integers.

    >>> to_plain({"a": Decimal("3"), "b": (date(2021, 6, 26), None)})
    {'a': 3, 'b': ['2021-06-26', None]}
    """
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [to_plain(v) for v in value]
    if isinstance(value, Decimal):
        number = plain_number(value) if value.is_finite() else value
        return number if isinstance(number, int) else to_plain(float(number))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has no word for these
    return value


def count_things(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun, for a sentence.

    >>> count_things(1, "line"), count_things(22, "line"), count_things(2, "body", "bodies")
    ('1 line', '22 lines', '2 bodies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def join_names(names: Iterable[str]) -> str:
    """Return names as a sentence lists them.

    >>> join_names(["Ash"]), join_names(["Ash", "Birch", "Cedar"])
    ('Ash', 'Ash, Birch and Cedar')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def has_pence(value: object) -> bool:
    """Say whether a value is a decimal that is not whole.

    >>> has_pence(Decimal("544992.55")), has_pence(Decimal("544992.00")), has_pence(544992)
    (True, False, False)
    """
    return isinstance(value, Decimal) and not isinstance(plain_number(value), int)


def format_pounds(value: Money | None) -> str:
    """Return pounds, with pence only where there are some; an unknown sum is the word.

    >>> format_pounds(6021064), format_pounds(Decimal("544992.5")), format_pounds(None)
    ('£6,021,064', '£544,992.50', 'unknown')
    """
    if value is None:
        return "unknown"
    number = plain_number(Decimal(value))
    if isinstance(number, int):
        return f"£{number:,}"
    exponent = number.as_tuple().exponent
    return f"£{number:,.{max(2, -int(exponent))}f}"


def format_cell(value: object, column: Column) -> str:
    """Return a cell as people read it: thousands separated, shares with one decimal.

    An unknown value is the word `unknown`, never an empty cell or a nought.

    >>> format_cell(33585120, Column("v", "Value", "integer", "GBP"))
    '£33,585,120'
    >>> format_cell(17.1288, Column("s", "Share", "number", "percent"))
    '17.1 %'
    >>> format_cell(None, Column("v", "Value", "integer", "GBP"))
    'unknown'
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(v) for v in value)
    if isinstance(value, (int, float, Decimal)):
        if column.unit == "percent":
            return f"{value:,.1f} %"
        if column.unit == "GBP":
            return f"£{value:,.0f}" if isinstance(value, float) else format_pounds(value)
        if column.type == "integer" or isinstance(value, int):
            return f"{value:,.0f}"
        return f"{value:,.4g}" if -1 < value < 1 else f"{value:,.2f}"
    return str(value)
