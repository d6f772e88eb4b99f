"""A store of one's own: whole at every moment, and nothing in it twice."""

import json
import multiprocessing
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import rehabgraph
from rehabgraph.graph.errors import BadParameter, StoreError
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.record import How, drop_imports
from rehabgraph.graph.imports.workspace import Workspace, read_imports
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.graph import Graph, open_graph

Make = Callable[..., dict[str, Any]]
Read = Callable[..., Any]
Open = Callable[[], Graph]
Cli = Callable[..., Result]


def quads(folder: Path) -> int:
    """Return how many statements the store holds, opened as people would."""
    return open_graph(folder).store.size()


def test_the_record_and_the_import_are_both_there(
    make: Make, read: Read, graph: Open, world: Graph
) -> None:
    """The store is the packaged record with one named graph more, and no statement else."""
    found = read([make()])
    assert graph().store.size() == world.store.size() + found.quads
    (row,) = graph().store.select(
        "SELECT (COUNT(*) AS ?n) WHERE { GRAPH "
        f"<https://w3id.org/rehabgraph/dataset/import/{found.key}> {{ ?s ?p ?o }} }}"
    )
    assert row["n"] == found.quads


def test_provenance(make: Make, read: Read, graph: Open) -> None:
    """File name, hash, time and tool version stand in the graph; the time can be given."""
    found = read([make()], time="2026-01-02T03:04:05Z")
    query = PREFIXES + (
        "SELECT ?name ?hash ?time ?tool WHERE { ?i a rg:Import ; prov:used ?f ; "
        "prov:endedAtTime ?time ; rg:toolVersion ?tool . ?f rg:fileName ?name ; rg:sha256 ?hash }"
    )
    (row,) = graph().store.select(query)
    assert (row["name"], str(row["time"])) == ("a.json", "2026-01-02T03:04:05Z")
    assert row["hash"].startswith(found.key)
    assert row["tool"] == f"rehabgraph {rehabgraph.__version__}"


def test_source_date_epoch_is_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual variable makes an import the same bytes on every day."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert How().moment == "1970-01-01T00:00:00Z"


def test_the_same_file_again_adds_nothing(make: Make, read: Read, workspace: Workspace) -> None:
    """Whatever it is called: the content counts."""
    read([make()])
    before = quads(workspace.folder)
    again = read([make()], "another-name.json")
    assert (again.state, quads(workspace.folder)) == ("already there", before)
    assert len(read_imports(workspace.folder)) == 1


def test_dry_run_keeps_nothing(make: Make, read: Read, workspace: Workspace) -> None:
    """It says what would be added, and makes not even the folder."""
    found = read([make()], dry_run=True)
    assert found.count("awards") == 1
    assert found.quads > 0
    assert not workspace.folder.exists()


def test_drop_takes_all_of_it_out(
    make: Make, read: Read, workspace: Workspace, world: Graph
) -> None:
    """What is left is the record and the other import."""
    first = read([make(1)])
    second = read([make(2)], "b.json")
    drop_imports(workspace, ["a.json"])
    assert [one.key for one in workspace.imports] == [second.key]
    assert quads(workspace.folder) == world.store.size() + second.quads
    drop_imports(workspace, [second.key[:6]])
    assert quads(workspace.folder) == world.store.size()
    with pytest.raises(BadParameter, match="no import of that name"):
        drop_imports(workspace, [first.key])


def test_replace_takes_the_place_of_a_file_of_that_name(
    make: Make, read: Read, graph: Open, workspace: Workspace
) -> None:
    """Without --replace a process that is there stays as it is, and is told of."""
    read([make()])
    newer = [make(awards=[{"id": "1", "value": {"amount": 7, "currency": "GBP"}}])]
    left = read(newer)
    assert (left.count("processes"), left.findings.counts["process held"]) == (0, 1)
    drop_imports(workspace, [left.key])
    found = read(newer, replace=True)
    assert (found.state, len(workspace.imports)) == ("replaced", 1)
    query = PREFIXES + "SELECT ?v WHERE { ?a rg:process ?p ; a rg:Award ; rg:value ?v }"
    assert graph().store.select(query) == [{"v": 7}]


def test_files_given_together_are_merged(make: Make, workspace: Workspace, tmp_path: Path) -> None:
    """A tender in one file and its award in another are one process."""
    tender = make(awards=[], tender={"title": "T", "lots": [{"id": "1"}]}, date="2021-01-01")
    paths = []
    for n, release in enumerate([make(), tender]):
        paths.append((tmp_path / f"{n}.json", f"{n}.json"))
        paths[-1][0].write_text(json.dumps(release))
    found = import_ocds(workspace, paths)
    assert [found.count(w) for w in ("processes", "awards", "lots")] == [1, 1, 1]
    assert import_ocds(workspace, paths[::-1]).state == "already there"


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A folder that holds other things is left alone."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="name a new folder"):
        Workspace(tmp_path)


