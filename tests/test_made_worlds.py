"""Made-up worlds: as large as asked for, the same each time, and good for every report."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rehabgraph.graph.build import build_quads
from rehabgraph.graph.store import open_memory
from rehabgraph.queries.graph import Graph

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
OPTIONS: dict[str, dict[str, object]] = {
    "market-share": {"round": "all"},
    "concentration": {},
    "dependency": {},
    "failure": {"top": 3},
    "merger": {"parties": "Provider 0001,Provider 0002"},
    "partnerships": {},
    "network": {},
    "expiring": {"as_of": "2023-01-01", "round": "all"},
    "timeline": {},
    "coverage": {},
    "quality": {},
}


def load_script(name: str) -> ModuleType:
    """Return a script of the benchmarks, which find one another by being in one folder."""
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        spec.loader.exec_module(module)
    sys.modules.setdefault(name, module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tables of a world of twenty thousand quads."""
    target = tmp_path_factory.mktemp("world")
    load_script("generate").write_world(20_000, target, seed=5)
    return target


@pytest.fixture(scope="module")
def graph(folder: Path) -> Graph:
    """Return that world as a graph."""
    return Graph(open_memory(build_quads(folder)))


def test_a_world_is_as_large_as_asked_for(graph: Graph) -> None:
    """Asked for 20,000 quads, the build makes that many but for one in a hundred."""
    assert abs(graph.store.size() - 20_000) <= 200


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """The same seed gives the same tables, another seed others."""
    write = load_script("generate").write_world
    write(20_000, tmp_path / "same", seed=5)
    write(20_000, tmp_path / "other", seed=6)
    names = sorted(p.name for p in folder.iterdir())
    assert all((tmp_path / "same" / n).read_bytes() == (folder / n).read_bytes() for n in names)
    other = (tmp_path / "other" / "contracts.csv").read_bytes()
    assert other != (folder / "contracts.csv").read_bytes()


@pytest.mark.parametrize("report", OPTIONS)
def test_reports_work_on_a_made_world(report: str, graph: Graph) -> None:
    """Reports have rows there, and no provider's name could be taken for a real one."""
    rows = graph.report(report, **OPTIONS[report]).rows
    assert rows
    if report == "market-share":
        assert all(str(row["name"]).startswith("Provider ") for row in rows)


def test_the_world_has_the_shape_of_the_record(graph: Graph) -> None:
    """Few hold much; prices cover several contracts; ends are stated, derived and unknown."""
    market = graph.market()
    shares = graph.report("market-share", round="all").rows
    assert len(shares) > 8
    assert shares[0]["contracts"] > 5 * shares[-1]["contracts"] > 0
    assert {len(line.contracts) > 1 for line in market.lines} == {True, False}
    assert {c.award is None for c in market.contracts} == {True, False}
    assert {c.area is None for c in market.contracts} == {True, False}
    assert {c.end_basis for c in market.contracts} == {"stated", "derived", ""}


def test_made_up_releases_are_json_lines_that_repeat(tmp_path: Path) -> None:
    """300 processes: a release a line, several suppliers at times, the same bytes twice."""
    write = load_script("generate_ocds").write_releases
    releases = write(300, tmp_path / "a.jsonl", seed=2)
    write(300, tmp_path / "b.jsonl", seed=2)
    raw = (tmp_path / "a.jsonl").read_bytes()
    assert raw == (tmp_path / "b.jsonl").read_bytes()
    lines = [json.loads(line) for line in raw.splitlines()]
    assert len(lines) == releases
    assert len({line["ocid"] for line in lines}) == 300
    suppliers = {len(a["suppliers"]) for line in lines for a in line.get("awards", ())}
    assert {1, 2} <= suppliers
    currencies = {
        a["value"]["currency"] for line in lines for a in line.get("awards", ()) if "value" in a
    }
    assert {"GBP", "EUR"} <= currencies
