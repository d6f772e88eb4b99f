"""From a request to a page: pure, so that a server, a builder and a terminal give the same."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rehabgraph.graph.errors import RehabError
from rehabgraph.views.site.content import Block, Content, Link, Page, plain, text_report
from rehabgraph.views.site.frame import MEDIA, POLICY, render_content
from rehabgraph.views.site.links import relative
from rehabgraph.views.site.routes import find_content, find_file
from rehabgraph.views.site.site import Site, live_site

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

HEADERS = {"Content-Security-Policy": POLICY + "; frame-ancestors 'none'"}
LONGEST = 500


def respond(
    graph: "Graph",
    path: str,
    query: Mapping[str, list[str]] | None = None,
    accept: str | None = None,
) -> Page:
    """Return the answer to a request for a page.

    Args:
        graph: the graph.
        path: path of the address, as `/page/region/wales.html`; without an ending the form of
            the answer is chosen by `accept`.
        query: parameters of the address, each with all its values.
        accept: the Accept header.
    """
    return respond_from(live_site(graph), path, query or {}, accept)


def get_page(graph: "Graph", address: str) -> Page:
    """Return the page at a path with its parameters, as `/report/market-share.csv?by=lot`."""
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(address if address.startswith("/") else f"/{address}")
    return respond(graph, parts.path, parse_qs(parts.query), "text/html")


def respond_from(  # noqa: PLR0911 - one an outcome
    site: Site, path: str, query: Mapping[str, list[str]], accept: str | None = None
) -> Page:
    """Return the answer of a site; see `respond`."""
    path = unquote(path)
    if len(path) > LONGEST or not path.startswith("/"):
        return _miss(site, "/", "There is nothing at so long an address.", "html")
    path = "/index.html" if path == "/" else path
    if path.endswith("/"):
        return _move(path, f"{path.strip('/')}/index.html".removeprefix("/"))
    stem, form, chosen = _split(path, accept)
    if file := find_file(site, path):
        return file
    try:
        content = find_content(site, stem, query)
    except RehabError as e:
        return _refuse(stem, str(e), form)
    if content is None:
        if find_content(site, f"{stem}/index", {}):
            return _move(path, f"{stem[1:]}/index.html")
        return _miss(site, stem, f"There is no page at {path}.", form)
    if f"/{content.path.partition('#')[0]}" != stem:
        at, _, fragment = content.path.partition("#")
        return _move(path, f"{at}.{form}{f'#{fragment}' if fragment and form == 'html' else ''}")
    body = render_content(content, form)
    headers = {**HEADERS, "Vary": "Accept"} if chosen else dict(HEADERS)
    return Page(200, MEDIA[form], body, headers)


def _split(path: str, accept: str | None) -> tuple[str, str, bool]:
    """Return a path without its ending, the form of the answer, and whether we chose it."""
    found = re.fullmatch(r"(/.*?)\.(html|json|csv)", path)
    if found:
        return found[1], found[2], False
    from rehabgraph.views.server.negotiate import Form, choose_form

    offers = [Form(name, type_) for name, type_ in MEDIA.items()]
    form = choose_form(accept, offers)
    return path.rstrip("/") or "/index", form.name if form else "html", True


def _move(path: str, to: str) -> Page:
    """Answer that a page is elsewhere, by a relative address."""
    target = relative(f"/{to}", path.removeprefix("/"))
    return Page(303, "text/plain", b"", {**HEADERS, "Location": target})


def _refuse(stem: str, message: str, form: str) -> Page:
    """Answer 400 with one line."""
    line = f"{message[:1].upper()}{message[1:]}".replace("\n", " ")
    if form != "html":
        return Page(400, "text/plain", f"{line}\n".encode("utf-8", "replace"), dict(HEADERS))
    path = stem.removeprefix("/")
    content = Content(
        path=path,
        title="That cannot be answered",
        lead=line[:600],
        report=text_report(path, "Refused", [("", line)]),
        blocks=(Block("back", "Go on", "links", [(Link("The same page without options",
                                                       f"/{path}.html"),)]),),
        status=400,
    )  # fmt: skip
    return Page(400, "text/html", render_content(content, "html"), dict(HEADERS))


def _miss(site: Site, stem: str, message: str, form: str) -> Page:
    """Answer 404 with the nearest names."""
    if form != "html":
        return Page(
            404, "text/plain", f"{message[:300]}\n".encode("utf-8", "replace"), dict(HEADERS)
        )
    near = find_nearest(site, stem)
    content = Content(
        path=stem.removeprefix("/"),
        title="There is nothing at this address",
        lead=message[:300],
        report=text_report("missing", "Missing", [("", message)]),
        blocks=(
            Block("near", "Did you mean", "links", [(link,) for link in near] or
                  [plain("Nothing has a name near that.")]),
            Block("search", "Search", "search", {"live": site.live, "text": "", "here": False}),
        ),
        status=404,
    )  # fmt: skip
    return Page(404, "text/html", render_content(content, "html"), dict(HEADERS))


def find_nearest(site: Site, stem: str) -> list[Link]:
    """Return the pages whose names come nearest to the end of a path."""
    words = re.sub(r"[^\w]+", " ", stem.rsplit("/", 1)[-1])[:80].strip()
    if not words:
        return []
    near = [site.link(f.iri, long=True) for f in site.graph.find(words, 6)]
    paths = get_close_matches(f"{stem}.html", list(site.pages), n=3, cutoff=0.8)
    near += [site.link(site.pages[p], long=True) for p in paths]
    return [link for link in dict.fromkeys(near) if link.to][:8]
