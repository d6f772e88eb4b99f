"""Market facts beside a store: written once, whole or not at all, and found again.

A store of millions of statements answers a sum over its market in a minute, the same sum over
flat facts takes a second. So a large build writes them, and the reports read them.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rehabgraph.graph.build import STORE, write_file
from rehabgraph.graph.errors import OutputError, StoreError
from rehabgraph.graph.large.facts_schema import (
    COMPRESSION,
    FACTS,
    MANIFEST,
    TABLES,
    VERSION,
    file_name,
)
from rehabgraph.graph.store import Store, open_directory

FACTS_FROM = 300_000
"""A build of so many statements writes facts: below it the store answers any report of the market
within about a second, and facts would only cost the time to write them."""
ROWS_A_GROUP = 100_000
MISSING = "pyarrow is not installed: pip install 'rehabgraph[large]'"


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts beside a store.

    Attributes:
        folder: where the files are.
        rows: table → how many rows its file has; a table that is not there is not to be read.
        contracts: how many contracts the market has.
        refused: `record` or `imported` → why those tables were not written.
    """

    folder: Path
    rows: Mapping[str, int]
    contracts: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)

    def path(self, table: str) -> Path:
        """Return the file of a table."""
        return self.folder / file_name(table)


def write_facts(store: Store, folder: Path) -> Facts:
    """Write the facts of a store into a folder that appears whole or not at all.

    What does not fit the flat tables is left to the store: `refused` says why.

    Args:
        store: the graph.
        folder: where the files go; what stood there is replaced.

    Raises:
        OutputError: pyarrow is not installed.
        StoreError: the folder cannot be written.
    """
    try:
        import pyarrow.parquet  # noqa: F401 - asked for before any work is done
    except ImportError as e:
        raise OutputError(f"facts need {MISSING}") from e
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            facts = _write_tables(store, work)
            manifest = {"schema": VERSION, **asdict(facts), "folder": ""}
            write_file(work / MANIFEST, json.dumps(manifest, indent=1).encode())
            work.chmod(0o755)
            if folder.exists():
                folder.replace(Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent)))
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            for old in folder.parent.glob(".old-*"):
                shutil.rmtree(old, ignore_errors=True)
    except OSError as e:
        raise StoreError(f"{folder}: cannot be written ({e.strerror or e}); make room") from e
    return Facts(folder, facts.rows, facts.contracts, facts.refused)


def _write_tables(store: Store, work: Path) -> Facts:
    from rehabgraph.graph.large.facts_columns import NotPlain
    from rehabgraph.graph.large.facts_imported import scan_imported
    from rehabgraph.graph.large.facts_scan import scan_record

    rows: dict[str, int] = {}
    refused: dict[str, str] = {}
    contracts = 0
    try:
        for name, table in scan_record(store):
            rows[name] = _write_table(table, name, work)
            if name == "market" and rows[name]:
                contracts = table["row"][-1].as_py() + 1
    except NotPlain as e:
        refused["record"] = str(e)
        rows.clear()
    try:
        rows["imported"] = _write_table(scan_imported(store), "imported", work)
    except NotPlain as e:
        refused["imported"] = str(e)
    return Facts(work, rows, contracts, refused)


def _write_table(table: Any, name: str, work: Path) -> int:  # noqa: ANN401
    """Write an Arrow table with the columns of the schema, and return how many rows it has."""
    from pyarrow import parquet, schema

    from rehabgraph.graph.large.facts_columns import arrow_type

    columns = TABLES[name]
    types = schema([(column, arrow_type(kind)) for column, kind in columns.items()])
    parquet.write_table(
        table.select(list(columns)).cast(types),
        work / file_name(name),
        compression=COMPRESSION,
        row_group_size=ROWS_A_GROUP,
    )
    return int(table.num_rows)


def write_store_facts(store: Store) -> Facts:
    """Write the facts of a store beside it, however small it is.

    Args:
        store: a store in a folder.

    Raises:
        OutputError: pyarrow is not installed, or the store is not a folder of this machine.
        StoreError: the folder cannot be written.
    """
    folder = getattr(store, "facts", None)
    if folder is None or store.path is None or not (folder.parent / STORE).is_dir():
        raise OutputError(
            "facts stand beside a store on disk: name one with --store, or leave --store out"
        )
    return write_facts(store, folder)


def add_facts(place: Path, quads: int) -> Facts | None:
    """Write facts beside the store of a folder if it is large; say on stderr why there are none.

    Args:
        place: folder that holds `store/`.
        quads: how many statements the store has.

    Returns:
        The facts, or None where the store is small or they cannot be written.
    """
    if quads < FACTS_FROM:
        return None
    try:
        facts = write_facts(open_directory(place / STORE), place / FACTS)
    except OutputError as e:
        sys.stderr.write(f"No facts for large reports, which will be slow: {e}\n")
        return None
    for what, why in facts.refused.items():
        sys.stderr.write(f"No facts of the {what}, its reports ask the store: {why}\n")
    return facts


def find_facts(folder: Path | None) -> Facts | None:
    """Return the facts in a folder; None where there are none, or of another schema.

    Args:
        folder: the folder that `write_facts` wrote, or None.
    """
    if folder is None:
        return None
    try:
        held = json.loads((folder / MANIFEST).read_bytes())
        if held["schema"] != VERSION:
            return None
        return Facts(folder, dict(held["rows"]), int(held["contracts"]), dict(held["refused"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
