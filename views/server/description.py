"""What the server says of itself: service description, dataset description, vocabulary files.

Sources: https://www.w3.org/TR/sparql11-service-description/ , https://www.w3.org/TR/void/ ,
https://www.w3.org/TR/vocab-dcat-3/
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehabgraph import __version__
from rehabgraph.ontology import BASE, FOLDER
from rehabgraph.queries.catalogue_turtle import CATALOGUE_PREFIXES
from rehabgraph.views.server.answering import RDF_NAMES
from rehabgraph.views.server.negotiate import RDF, Form, choose_form, form_named
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import refuse
from rehabgraph.views.server.process import JobStopped
from rehabgraph.views.server.workers import Busy, Job, Pool

if TYPE_CHECKING:
    from pyoxigraph import Triple

HTML = Form("html", "text/html", text=True)
_PREFIXES = {
    **CATALOGUE_PREFIXES,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
}
_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "N-Quads", "TriG"),
)
VOCABULARY = {"ontology": "rehab.ttl", "alignment": "alignment.ttl", "shapes": "shapes.ttl"}
"""Name at the top of an address → file."""
_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_COUNT = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


async def describe_service(request: Request) -> Response:
    """Return the description of the endpoint: what it understands, its graphs, its limits."""
    form = _agree_form(request)
    if isinstance(form, Response):
        return form
    options: Options = request.app.state.options
    counts = await count_graphs(request)
    return _describe(service_turtle(endpoint_of(request), options, counts), form)


async def describe_dataset(request: Request) -> Response:
    """Return the description of the dataset as DCAT and VoID; people are sent to the downloads."""
    form = _agree_form(request, "/downloads.html")
    if isinstance(form, Response):
        return form
    counts = await count_graphs(request)
    return _describe(dataset_turtle(endpoint_of(request), counts), form)


async def send_vocabulary(request: Request) -> Response:
    """Return the ontology, its alignment or the shapes in the form that is asked for.

    People who ask for the ontology are sent to the page that explains it.
    """
    name = request.url.path.strip("/").partition("/")[0]
    version = request.path_params.get("version", __version__)
    if version != __version__:
        return refuse(404, f"there is no version {version[:80]} here; this is {__version__}")
    form = _agree_form(request, "/ontology.html" if name == "ontology" else "")
    if isinstance(form, Response):
        return form
    return Response(_vocabulary(VOCABULARY[name], form.name), headers={"Content-Type": form.header})


async def send_questions(request: Request) -> Response:
    """Return the saved questions as data; people are sent to their page."""
    from rehabgraph.queries.catalogue_turtle import write_catalogue

    form = _agree_form(request, "/question/index.html")
    if isinstance(form, Response):
        return form
    return Response(convert(write_catalogue(), form.name), headers={"Content-Type": form.header})


def _agree_form(request: Request, page: str = "") -> Form | Response:
    """Return the form of RDF that a client wants, or the answer that settles it.

    Args:
        request: what is asked, by `format` or by the header Accept.
        page: where people are sent; empty where there is no page.
    """
    asked = request.query_params.get("format")
    offers = (*RDF, HTML) if page else RDF
    form = form_named(asked, RDF) if asked else choose_form(request.headers.get("accept"), offers)
    if form is None:
        more = " or HTML" if page else ""
        return refuse(406, f"it comes as Turtle, JSON-LD, N-Triples, RDF/XML{more}")
    return RedirectResponse(page, 303) if form is HTML else form


def _describe(turtle: str, form: Form) -> Response:
    return Response(
        convert(_turtle_header() + turtle, form.name), headers={"Content-Type": form.header}
    )


async def send_context(request: Request) -> Response:  # noqa: ARG001 - Starlette passes it
    """Return the JSON-LD context."""
    return Response((FOLDER / "context.jsonld").read_bytes(), media_type="application/ld+json")


async def count_graphs(request: Request) -> Mapping[str, int | None]:
    """Return the number of triples of each named graph; None where it could not be counted."""
    import json

    state = request.app.state
    pool: Pool = state.pool
    if getattr(state, "counts", None):
        return state.counts  # type: ignore[no-any-return]
    try:
        answer = await pool.run(Job(_COUNT))
        rows = json.loads(answer.body)["results"]["bindings"]
        state.counts = {r["g"]["value"]: int(r["n"]["value"]) for r in rows}
        return state.counts  # type: ignore[no-any-return]
    except (Busy, JobStopped, ValueError, KeyError):
        return dict.fromkeys(pool.ready.get("graphs", ()), None)


def endpoint_of(request: Request) -> str:
    """Return the endpoint's address as the client knows it."""
    return f"{request.url.scheme}://{request.headers['host']}/sparql"


