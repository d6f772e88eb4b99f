"""Further pages: pictures, networks, downloads, corrections, search, every name."""

from collections.abc import Mapping
from pathlib import Path

from rehabgraph.graph.network import NETWORKS, build_network
from rehabgraph.ontology import DATA, FOLDER, ID
from rehabgraph.queries.browse import report_find
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.reports import REPORTS
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.pictures import VIEWS
from rehabgraph.views.site.content import (
    Block,
    Content,
    Link,
    Table,
    plain,
    raise_first,
    text_report,
)
from rehabgraph.views.site.lists import build_list, list_names
from rehabgraph.views.site.names import name_kind
from rehabgraph.views.site.ontology import FILES as ONTOLOGY_FILES
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.tables import tabulate_report
from rehabgraph.views.words import count_words

PICTURES_CRUMB = Link("Pictures", "/picture/index.html")
MEANINGS = {
    "matrix": "Lead providers by region: a letter for each service.",
    "network": "Providers and areas as a network to follow and to filter.",
    "map": "The police areas as tiles.",
    "timeline": "Contracts and events in order of time.",
}


def build_picture_index() -> Content:
    """Return the list of pictures and networks."""
    cards = [(Link(n.capitalize(), f"/picture/{n}.html"), MEANINGS.get(n, "")) for n in VIEWS]
    nets = [(Link(n, f"/network/{n}.html"), f"{raise_first(t)}.") for n, t in NETWORKS.items()]
    return Content(
        path="picture/index",
        title="Pictures and networks",
        lead="Each picture is one file that asks for nothing: save it, send it, print it.",
        report=text_report("picture/index", "Pictures and networks",
                           [(link.text, text) for link, text in (*cards, *nets)]),
        blocks=(
            Block("pictures", "Pictures", "cards", cards),
            Block("networks", "Networks as tables of ties", "cards", nets),
        ),
    )  # fmt: skip


def build_picture(site: Site, name: str) -> Content | None:
    """Return the page that leads to a picture and tells what it is drawn from."""
    shares = site.report("market-share")
    if name not in VIEWS or shares is None:
        return None
    cards = [(Link(f"Open the {name}", f"/view/{name}.html"), "One page that fills the screen.")]
    table = tabulate_report(site, shares, "/why/market-share")
    return Content(
        path=f"picture/{name}",
        title=f"Picture: {name}",
        lead=MEANINGS.get(name, f"The {name} of the record."),
        report=shares,
        blocks=(
            Block("open", "The picture", "cards", cards),
            Block("holders", "The holders in it", "table", table),
        ),
        crumbs=(PICTURES_CRUMB,),
        kicker="Picture",
        wide=True,
    )


def build_network_page(site: Site, name: str) -> Content | None:
    """Return a network as a table of its ties."""
    if name not in NETWORKS:
        return None
    net = build_network(site.graph.store, name)
    rows = [
        {
            "source": site.names(ID + a),
            "target": site.names(ID + b),
            "tie": key if isinstance(key, str) else "",
            "weight": data.get("weight"),
            "ids": [i for i in (ID + a, ID + b, f"{ID}{key}") if i in site.facts.of],
        }
        for a, b, key, data in sorted(net.edges(keys=True, data=True), key=lambda e: str(e[:3]))
    ]
    weighted = any(r["weight"] is not None for r in rows)
    columns = [Column("source", "From"), Column("target", "To"), Column("tie", "Tie")]
    if weighted:
        columns[2] = Column("weight", "Weight", "integer")
    report = Report(
        name=f"network/{name}",
        title=f"Network: {name}",
        columns=tuple(columns),
        rows=tuple(rows),
        method=NETWORKS[name],
    )
    shown = Report(report.name, report.title, report.columns, report.rows[:500])
    size = f"{count_words(net.number_of_nodes(), 'node', 'nodes')}, "
    size += f"{count_words(len(rows), 'tie', 'ties')}."
    more = " The first 500 are shown; the twins hold all." if len(rows) > 500 else ""
    return Content(
        path=f"network/{name}",
        title=f"Network: {name.replace('-', ' and ')}",
        lead=f"{raise_first(NETWORKS[name])}.",
        report=report,
        blocks=(Block("ties", "Ties", "table", tabulate_report(site, shown), f"{size}{more}"),),
        crumbs=(PICTURES_CRUMB,),
        kicker="Network",
    )


def list_files() -> Mapping[str, Path]:
    """Return the files that the site hands out as they are: path → file."""
    found = {f"/download/table/{p.name}": p for p in sorted(DATA.glob("*.csv"))}
    found["/download/table/csv-metadata.json"] = DATA / "csv-metadata.json"
    for name, _ in ONTOLOGY_FILES:
        found[f"/download/ontology/{name}"] = FOLDER / name
    return {path: file for path, file in found.items() if file.is_file()}


