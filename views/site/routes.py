"""Which page stands at which path, and every path that there is."""

import re
from collections.abc import Iterator, Mapping

from rehabgraph.graph.errors import RehabError, StoreError
from rehabgraph.graph.network import NETWORKS
from rehabgraph.queries.catalogue import question_files
from rehabgraph.queries.market import Filters
from rehabgraph.queries.reports import REPORTS
from rehabgraph.views.pages import write_json
from rehabgraph.views.pictures import VIEWS
from rehabgraph.views.site import answers, more, questions
from rehabgraph.views.site.content import Content, Page
from rehabgraph.views.site.frame import POLICY, read_assets
from rehabgraph.views.site.lists import build_list, facet_slug, list_facets, list_names, list_things
from rehabgraph.views.site.ontology import build_ontology
from rehabgraph.views.site.options import Query, check_query
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.start import build_start
from rehabgraph.views.site.texts import PAGES, build_text
from rehabgraph.views.site.thing import build_thing

TYPES = {"css": "text/css", "js": "text/javascript", "csv": "text/csv",
         "json": "application/json",
         "ttl": "text/turtle", "jsonld": "application/ld+json",
         "nq": "application/n-quads"}  # fmt: skip
TOP = ("index", "names", "search", "downloads", "corrections", "ontology", *PAGES)


def find_content(site: Site, stem: str, query: Query) -> Content | None:
    """Return the page at a path without its ending, or None.

    Raises:
        RehabError: a parameter is wrong.
    """
    parts = stem.removeprefix("/").split("/")
    if len(parts) == 1:
        return _find_top(site, parts[0], query)
    if parts[0] == "page" and len(parts) == 3:
        return _find_thing(site, stem)
    if parts[0] == "list" and len(parts) in (2, 4):
        return (
            more.build_list_index(site) if parts[1:] == ["index"] else build_list(site, *parts[1:])
        )
    if parts[0] == "why" and len(parts) == 3:
        return answers.build_why(site, parts[1], parts[2], query)
    if len(parts) != 2:
        return None
    return _find_pair(site, parts[0], parts[1], query)


def _find_pair(site: Site, family: str, name: str, query: Query) -> Content | None:
    if family == "report":
        return (
            answers.build_report_index()
            if name == "index"
            else answers.build_report_page(site, name, query)
        )
    if family == "question":
        return (
            questions.build_question_index(site)
            if name == "index"
            else questions.build_question_page(site, name, query)
        )
    if family == "picture":
        return more.build_picture_index() if name == "index" else more.build_picture(site, name)
    return more.build_network_page(site, name) if family == "network" else None


def _find_top(site: Site, name: str, query: Query) -> Content | None:
    if name == "index":
        return build_start(site)
    if name in PAGES:
        return build_text(site, name)
    if name == "names":
        return more.build_names(site)
    if name == "search":
        return more.build_search(site, "".join(check_query(query).get("q", [])[:1]))
    if name == "downloads":
        return more.build_downloads()
    if name == "ontology":
        return build_ontology(site)
    return more.build_corrections(site) if name == "corrections" else None


def _find_thing(site: Site, stem: str) -> Content | None:
    """Return a thing's page; for one that lives on another's page, that page under its address."""
    thing = site.pages.get(f"{stem}.html")
    if thing is None:
        return None
    owner = site.facts.owner(thing)
    if owner == thing:
        return build_thing(site, thing)
    from dataclasses import replace

    _, _, fragment = site.to(thing).partition("#")
    found = build_thing(site, owner)
    return replace(found, path=f"{found.path}#{fragment}")


def find_file(site: Site, path: str) -> Page | None:
    """Return a file that the site hands out: a style, a script, a picture, a download."""
    ending = path.rpartition(".")[2]
    headers = {"Content-Security-Policy": POLICY}
    if path in read_assets():
        return Page(200, TYPES[ending], read_assets()[path], headers)
    if path == "/assets/names.js":
        text = f"window.rehabgraphNames = {write_json(more.list_search(site))};\n"
        return Page(200, TYPES["js"], text.encode("utf-8", "replace"), headers)
    if path == "/download/dataset.nq":
        body = "".join(sorted(site.graph.store.quads()))
        return Page(200, TYPES["nq"], body.encode(), headers)
    if (file := more.list_files().get(path)) is not None:
        return Page(200, TYPES[ending], file.read_bytes(), headers)
    name = path.removeprefix("/view/").removesuffix(".html")
    if path == f"/view/{name}.html" and name in VIEWS:
        body = VIEWS[name](site.graph, Filters())
        return Page(200, "text/html", body.encode("utf-8", "replace"), _own_policy(body))
    return None


def _own_policy(body: str) -> Mapping[str, str]:
    """Return the policy that a self-contained page states of itself, as a header."""
    from html import unescape

    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', body)
    return {"Content-Security-Policy": unescape(found[1])} if found else {}


def list_pages(site: Site) -> Iterator[str]:
    """Yield the path, without ending, of every page of the site as plain files."""
    yield from (f"/{name}" for name in TOP)
    yield "/list/index"
    for name in list_names(site):
        yield f"/list/{name}"
        for property_, _, values in list_facets(site, list_things(site, name)):
            yield from (f"/list/{name}/{facet_slug(property_)}/{key}" for key, _, _ in values)
    yield from (site.to(thing).removesuffix(".html") for thing in site.own_pages)
    yield "/report/index"
    for name in REPORTS:
        yield f"/report/{name}"
        try:
            rows = len(answers.run_report(site, name, {}).rows)
        except StoreError:  # nothing can be said of it: the store is away
            raise
        except RehabError:
            rows = 0
        yield from (f"/why/{name}/{n}" for n in range(1, rows + 1))
    yield "/question/index"
    yield from (f"/question/{name}" for name in question_files())
    yield "/picture/index"
    yield from (f"/picture/{name}" for name in VIEWS)
    yield from (f"/network/{name}" for name in NETWORKS)


def list_plain_files() -> list[str]:
    """Return the path of every file of the site that is no page."""
    return [*read_assets(), "/assets/names.js", "/download/dataset.nq", *more.list_files(),
            *(f"/view/{name}.html" for name in VIEWS)]  # fmt: skip
