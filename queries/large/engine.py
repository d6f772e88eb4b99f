"""Which engine answers a report of the market: the store itself, or DuckDB over its facts.

Chosen by size, and told in `rehabgraph status`. `REHABGRAPH_FACTS` overrides it: `never` asks the
store, `always` reads the facts however small the market is.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, StoreError
from rehabgraph.graph.large.facts_schema import TABLES

if TYPE_CHECKING:
    from rehabgraph.graph.large.facts import Facts
    from rehabgraph.graph.store import Store

CONTRACTS_FROM = 1_000
"""Markets of so many contracts are read from facts: below it a store answers before DuckDB is
even loaded."""
VARIABLE = "REHABGRAPH_FACTS"
MODES = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Choice:
    """The facts to read, or None to ask the store; and why, in a few words."""

    facts: "Facts | None"
    why: str


def choose_facts(store: "Store", table: str = "market") -> Choice:
    """Return the facts that reports of a store are to be computed on.

    Args:
        store: the graph.
        table: what is wanted: `market` for the record's market, or `imported`.

    Raises:
        BadParameter: `REHABGRAPH_FACTS` has a value that is none.
    """
    mode = os.environ.get(VARIABLE) or "auto"
    if mode not in MODES:
        raise BadParameter(f"{VARIABLE}={mode}: choose one of {', '.join(MODES)}")
    folder: Path | None = getattr(store, "facts", None)
    if folder is None or not folder.is_dir():
        return Choice(None, "no facts stand beside the store")
    if mode == "never":
        return Choice(None, f"{VARIABLE} says never")
    from rehabgraph.graph.large.facts import find_facts

    facts = find_facts(folder)
    if facts is None:
        return Choice(None, "the facts are of another version: write them with build --facts")
    what = "imported" if table == "imported" else "record"
    if what in facts.refused or table not in facts.rows:
        return Choice(None, facts.refused.get(what, "the facts are not complete"))
    size = facts.rows[table] if what == "imported" else facts.contracts
    things = "imported awards" if what == "imported" else "contracts"
    if mode == "auto" and size < CONTRACTS_FROM:
        return Choice(None, f"{size:,} {things} are few; facts are read from {CONTRACTS_FROM:,}")
    if find_spec("duckdb") is None:
        return Choice(None, "duckdb is not installed: pip install 'rehabgraph[large]'")
    if set(str(folder)) & set("*?["):
        return Choice(None, "the folder's name has * ? or [ in it, which DuckDB cannot open")
    return Choice(facts, f"{size:,} {things}")


def describe_engine(store: "Store") -> str:
    """Return which engine computes the reports of the market, and why, in a sentence."""
    choice = choose_facts(store)
    engine = "the store itself" if choice.facts is None else "DuckDB over the facts beside it"
    return f"Reports of the market are computed by {engine}: {choice.why}."


@contextmanager
def open_facts(facts: "Facts") -> Iterator[Any]:
    """Give a DuckDB connection that has each table of the facts as a view of its name.

    Raises:
        StoreError: a file is damaged.
    """
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(":memory:", config=settings) as db:
            for table in TABLES:
                if table in facts.rows:
                    db.read_parquet(str(facts.path(table))).create_view(table)
            yield db
    except duckdb.Error as e:
        words = " ".join(str(e).split())[:160]
        raise StoreError(
            f"{facts.folder}: the facts cannot be read ({words}); write them anew with build "
            f"--facts, or set {VARIABLE}=never"
        ) from e
