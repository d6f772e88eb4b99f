"""Stores that answer SPARQL: in memory, or a directory on disk, both on pyoxigraph.

All answers come back as plain Python values: addresses as `Iri`, numbers, dates and text
as themselves. Queries see the union of all named graphs.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from rehabgraph.graph.errors import BadQuery, StoreError

Value: TypeAlias = "Iri | str | int | float | bool | Decimal | date | None"
Solution: TypeAlias = dict[str, Any]
_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = frozenset({_XSD + "integer", _XSD + "int", _XSD + "long", _XSD + "nonNegativeInteger"})


class Iri(str):
    """The address of a thing, apart from plain text.

    >>> Iri("https://w3id.org/rehabgraph/id/award/day-one-l050").short
    'award/day-one-l050'
    """

    __slots__ = ()

    @property
    def short(self) -> str:
        """`kind/id` for a thing of this graph, else the whole address."""
        from rehabgraph.ontology import ID

        return self.removeprefix(ID)

    @property
    def id(self) -> str:
        """The id alone: what follows the last slash."""
        return self.rsplit("/", 1)[-1]


class Store(Protocol):
    """What the rest of the program asks of a store."""

    @property
    def path(self) -> Path | None:
        """Directory that another process may open read-only too; None where there is none."""
        ...

    def graphs(self) -> tuple[str, ...]:
        """Return the addresses of the named graphs."""
        ...

    def select(self, query: str) -> list[Solution]:
        """Return the rows of a SELECT query, each variable's value by its name."""
        ...

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK query."""
        ...

    def construct(self, query: str) -> list[str]:
        """Return the triples of a CONSTRUCT or DESCRIBE query as sorted N-Triples lines."""
        ...

    def load(self, lines: Iterable[str]) -> None:
        """Add N-Quads lines."""
        ...

    def size(self) -> int:
        """Return the number of quads."""
        ...

    def quads(self) -> Iterator[str]:
        """Yield every quad as an N-Quads line."""
        ...


class OxigraphStore:
    """A store on pyoxigraph, in memory or in a directory."""

    def __init__(self, store: Any, path: Path | None = None) -> None:  # noqa: ANN401
        self._store = store  # a pyoxigraph.Store, imported late
        self.path = path
        """Directory that another process may open read-only too; None when in memory."""
        self.facts: Path | None = None
        """Folder of market facts that say what this store says; None to ask the store alone."""

    @property
    def raw(self) -> Any:  # noqa: ANN401
        """The pyoxigraph store itself."""
        return self._store

    def variables_and_rows(self, query: str) -> tuple[list[str], list[Solution]]:
        """Return the variables of a SELECT query in order, and its rows.

        Raises:
            BadQuery: the query does not parse or is no SELECT.
        """
        found = self._run(query)
        if not hasattr(found, "variables"):
            raise BadQuery("the query is not a SELECT; ask for columns with SELECT ?a ?b WHERE …")
        names = [v.value for v in found.variables]
        try:
            rows = [
                {n: to_python(t) for n, t in zip(names, solution, strict=True)}
                for solution in found
            ]
        except (OSError, RuntimeError) as e:
            raise BadQuery(f"the query failed while running: {one_line(e)}") from e
        return names, rows

    def graphs(self) -> tuple[str, ...]:
        """Return the addresses of the named graphs."""
        return tuple(sorted(g.value for g in self.raw.named_graphs() if hasattr(g, "value")))

    def select(self, query: str) -> list[Solution]:
        """Return the rows of a SELECT query, each variable's value by its name."""
        return self.variables_and_rows(query)[1]

    def stream(self, query: str) -> Iterator[Solution]:
        """Yield the rows of a SELECT query one at a time, as `select` returns them."""
        found = self._run(query)
        names = [v.value for v in found.variables]
        try:
            for solution in found:
                yield {n: to_python(t) for n, t in zip(names, solution, strict=True)}
        except (OSError, RuntimeError) as e:
            raise StoreError(f"the store cannot be read: {one_line(e)}") from e

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK query."""
        return bool(self._run(query))

    def construct(self, query: str) -> list[str]:
        """Return the triples of a CONSTRUCT or DESCRIBE query as sorted N-Triples lines."""
        return sorted({f"{t} .\n" for t in self._run(query)})

    def load(self, lines: Iterable[str]) -> None:
        """Add N-Quads lines."""
        from pyoxigraph import RdfFormat

        try:
            self._store.bulk_load("".join(lines).encode(), format=RdfFormat.N_QUADS)
        except (SyntaxError, OSError, RuntimeError) as e:  # the last one: opened read-only
            raise StoreError(f"the quads cannot be loaded: {e}; nothing was added") from e

    def size(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def quads(self) -> Iterator[str]:
        """Yield every quad as an N-Quads line."""
        for quad in self._store:
            yield f"{quad} .\n"

    def _run(self, query: str) -> Any:  # noqa: ANN401
        try:
            return self.raw.query(query, use_default_graph_as_union=True)
        except SyntaxError as e:
            raise BadQuery(f"the query does not parse: {one_line(e)}") from e
        except OSError as e:
            raise StoreError(f"{self.path}: damaged ({e}); remove the folder and build anew") from e
        except (RuntimeError, ValueError) as e:
            raise BadQuery(f"the query cannot be run: {one_line(e)}") from e


def one_line(error: Exception) -> str:
    r"""Return an engine's message on one line, cut where it goes on and on.

    >>> one_line(ValueError("expected one\nof two"))
    'expected one of two'
    """
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else f"{text[:299]}…"


def open_memory(lines: Iterable[str] = ()) -> OxigraphStore:
    """Return a store in memory that holds the given N-Quads lines."""
    from pyoxigraph import Store as Oxigraph

    store = OxigraphStore(Oxigraph())
    store.load(lines)
    return store


def open_directory(path: Path, *, read_only: bool = True) -> OxigraphStore:
    """Return the store in a directory.

    Raises:
        StoreError: the directory is not there or holds no store.
    """
    from pyoxigraph import Store as Oxigraph

    if read_only and not (path / "CURRENT").is_file():
        if (path / "csv-metadata.json").is_file():
            raise StoreError(f"{path}: a folder of tables, no store; say --data {path}")
        raise StoreError(f"{path}: no store there; build one, or name its folder")
    try:
        if read_only:
            return OxigraphStore(Oxigraph.read_only(str(path)), path)
        return OxigraphStore(Oxigraph(str(path)))
    except (OSError, RuntimeError, ValueError) as e:
        raise StoreError(f"{path}: the store cannot be opened ({e}); remove it, build anew") from e


def to_python(term: Any) -> Any:  # noqa: ANN401
    """Return a pyoxigraph term as a plain value; unbound is None."""
    if term is None:
        return None
    datatype = getattr(term, "datatype", None)
    if datatype is None:
        return Iri(term.value) if hasattr(term, "value") else str(term)
    return parse_literal(term.value, datatype.value)


def plain_number(number: Decimal) -> int | Decimal:
    """Return a finite decimal as it is, but a whole one as an int.

    >>> plain_number(Decimal("544992.00")), plain_number(Decimal("544992.55"))
    (544992, Decimal('544992.55'))
    """
    return int(number) if number == number.to_integral_value() else number


def parse_literal(text: str, datatype: str) -> Any:  # noqa: ANN401
    """Return a typed literal as a plain value; a malformed one stays text.

    >>> parse_literal("2021-06-26", "http://www.w3.org/2001/XMLSchema#date")
    datetime.date(2021, 6, 26)
    >>> parse_literal("544992", "http://www.w3.org/2001/XMLSchema#decimal")
    544992
    """
    name = datatype.removeprefix(_XSD)
    try:
        if name == "string":
            return text
        if datatype in _INTEGERS:
            return int(text)
        if name == "decimal":
            number = Decimal(text)
            if not number.is_finite():  # XML Schema's decimal has no such values
                return text
            return plain_number(number)
        if name in ("double", "float"):
            return float(text)
        if name == "boolean":
            return text in ("true", "1")
        if name == "date":
            return date.fromisoformat(text)
    except (ValueError, ArithmeticError):
        return text
    return text