def test_reports_of_the_record_stay_as_they_were(
    make: Make, read: Read, graph: Open, world: Graph
) -> None:
    """A huge imported award to a namesake moves no figure of a market report or question."""
    supplier = {"name": "Nacro", "identifier": {"scheme": "GB-CHC", "id": "226171"}}
    period = {"startDate": "2021-06-26T00:00:00Z", "endDate": "2027-06-26T00:00:00Z"}
    award = {
        "id": "1",
        "title": "Accommodation",
        "suppliers": [supplier, {"name": "Ingeus"}],
        "value": {"amount": 999999999, "amountGross": 1199999999, "currency": "GBP"},
        "contractPeriod": period,
    }
    contract = {"id": "c", "awardID": "1", "period": period, "value": award["value"]}
    read([make(awards=[award], contracts=[contract], tender={"lots": [{"id": "1"}]})])
    mine = graph()
    for name in ("market-share", "concentration", "coverage", "expiring", "layers", "timeline"):
        assert mine.report(name).to_json() == world.report(name).to_json(), name
    assert (
        mine.report("failure", provider="Nacro").rows
        == world.report("failure", provider="Nacro").rows
    )
    for name in ("value-by-lot", "shares-by-provider", "row-without-citation-violation"):
        assert mine.query(name).rows == world.query(name).rows, name


def _work(folder: str, file: str, drop: bool) -> None:
    """Import or drop in a process that may be killed."""
    workspace = Workspace(Path(folder))
    if drop:
        drop_imports(workspace, ["b.json"])
    else:
        import_ocds(workspace, [(Path(file), "b.json")])


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_import_leaves_the_store_before_or_after(
    make: Make, read: Read, workspace: Workspace, tmp_path: Path
) -> None:
    """Killed fifty times at random moments, the store opens with one of two exact sizes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["rehabgraph.graph.imports.ocds", "pyoxigraph", "ocdsmerge"])
    read([make(0)])
    before = quads(workspace.folder)
    file = tmp_path / "b.json"
    file.write_text(json.dumps({"releases": [make(n) for n in range(1, 40)]}))
    took, sizes = 0.0, {False: before, True: 0}
    # twice each in peace: for the two sizes, and for the time it takes once all is warm
    for number, drop in enumerate((False, True, False, True)):
        start = time.monotonic()
        process = context.Process(target=_work, args=(str(workspace.folder), str(file), drop))
        process.start()
        process.join(60)
        assert process.exitcode == 0
        took = max(took, time.monotonic() - start) if number > 1 else 0.0
        sizes[not drop] = quads(workspace.folder)
    assert sizes[False] == before < sizes[True]
    rnd = random.Random(1)  # noqa: S311
    there, changed, killed = False, 0, 0
    for _ in range(50):
        process = context.Process(target=_work, args=(str(workspace.folder), str(file), there))
        process.start()
        process.join(rnd.uniform(0, 1.2 * took))
        process.kill()  # it may have ended by itself
        process.join(60)
        killed += process.exitcode == -signal.SIGKILL
        listed = "b.json" in [f for one in read_imports(workspace.folder) for f in one.files]
        assert quads(workspace.folder) == sizes[listed]
        changed += listed != there
        there = listed
    assert killed > 10
    assert changed
    # and what the killed ones left behind does not hinder the next
    _work(str(workspace.folder), str(file), there)
    assert quads(workspace.folder) == sizes[not there]
    assert not list(workspace.folder.glob("work-*"))
    assert len(list((workspace.folder / "generations").iterdir())) <= 2


def test_memory_is_bounded(make: Make, tmp_path: Path, shell: Callable[..., Any]) -> None:
    """Ten megabytes of JSON Lines take little more memory than a hundredth of them."""
    code = (
        "import resource, sys; from pathlib import Path; "
        "from rehabgraph.graph.imports.ocds import import_ocds; "
        "from rehabgraph.graph.imports.workspace import Workspace; "
        "import_ocds(Workspace(Path(sys.argv[2])), [(Path(sys.argv[1]), 'x')]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    import subprocess
    import sys

    assert callable(shell)
    peaks = []
    for size in (100_000, 10_000_000):
        file, number = tmp_path / f"{size}.jsonl", 0
        with file.open("w") as out:
            while out.tell() < size:
                number += 1
                text = "lorem ipsum " * 300
                out.write(json.dumps(make(number, tender={"description": text})) + "\n")
        done = subprocess.run(
            [sys.executable, "-c", code, str(file), str(tmp_path / f"w{size}")],
            capture_output=True,
            check=True,
            timeout=120,
        )
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 60_000  # kilobytes


def test_replacing_takes_the_place_of_an_older_file_of_the_name(
    make: Make, read: Read, workspace: Workspace
) -> None:
    """A changed file was added beside the old one, then --replace is asked: one import is left.

    The first reading left its process out, as the old file had it; the second must not.
    """
    read([make()])
    changed = make(id="r2", date="2021-06-01T00:00:00Z")
    assert read([changed]).count("processes") == 0
    again = read([changed], replace=True)
    assert (again.state, again.count("processes")) == ("replaced", 1)
    assert [one.key for one in workspace.imports] == [again.key]
    assert read([changed], replace=True).state == "already there"