def service_turtle(endpoint: str, options: Options, counts: Mapping[str, int | None]) -> str:
    """Return the service description as Turtle, without its prefixes."""
    formats = ", ".join(f"formats:{f}" for f in _FORMATS)
    limits = "\n".join(
        f'    rdfs:comment "Limit: {name}: {value}."@en ;'
        for name, value in options.limits().items()
    )
    graphs = " ;\n".join(
        f"        sd:namedGraph [ a sd:NamedGraph ; sd:name <{g}> ;"
        + " sd:graph [ a sd:Graph, void:Dataset"
        + (f" ; void:triples {n}" if n is not None else "")
        + " ] ]"
        for g, n in counts.items()
    )
    total = _total(counts)
    return (
        f"<{endpoint}> a sd:Service ;\n    sd:endpoint <{endpoint}> ;\n"
        "    sd:supportedLanguage sd:SPARQL11Query ;\n"
        "    sd:feature sd:UnionDefaultGraph ;\n"
        f"    sd:resultFormat {formats}, <https://www.w3.org/ns/formats/data/JSON-LD> ;\n{limits}\n"
        "    sd:defaultDataset [ a sd:Dataset ;\n"
        f"        sd:defaultGraph [ a sd:Graph, void:Dataset{total} ]"
        + (f" ;\n{graphs}" if graphs else "")
        + " ] .\n"
    )


def dataset_turtle(endpoint: str, counts: Mapping[str, int | None]) -> str:
    """Return the dataset's description as Turtle, without its prefixes."""
    subsets = "".join(
        f"    void:subset <{g}> ;\n" for g in counts if g.startswith(BASE + "dataset/")
    )
    parts = "".join(
        f"<{g}> a void:Dataset" + (f" ; void:triples {n}" if n is not None else "") + " .\n"
        for g, n in counts.items()
    )
    return (
        f"<{BASE}dataset> a dcat:Dataset, void:Dataset ;\n"
        '    dcterms:title "rehabgraph: who delivers probation rehabilitation services"@en ;\n'
        '    dcterms:description "Who commissions and who delivers probation rehabilitation '
        "services in England and Wales, by which contract, at what announced value and on what "
        'evidence."@en ;\n'
        f'    dcat:version "{__version__}" ;\n'
        f"    dcterms:license <{_LICENCE}> ;\n"
        f"    dcterms:conformsTo <{BASE}ontology> ;\n"
        f'    void:uriSpace "{BASE}id/" ;\n    void:vocabulary <{BASE}ontology#> ;\n'
        f"    void:sparqlEndpoint <{endpoint}> ;\n{subsets}"
        f"    dcat:distribution [ a dcat:Distribution ; dcat:accessService [ a dcat:DataService ;\n"
        f"        dcat:endpointURL <{endpoint}> ; dcat:servesDataset <{BASE}dataset> ;\n"
        '        dcterms:title "SPARQL endpoint"@en ] ]'
        f"{_total(counts)} .\n{parts}"
    )


@lru_cache(maxsize=32)
def _vocabulary(file: str, form: str) -> bytes:
    raw = (FOLDER / file).read_text(encoding="utf-8")
    return raw.encode() if form == "turtle" else convert(raw, form)


def convert(turtle: str, form: str) -> bytes:
    r"""Return Turtle of our own in another form.

    >>> convert("<a:b> <a:c> 1 .", "ntriples")
    b'<a:b> <a:c> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    """
    from pyoxigraph import RdfFormat, parse, serialize

    triples: Iterable[Triple] = (q.triple for q in parse(turtle.encode(), format=RdfFormat.TURTLE))
    written = serialize(triples, format=getattr(RdfFormat, RDF_NAMES[form]), prefixes=_PREFIXES)
    return written or b""


def _turtle_header() -> str:
    return "".join(f"@prefix {name}: <{address}> .\n" for name, address in _PREFIXES.items())


def _total(counts: Mapping[str, int | None]) -> str:
    known = [n for n in counts.values() if n is not None]
    return f" ; void:triples {sum(known)}" if known and len(known) == len(counts) else ""
