"""Remember the answers of the project's own questions beside the built dataset.

A built dataset never changes, so the answer to a query text never does either. Remembered
answers let a report start without opening the store. Queries of somebody else's are never
remembered, and an answer that cannot be kept is simply asked for again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rehabgraph.graph.store import Iri, OxigraphStore, Solution, open_directory

MAX_BYTES = 2_000_000
"""Longer answers are not remembered."""


class RememberingStore(OxigraphStore):
    """A built store, opened only when an answer is not remembered yet."""

    def __init__(self, path: Path, answers: Path) -> None:
        super().__init__(None, path)
        self._directory = path
        self._answers = answers

    @property
    def raw(self) -> Any:  # noqa: ANN401
        """The pyoxigraph store itself, opened now if it was not."""
        if self._store is None:
            self._store = open_directory(self._directory).raw
        return self._store

    def select(self, query: str) -> list[Solution]:
        """Return the rows of a SELECT query, remembered where they have been asked before."""
        file = self._answers / f"{hashlib.sha256(query.encode()).hexdigest()[:32]}.json"
        try:
            kept = json.loads(file.read_bytes())
            return [dict(zip(kept["names"], map(_read, row), strict=True)) for row in kept["rows"]]
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
            names, rows = self.variables_and_rows(query)
            self._keep(file, names, rows)
            return rows

    def _keep(self, file: Path, names: list[str], rows: Iterable[Solution]) -> None:
        from rehabgraph.graph.build import write_file

        cells = [[_write(row[n]) for n in names] for row in rows]
        content = json.dumps({"names": names, "rows": cells}, separators=(",", ":")).encode()
        if len(content) > MAX_BYTES:
            return
        try:
            file.parent.mkdir(exist_ok=True)
            write_file(file, content)
        except OSError:
            return  # a cache that cannot be written costs time, not answers

    def load(self, lines: Iterable[str]) -> None:  # noqa: ARG002 - refused whatever they are
        """Refuse: a built dataset does not change."""
        from rehabgraph.graph.errors import StoreError

        raise StoreError("the built dataset is read-only; load into a store of your own")

    def size(self) -> int:
        """Return the number of quads."""
        return len(self.raw)

    def quads(self) -> Iterator[str]:
        """Yield every quad as an N-Quads line."""
        for quad in self.raw:
            yield f"{quad} .\n"


def _write(value: object) -> object:
    """Return a value as JSON: text, numbers and truths as themselves, the rest tagged."""
    if isinstance(value, Iri):
        return {"i": str(value)}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return value


def _read(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        ((tag, text),) = value.items()
        if tag == "d":
            return date.fromisoformat(text)
        return Iri(text) if tag == "i" else Decimal(text)
    return value
