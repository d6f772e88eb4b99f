"""Comunica, unchanged, against a running server; skipped where there is no Node."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

PACKAGE = "@comunica/query-sparql@4"
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


@pytest.fixture
def comunica(node: Callable[..., str]) -> Callable[..., Any]:
    """Return a function that asks an endpoint by Comunica."""

    def ask(endpoint: str, query: str, kind: str = "rows") -> Any:  # noqa: ANN401
        return json.loads(node(_RUN, (PACKAGE,), endpoint, query, kind))

    return ask


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
