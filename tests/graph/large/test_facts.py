"""The facts beside a store: written whole or not at all, only of what is plain, found again."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import Result

from rehabgraph.graph.build import write_built
from rehabgraph.graph.errors import InvalidData, OutputError, StoreError
from rehabgraph.graph.large import facts as module
from rehabgraph.graph.large.facts import add_facts, find_facts, write_facts, write_store_facts
from rehabgraph.graph.large.facts_schema import FACTS, MANIFEST, TABLES, file_name
from rehabgraph.graph.store import open_memory
from rehabgraph.queries.graph import Graph

RG, ID = "https://w3id.org/rehabgraph/ontology#", "https://w3id.org/rehabgraph/id/"


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of facts."""
    found: list[dict[str, Any]] = pq.read_table(folder / file_name(table)).to_pylist()
    return found


@pytest.fixture
def facts(tiny_quads: list[str], tmp_path: Path) -> Path:
    """Return the folder of the facts of the tiny world."""
    return write_facts(open_memory(tiny_quads), tmp_path / FACTS).folder


def test_columns(facts: Path) -> None:
    """Each file has the columns of the schema, in its order and of its types."""
    names = {"string": "string", "integer": "int64", "boolean": "bool", "date": "date32[day]"}
    for table, columns in TABLES.items():
        schema = pq.read_schema(facts / file_name(table))
        assert schema.names == list(columns)
        kinds = [
            names.get(kind, kind.replace("(", "128(").replace(",", ", "))
            for kind in columns.values()
        ]
        assert [str(t) for t in schema.types] == kinds


def test_market(facts: Path) -> None:
    """A contract of one area has a row, a region-wide one a row for each of its region's areas.

    By the tiny world's own head: T_0001 in Ash Valley; T_0004 in Eastmark, which is Ash Valley and
    Brook; T_0006, of the round later, without a price.
    """
    found = rows(facts, "market")
    places = [(r["contract"], r["area"], r["area_stated"]) for r in found]
    assert places == [
        ("T_0001", "ash-valley", True), ("T_0002", "ash-valley", True), ("T_0003", "brook", True),
        ("T_0004", "ash-valley", False), ("T_0004", "brook", False), ("T_0005", "coombe", False),
        ("T_0005", "down", False), ("T_0006", "coombe", True),
    ]  # fmt: skip
    assert [r["row"] for r in found] == [0, 1, 2, 3, 3, 4, 4, 5]
    last = found[-1]
    assert (last["award"], last["round"]) == (None, "later")
    assert (last["start"], last["end"], last["end_precision"], last["end_basis"]) == (
        date(2022, 7, 1), date(2023, 6, 30), "day", "stated")  # fmt: skip


def test_lines_are_never_divided(facts: Path) -> None:
    """The price of birch's line stays whole, 600,000 over two contracts; all are 1,800,000."""
    found = rows(facts, "lines")
    (birch,) = (r for r in found if r["lead"] == "birch")
    assert (birch["value"], birch["contracts"]) == (Decimal("600000.00"), 2)
    assert sum(r["value"] for r in found) == 1_800_000


def test_parts_and_holders(facts: Path) -> None:
    """Nine parts; elm has parts and leads nothing, and dogwood belongs to birch's group."""
    assert len(rows(facts, "parts")) == 9
    holders = {r["organisation"]: r for r in rows(facts, "holders")}
    assert set(holders) == {"alder", "birch", "cedar", "dogwood", "elm"}
    assert [holders["elm"]["leads"], holders["birch"]["leads"]] == [False, True]
    assert holders["dogwood"]["group"] == "birch"
    assert holders["alder"]["group"] == "alder"


def test_again_replaces(facts: Path, tiny_quads: list[str]) -> None:
    """Writing anew takes the place of what stood there and leaves nothing else behind."""
    (facts / "stray").touch()
    write_facts(open_memory(tiny_quads), facts)
    assert sorted(p.name for p in facts.parent.iterdir()) == [FACTS]
    assert not (facts / "stray").exists()


