"""From a request to a page: pure, so that a server, a builder and a terminal give the same."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from rehabgraph.graph.errors import RehabError, StoreError
from rehabgraph.views.server.places import PLACES
from rehabgraph.views.site.content import Block, Content, Link, Page, plain, text_report
from rehabgraph.views.site.frame import MEDIA, POLICY, render_content
from rehabgraph.views.site.links import relative
from rehabgraph.views.site.routes import TOP, find_content, find_file
from rehabgraph.views.site.site import Site, live_site

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

HEADERS = {"Content-Security-Policy": POLICY + "; frame-ancestors 'none'"}
LONGEST = 500
FAMILIES = ("report", "question", "list", "picture")


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


def respond_from(
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
    except StoreError:  # nothing can be said of it: the store is away
        raise
    except RehabError as e:
        return _refuse(stem, str(e), form, live=site.live)
    if content is None:
        if find_content(site, f"{stem}/index", {}):
            return _move(path, f"{stem[1:]}/index.html")
        return _miss(site, stem, f"There is no page at {path}.", form)
    if f"/{content.path.partition('#')[0]}" != stem:
        at, _, fragment = content.path.partition("#")
        return _move(path, f"{at}.{form}{f'#{fragment}' if fragment and form == 'html' else ''}")
    body = render_content(content, form, live=site.live)
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
    target = quote(relative(f"/{to}", path.removeprefix("/")), safe="/#")
    return Page(303, "text/plain", b"", {**HEADERS, "Location": target})


def stop_page(path: str, message: str, accept: str) -> Page:
    """Return the answer to a request whose page could not be made now."""
    stem, form, _ = _split(path[:LONGEST], accept)
    return _refuse(stem, message, form, status=503, live=True)


def _refuse(stem: str, message: str, form: str, *, live: bool, status: int = 400) -> Page:
    """Return an answer of one line."""
    line = f"{message[:1].upper()}{message[1:]}".replace("\n", " ")
    path = stem.removeprefix("/")
    back = Link("The same page without options", f"/{path}.html")
    content = Content(
        path=path,
        title="That cannot be answered",
        lead=line[:600],
        report=text_report(path, "Refused", [("", line)]),
        blocks=(Block("back", "Go on", "links", [(back,)]),),
        status=status,
    )
    return _tell(content, line, form, live=live)


def _tell(content: Content, line: str, form: str, *, live: bool) -> Page:
    """Return what went wrong as a page; as one line where data was asked for."""
    if form != "html":
        body = f"{line}\n".encode("utf-8", "replace")
        return Page(content.status, "text/plain", body, dict(HEADERS), line)
    body = render_content(content, "html", live=live)
    return Page(content.status, "text/html", body, dict(HEADERS), line)


def _miss(site: Site, stem: str, message: str, form: str) -> Page:
    """Answer 404 with the nearest names."""
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
    hint = f" Near that: {', '.join(link.to for link in near)}." if near else " Try /index.html."
    return _tell(content, f"{message[:300]}{hint}", form, live=site.live)


def find_nearest(site: Site, stem: str) -> list[Link]:
    """Return the pages whose names come nearest to the parts of a path."""
    parts = stem.strip("/").split("/")
    words = re.sub(r"[^\w]+", " ", parts[-1])[:80].strip()
    found = [site.link(f.iri, long=True) for f in site.graph.find(words, 6)] if words else []
    paths = get_close_matches(f"{stem}.html", list(site.pages), n=3, cutoff=0.8)
    found += [site.link(site.pages[p], long=True) for p in paths]
    tops = _list_tops(site)
    tops_near = get_close_matches(parts[0].lower(), tops, n=3, cutoff=0.6)
    near = [Link(f"/{name}: {tops[name][0]}", tops[name][1]) for name in tops_near]
    return [link for link in dict.fromkeys([*near, *found]) if link.to][:8]


def _list_tops(site: Site) -> dict[str, tuple[str, str]]:
    """Return what stands at the top: first part of its path → what it is, and where."""
    tops = {name: (f"the page {name}", f"/{name}.html") for name in TOP}
    tops |= {name: (f"all by the name {name}", f"/{name}/index.html") for name in FAMILIES}
    if site.live:
        tops |= {path[1:]: (what, path) for path, what in PLACES.items()}
    return tops