def build_downloads() -> Content:
    """Return the page of downloads."""
    ontology = dict(ONTOLOGY_FILES)
    files = list_files()
    groups = {
        "The whole dataset": [(Link("dataset.nq", "/download/dataset.nq"),
                               "every statement, as sorted N-Quads")],
        "The terms": [(Link("The terms explained", "/ontology.html"), "on a page"),
                      *((Link(p.rsplit("/", 1)[-1], p), ontology[p.rsplit("/", 1)[-1]])
                        for p in files if "/ontology/" in p)],
        "The tables it is made from": [(Link(p.rsplit("/", 1)[-1], p), "") for p in files
                                       if "/table/" in p],
        "The reports as data": [(Link(f"{n}.json", f"/report/{n}.json"), e.summary)
                                for n, e in REPORTS.items()],
    }  # fmt: skip
    blocks = [Block(f"group-{n}", title, "links",
                    [(link, *((Link(f": {text}"),) if text else ())) for link, text in items])
              for n, (title, items) in enumerate(groups.items())]  # fmt: skip
    rows = [(link.to, text) for items in groups.values() for link, text in items]
    return Content(
        path="downloads",
        title="Downloads",
        lead="All of it, under the Open Government Licence v3.0. Every page has a JSON and a CSV "
        "twin too; its foot names them.",
        report=text_report("downloads", "Downloads", rows),
        blocks=tuple(blocks),
    )


def build_corrections(site: Site) -> Content | None:
    """Return every judgement: each place where we read a source otherwise than it is printed."""
    listed = build_list(site, "judgements")
    if listed is None:
        return None
    return Content(
        path="corrections",
        title="Corrections and readings",
        lead="Nothing printed is repaired in silence. These are all decisions of ours on how to "
        "read a source, each with its reason; each can be reversed.",
        report=listed.report,
        blocks=tuple(b for b in listed.blocks if b.id != "facets"),
        wide=True,
    )


def build_list_index(site: Site) -> Content:
    """Return the list of lists."""
    cards = [(Link(title, f"/list/{name}.html"), "") for name, title in list_names(site).items()]
    return Content(
        path="list/index",
        title="Lists",
        lead="Everything that the record holds, by kind.",
        report=text_report("list/index", "Lists", [(link.text, link.to) for link, _ in cards]),
        blocks=(
            Block("lists", "All lists", "cards", cards),
            Block(
                "names", "Every name", "cards", [(Link("Every name, in order", "/names.html"), "")]
            ),
        ),
    )


def list_search(site: Site) -> list[tuple[str, str, str, str]]:
    """Return every name as it is searched: name, what bears it, kind, page."""
    index = site.graph.names
    found = set()
    for bearers in index.by_fold.values():
        for thing, name in bearers.items():
            if thing in site.facts.of and site.facts.owner(thing) == thing and name.strip():
                page = site.to(thing)
                found.add((name, site.names.long(thing), name_kind(kind_of(thing)), page))
    return sorted(found, key=lambda f: (f[0].casefold(), f))


def build_names(site: Site) -> Content:
    """Return every name and alias on one page, for those without scripts."""
    found = list_search(site)
    letters: dict[str, list[tuple[Link, ...]]] = {}
    for name, own, kind, page in found:
        first = name[:1].upper()
        more = kind if name == own else f"{own}, {kind}"
        letters.setdefault(first if "A" <= first <= "Z" else "#", []).append(
            (Link(name, page), Link(f" {more}"))
        )
    blocks = [
        Block(
            f"letter-{'other' if k == '#' else k.lower()}", "Other" if k == "#" else k, "links", v
        )
        for k, v in sorted(letters.items())
    ]
    rows = tuple(
        {"name": name, "thing": own, "kind": kind, "page": page, "ids": []}
        for name, own, kind, page in found
    )
    columns = (Column("name", "Name"), Column("thing", "Thing"), Column("kind", "Kind"),
               Column("page", "Page"))  # fmt: skip
    return Content(
        path="names",
        title="Every name",
        lead=f"{len(found):,} names and aliases of all that has a page.",
        report=Report(name="names", title="Every name", columns=columns, rows=rows),
        blocks=tuple(blocks),
        crumbs=(Link("Lists", "/list/index.html"),),
    )


def build_search(site: Site, text: str) -> Content:
    """Return what a search finds: here on a server, by a small script in plain files."""
    report = Report("search", "Search", (Column("name", "Name"), Column("kind", "Kind")), ())
    block = Block("search", "Search", "search", {"live": site.live, "text": text, "here": True})
    blocks = [block]
    if text:
        report = report_find(site.graph, text[:200], 30)
        rows = []
        for row in report.rows:
            thing = str(row["ids"][0])
            if to := site.to(thing):
                cells = ((Link(site.names.long(thing), to),), plain(name_kind(str(row["kind"]))),
                         plain(str(row["matched"])))  # fmt: skip
                rows.append(("", cells))
        heads = (("Name", False), ("Kind", False), ("Name that matched", False))
        near = "" if rows else "Nothing has a name near that. Try a shorter word."
        blocks.append(Block("found", f"Found ({len(rows)})", "table" if rows else "prose",
                            Table(heads, tuple(rows)) if rows else [near]))  # fmt: skip
    return Content(
        path="search",
        title="Search" if not text else f"Search: {text[:80]}",
        lead="Names and aliases of providers, places, services, policies, contracts and sources"
        f"{'; or a sum, as £6,021,064' if site.live else ''}.",
        report=report,
        blocks=tuple(blocks),
        scripts=() if site.live else ("/assets/names.js", "/assets/search.js"),
    )