def test_a_failure_leaves_what_was_there(
    facts: Path, tiny_quads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a table cannot be written, the facts that stood there stay and no work is left."""
    before = {p.name: p.read_bytes() for p in facts.iterdir()}

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_table", fail)
    with pytest.raises(StoreError, match="No space left"):
        write_facts(open_memory(tiny_quads), facts)
    assert {p.name: p.read_bytes() for p in facts.iterdir()} == before
    assert [p.name for p in facts.parent.iterdir()] == [FACTS]


def statement(subject: str, predicate: str, target: str) -> str:
    """Return a statement whose object is a thing or, in quotes, a literal."""
    object_ = target if target.startswith('"') else f"<{ID}{target}>"
    return f"<{ID}{subject}> <{RG}{predicate}> {object_} <{ID}dataset/x> .\n"


DECIMAL = "^^<http://www.w3.org/2001/XMLSchema#decimal>"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ([statement("contract/T_0001", "lead", "organisation/birch")], "T_0001 is not one plain"),
        (
            [statement("organisation/birch", "kind", "organisation-kind/charity")],
            "birch is not one",
        ),
        ([statement("award/{line}", "value", f'"5"{DECIMAL}')], "two values for one column"),
        ([statement("contract/T_0001", "reference", '"Other"')], "two values for one column"),
    ],
)
def test_what_is_not_plain_is_left_to_the_store(
    tiny_quads: list[str],
    tmp_path: Path,
    more: list[str],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two leads, two kinds, two prices: the reason, no facts, and the store refuses alike."""
    subjects = (q.split(">")[0] for q in tiny_quads if q.startswith(f"<{ID}award/"))
    line = next(s.rsplit("/", 1)[1] for s in subjects if "#" not in s)
    store = open_memory([*tiny_quads, *(m.replace("{line}", line) for m in more)])
    store.facts = tmp_path / FACTS
    found = write_facts(store, store.facts)
    assert why in found.refused["record"]
    assert set(found.rows) == {"imported"}
    answers = []
    for mode in ("never", "always"):
        monkeypatch.setenv("REHABGRAPH_FACTS", mode)
        with pytest.raises(InvalidData, match="two answers where one can be") as refused:
            Graph(store).report("market-share", round="all")
        answers.append(str(refused.value))
    assert answers[0] == answers[1]


def test_a_price_in_parts_of_a_penny(tiny_quads: list[str], tmp_path: Path) -> None:
    """A price that the table cannot hold to the last digit is left to the store."""
    quads = [
        q.replace('"400000"', '"400000.123"') if f"<{RG}value>" in q else q for q in tiny_quads
    ]
    assert "does not fit" in write_facts(open_memory(quads), tmp_path / FACTS).refused["record"]


def test_find(facts: Path) -> None:
    """Facts are found again; those of another schema, or without their list, are not."""
    found = find_facts(facts)
    assert found is not None
    assert (found.contracts, found.rows["lines"]) == (6, 4)
    held = json.loads((facts / MANIFEST).read_bytes())
    (facts / MANIFEST).write_text(json.dumps({**held, "schema": 0}))
    assert find_facts(facts) is None
    (facts / MANIFEST).write_text("damaged")
    assert find_facts(facts) is None
    assert find_facts(None) is None


def test_only_a_large_build_has_facts(
    tiny_quads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small build has none; from the threshold on they stand beside the store."""
    write_built(tiny_quads, tmp_path / "small")
    assert not (tmp_path / "small" / FACTS).exists()
    monkeypatch.setattr(module, "FACTS_FROM", len(tiny_quads))
    write_built(tiny_quads, tmp_path / "large")
    assert find_facts(tmp_path / "large" / FACTS) is not None


def test_without_pyarrow(
    tiny_quads: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without pyarrow a large build is made all the same, and one line says what is missing."""
    monkeypatch.setattr(module, "FACTS_FROM", 1)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    write_built(tiny_quads, tmp_path / "built")
    assert not (tmp_path / "built" / FACTS).exists()
    assert (tmp_path / "built" / "store").is_dir()
    (said,) = capsys.readouterr().err.splitlines()
    assert "pip install 'rehabgraph[large]'" in said
    with pytest.raises(OutputError, match="rehabgraph\\[large\\]"):
        write_facts(open_memory(tiny_quads), tmp_path / FACTS)
    assert add_facts(tmp_path / "built", 5) is None


def test_a_store_in_memory_has_no_place_for_facts(tiny: Graph) -> None:
    """Facts stand beside a folder; a store without one is one line."""
    with pytest.raises(OutputError, match="--store"):
        write_store_facts(tiny.store)


def test_build_writes_facts_when_asked(
    tiny_quads: list[str], tmp_path: Path, cli: Callable[..., Result]
) -> None:
    """`build --facts` writes them beside the store that is named."""
    write_built(tiny_quads, tmp_path / "built")
    done = cli("--store", str(tmp_path / "built"), "build", "--facts")
    assert done.exit_code == 0
    assert find_facts(tmp_path / "built" / FACTS) is not None
