"""Which engine answers, by size and by choice, and what it says of itself."""

from pathlib import Path

import pytest

from rehabgraph.graph.errors import BadParameter, StoreError
from rehabgraph.queries.browse import report_status
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.large import engine
from rehabgraph.queries.large.engine import choose_facts, describe_engine


def test_no_facts(tiny: Graph) -> None:
    """A store without facts answers itself."""
    assert choose_facts(tiny.store).facts is None
    assert "no facts stand beside the store" in describe_engine(tiny.store)


def test_small(packaged: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few contracts are asked of the store, though facts are there: 196 of the record."""
    monkeypatch.delenv("REHABGRAPH_FACTS", raising=False)
    assert choose_facts(packaged.store).facts is None
    assert "196 contracts are few" in choose_facts(packaged.store).why


def test_large(packaged: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the threshold on DuckDB answers, and the status says so."""
    monkeypatch.delenv("REHABGRAPH_FACTS", raising=False)
    monkeypatch.setattr(engine, "CONTRACTS_FROM", 196)
    assert choose_facts(packaged.store).facts is not None
    notes = report_status(packaged).notes
    assert any("DuckDB over the facts beside it: 196 contracts" in note for note in notes)


def test_modes(packaged: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable switches facts on and off, and a wrong word is one line."""
    monkeypatch.setenv("REHABGRAPH_FACTS", "always")
    assert choose_facts(packaged.store).facts is not None
    monkeypatch.setenv("REHABGRAPH_FACTS", "never")
    assert choose_facts(packaged.store).facts is None
    monkeypatch.setenv("REHABGRAPH_FACTS", "sometimes")
    with pytest.raises(BadParameter, match="choose one of auto, always, never"):
        choose_facts(packaged.store)


def test_without_duckdb(packaged: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without DuckDB the store answers the same, and the reason names what to install."""
    monkeypatch.setenv("REHABGRAPH_FACTS", "never")
    expected = packaged.report("market-share").to_json()
    monkeypatch.setenv("REHABGRAPH_FACTS", "always")
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    assert "rehabgraph[large]" in choose_facts(packaged.store).why
    assert packaged.report("market-share").to_json() == expected


def test_damaged_facts(
    tiny_quads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is one line that says what to do, never a wrong answer."""
    from rehabgraph.graph.large.facts import write_facts
    from rehabgraph.graph.store import open_memory

    monkeypatch.setenv("REHABGRAPH_FACTS", "always")
    store = open_memory(tiny_quads)
    store.facts = tmp_path / "facts"
    write_facts(store, store.facts).path("market").write_bytes(b"no parquet")
    with pytest.raises(StoreError, match="build --facts"):
        Graph(store).report("market-share")


def test_strange_folder(
    tiny_quads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder whose name DuckDB would read as a pattern is left to the store; quotes are fine."""
    from rehabgraph.graph.large.facts import write_facts
    from rehabgraph.graph.store import open_memory

    monkeypatch.setenv("REHABGRAPH_FACTS", "always")
    for name, used in (("it's mine", True), ("mine[1]", False)):
        store = open_memory(tiny_quads)
        store.facts = tmp_path / name / "facts"
        store.facts.parent.mkdir()
        write_facts(store, store.facts)
        assert (choose_facts(store).facts is not None) is used
        assert Graph(store).report("market-share").rows[0]["name"] == "Birch"
