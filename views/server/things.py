"""Addresses of things: `/id/KIND/ID` points to a page or to data, `/data/KIND/ID.FORM` is the data.

Source: https://www.w3.org/TR/cooluris/#r303gendocument
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehabgraph.ontology import ID, PREFIXES
from rehabgraph.views.server.negotiate import RDF, Form, choose_form
from rehabgraph.views.server.problem import Problem, refuse
from rehabgraph.views.server.sparql import ask_pool
from rehabgraph.views.server.workers import Job
from rehabgraph.views.site.links import page_path

_PART = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}")
ENDINGS: Mapping[str, Form] = {
    "ttl": RDF[0],
    "jsonld": RDF[1],
    "nt": RDF[2],
    "rdf": RDF[3],
    "json": Form("json", "application/json"),
}
_ASK = "ASK {{ <{thing}> ?p ?o }}"
_STATEMENTS = """
PREFIX rg: <{rg}>
{head}
WHERE {{
  {{ VALUES ?s {{ <{thing}> }} ?s ?p ?o }}
  UNION {{ <{thing}> rg:citation ?s . ?s ?p ?o }}
}} ORDER BY STR(?s) STR(?p) STR(?o)
"""
_TRIPLES, _ROWS = "CONSTRUCT { ?s ?p ?o }", "SELECT DISTINCT ?s ?p ?o"


async def point_to_thing(request: Request) -> Response:
    """Answer 303 to the page or the data of a thing, as the Accept header asks."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    if (thing := address_of(kind, name)) is None:
        return _unknown(kind, name)
    found = await ask_pool(request, Job(_ASK.format(thing=thing)))
    if isinstance(found, Problem):
        return found.to_response()
    if not json.loads(found.body)["boolean"]:
        return _unknown(kind, name)
    offers = [Form(ending, form.type) for ending, form in ENDINGS.items()]
    offers.append(Form("page", "text/html"))
    form = choose_form(request.headers.get("accept"), offers)
    if form is None:
        return refuse(406, f"a thing comes as {', '.join(dict.fromkeys(f.type for f in offers))}")
    if form.name == "page":
        return RedirectResponse(page_path(kind, name), 303)
    return RedirectResponse(f"/data/{kind}/{name}.{form.name}", 303)


async def send_thing(request: Request) -> Response:
    """Return what the graph says of a thing, with its citations."""
    kind, file = request.path_params["kind"], request.path_params["file"]
    name, _, ending = file.rpartition(".")
    thing = address_of(kind, name)
    if ending not in ENDINGS:
        return refuse(404, f"no such form; there are: {', '.join('.' + e for e in ENDINGS)}")
    if thing is None:
        return _unknown(kind, name)
    form, as_json = ENDINGS[ending], ending == "json"
    query = _STATEMENTS.format(rg=PREFIXES["rg"], thing=thing, head=_ROWS if as_json else _TRIPLES)
    job = Job(query, results="json", rdf=None if as_json else form.name)
    answer = await ask_pool(request, job)
    if isinstance(answer, Problem):
        return answer.to_response()
    if not as_json:
        known = answer.head["count"] > 0
        body = answer.body
    else:
        rows = json.loads(answer.body)["results"]["bindings"]
        known, body = bool(rows), render_thing(thing, rows).encode()
    return Response(body, headers={"Content-Type": form.header}) if known else _unknown(kind, name)


def address_of(kind: str, name: str) -> str | None:
    """Return a thing's address, or None where the parts cannot be of one.

    >>> address_of("award", "day-one-l050")
    'https://w3id.org/rehabgraph/id/award/day-one-l050'
    >>> address_of("award", "x> ?p ?o } #") is None
    True
    """
    if not (_PART.fullmatch(kind) and _PART.fullmatch(name)):
        return None
    return f"{ID}{kind}/{name}"


def render_thing(thing: str, rows: list[dict[str, Any]]) -> str:
    """Return a thing's statements as JSON for programs that know no RDF.

    Each property has a list of values: an address as `{"id": …}`, else `{"value": …}` with its
    `type` or `language`.
    """
    nodes: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in rows:
        value = row["o"]
        if value["type"] == "literal":
            cell = {"value": value["value"]}
            if "datatype" in value:
                cell["type"] = value["datatype"]
            if "xml:lang" in value:
                cell["language"] = value["xml:lang"]
        else:
            cell = {"id": value["value"]}
        node = nodes.setdefault(row["s"]["value"], {})
        node.setdefault(row["p"]["value"], []).append(cell)
    statements = nodes.pop(thing, {})
    citations = [{"id": address, "statements": nodes[address]} for address in sorted(nodes)]
    whole = {"id": thing, "statements": statements, "citations": citations}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _unknown(kind: str, name: str) -> Response:
    return refuse(404, f"no thing {kind[:80]}/{name[:80]} in this graph")
