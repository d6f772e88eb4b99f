"""The statements of a store as Arrow columns, one predicate at a time.

The facts hold only what is plain: a contract of one lead, a line of one source, an organisation
of one name. Whatever is not raises `NotPlain`; the store itself then goes on answering.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from rehabgraph.graph.store import OxigraphStore, Solution, Store
from rehabgraph.ontology import PREFIXES, RG

ROWS_A_BATCH = 20_000
"""Rows are handed to Arrow so many at a time: that bounds what Python holds of them."""
_PREFIXES = f"PREFIX rg: <{RG}> " + " ".join(
    f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("rdfs", "skos", "schema", "prov", "geo")
)


class NotPlain(Exception):
    """What the store says does not fit the flat tables; the message says what."""


def scan(store: Store, query: str) -> Iterator[Solution]:
    """Yield the rows of a query, one at a time where the store can."""
    text = f"{_PREFIXES} {query}"
    return store.stream(text) if isinstance(store, OxigraphStore) else iter(store.select(text))


def read_id(value: object) -> str | None:
    """Return the id of a thing: what follows the last slash of its address."""
    return None if value is None else str(value).rsplit("/", 1)[-1]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def read_day(value: object) -> date | None:
    """Return a date, or None for anything else."""
    return value if isinstance(value, date) else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_READ: Mapping[str, Callable[[Any], Any]] = {
    "row": _text, "contract": _text, "name_as_printed": _text, "locator": _text, "role": _text,
    "currency": _text, "name": _text, "group_name": _text, "end_precision": _text, "thing": _text,
    "start": read_day, "end": read_day, "referrals_closed": read_day, "value": _text,
    "leads": _truth, "charity": _truth, "voluntary": _truth,
}  # fmt: skip
"""Column → how its cell is read; the others are ids of things."""


def arrow_type(kind: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the Arrow type of a column's kind."""
    import pyarrow as pa

    if kind.startswith("decimal"):
        digits, scale = kind.removeprefix("decimal(").removesuffix(")").split(",")
        return pa.decimal128(int(digits), int(scale))
    return {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_(),
            "date": pa.date32()}[kind]  # fmt: skip


def to_arrow(
    rows: Iterator[Solution], columns: Mapping[str, str], read: Mapping[str, Any] | None = None
) -> Any:  # noqa: ANN401
    """Return rows as an Arrow table with these columns and types.

    Raises:
        NotPlain: a cell does not fit its type.
    """
    import pyarrow as pa

    schema = pa.schema([(name, arrow_type(kind)) for name, kind in columns.items()])
    how = [(name, (read or _READ).get(name, read_id)) for name in columns]
    batches, held = [], []
    for row in rows:
        held.append([convert(row[name]) for name, convert in how])
        if len(held) == ROWS_A_BATCH:
            batches.append(_to_batch(pa, held, schema))
            held = []
    if held:
        batches.append(_to_batch(pa, held, schema))
    return pa.Table.from_batches(batches, schema)


def _to_batch(pa: Any, rows: list[list[Any]], schema: Any) -> Any:  # noqa: ANN401
    try:
        arrays = [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), schema, strict=True)]
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeError) as e:
        raise NotPlain(f"a value does not fit the tables ({' '.join(str(e).split())[:80]})") from e
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


class Columns:
    """The statements of a store, one predicate at a time: many times faster than one join.

    Each predicate is read once, however many tables need it.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: dict[str, tuple[Any, Any, Any]] = {}

    def rows(self, class_: str) -> Any:  # noqa: ANN401
        """Return the addresses of the things of a class, in order."""
        query = f"SELECT DISTINCT ?row WHERE {{ ?row a {class_} }}"
        found = to_arrow(scan(self.store, query), {"row": "string"}).sort_by("row")
        return found["row"].combine_chunks()

    def cells(self, rows: Any, name: str, kind: str, term: str) -> tuple[Any, Any]:  # noqa: ANN401
        """Return a cell for each row, null for none, and the rows that have several.

        Args:
            rows: addresses of things.
            name: the column: it says how a cell is read.
            kind: the column's type.
            term: the predicate, or a whole query of `?row` and `?fact`.
        """
        import pyarrow.compute as pc

        if term not in self._kept:
            whole = term.startswith("SELECT")
            query = term if whole else f"SELECT DISTINCT ?row ?fact WHERE {{ ?row {term} ?fact }}"
            read = {"row": _text, "fact": _READ.get(name, read_id)}
            kind = "string" if name == "value" else kind  # other things have values too
            columns = {"row": "string", "fact": kind}
            found = to_arrow(scan(self.store, query), columns, read).sort_by("row")
            self._kept[term] = first_of_each(found["row"].combine_chunks(), found["fact"])
        keys, facts, several = self._kept[term]
        return facts.take(pc.index_in(rows, value_set=keys)), several


def first_of_each(keys: Any, facts: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401
    """Return the keys, each once, the first fact of each, and the keys that have several."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(keys):
        return keys, facts.combine_chunks(), keys
    again = pc.equal(keys[1:], keys[:-1])
    first = pa.concat_arrays([pa.array([True]), pc.invert(again)])
    return keys.filter(first), facts.filter(first).combine_chunks(), keys[1:].filter(again)
