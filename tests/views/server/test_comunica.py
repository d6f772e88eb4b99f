"""Comunica, unchanged, against a running server; skipped where there is no Node."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

PACKAGE = "@comunica/query-sparql@4"
INSTALL_SECONDS, RUN_SECONDS, LEAST_NODE = 240, 60, 18
W3C = "http://kasei.us/2009/09/sparql/data/"
_RUN = """
import { QueryEngine } from '@comunica/query-sparql';
const [endpoint, query, kind] = process.argv.slice(2);
const engine = new QueryEngine();
const context = { sources: [{ type: 'sparql', value: endpoint }] };
let found;
if (kind === 'truth') { found = await engine.queryBoolean(query, context); }
else if (kind === 'triples') {
  const stream = await engine.queryQuads(query, context);
  found = (await stream.toArray()).map((q) => [q.subject.value, q.predicate.value, q.object.value]);
} else {
  const stream = await engine.queryBindings(query, context);
  found = (await stream.toArray()).map((b) =>
    Object.fromEntries([...b].map(([key, term]) => [key.value, term.value])));
}
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def comunica(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Return a function that asks by Comunica, installed into a folder of its own."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Comunica needs node and npm, which are not installed")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.lstrip("v").partition(".")[0]) < LEAST_NODE:
        pytest.skip(f"Comunica needs Node {LEAST_NODE} or newer; here is {said.strip()}")
    folder = tmp_path_factory.mktemp("comunica")
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", PACKAGE]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False,
            timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {PACKAGE} within {INSTALL_SECONDS} seconds")
    if done.returncode != 0:
        pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr.strip()[-200:]}")
    (folder / "run.mjs").write_text(_RUN)

    def ask(endpoint: str, query: str, kind: str = "rows") -> Any:  # noqa: ANN401
        ran = subprocess.run(
            [node, "run.mjs", endpoint, query, kind],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=RUN_SECONDS,
            env={**os.environ, "NODE_NO_WARNINGS": "1"},
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        return json.loads(ran.stdout)

    return ask


@pytest.fixture(scope="module", autouse=True)
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401
    """Remove what npm installed: it is large."""
    yield
    for folder in Path(tmp_path_factory.getbasetemp()).glob("comunica*"):
        shutil.rmtree(folder, ignore_errors=True)


def test_comunica_reads_rows_truths_and_triples(live: "Live", comunica: Callable[..., Any]) -> None:
    """Solutions, a truth and triples come through Comunica 4 as they are."""
    graph = f"{W3C}data1.rdf"
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    row = {
        "s": graph,
        "p": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "o": "http://xmlns.com/foaf/0.1/Document",
    }
    assert comunica(live.sparql, f"SELECT ?s ?p ?o WHERE {{ {pattern} }}") == [row]
    assert comunica(live.sparql, f"ASK {{ {pattern} }}", "truth") is True
    found = comunica(live.sparql, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", "triples")
    assert found == [list(row.values())]


def test_comunica_counts_and_groups(live: "Live", comunica: Callable[..., Any]) -> None:
    """An aggregate that Comunica sends whole has the count that the endpoint itself gives."""
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s a ?type }"
    own = live.ask(query, "application/sparql-results+json").json["results"]["bindings"]
    assert comunica(live.sparql, query) == [{"n": own[0]["n"]["value"]}]
