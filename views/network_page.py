"""The network page: pyvis's nodes and edges through our own template and serialiser.

pyvis keeps the lists and renders the template. What it would lose is kept here: parallel ties
and their ids, dates, and everything the filters need. Its script for the browser is read from
the installed package, its other files are not used.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from rehabgraph.queries.pictures.links import measure_links
from rehabgraph.queries.pictures.matrix import NOT_LISTED, name_thing
from rehabgraph.queries.pictures.network import Picture
from rehabgraph.views.layout import Layout, place_things
from rehabgraph.views.link_rows import describe_link_coverage, describe_link_totals
from rehabgraph.views.network_data import (
    KIND_NAMES,
    describe_page_data,
    name_group,
    name_things,
)
from rehabgraph.views.pages import (
    PageInfo,
    clean_text,
    date_page,
    describe_page,
    frame_page,
    make_environment,
    read_scripts,
    write_json,
)
from rehabgraph.views.words import count_words, describe_totals, format_day

SCRIPTS = (
    "state.js",
    "select.js",
    "words.js",
    "table.js",
    "panel.js",
    "draw.js",
    "dots.js",
    "staged.js",
    "network.js",
    "svg_text.js",
    "svg.js",
    "download.js",
    "search.js",
    "controls.js",
    "main.js",
)

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "dragNodes": False,
        "dragView": False,
        "zoomView": False,
        "selectable": False,
        "hover": False,
        "keyboard": {"enabled": False},
    },
    "nodes": {"fixed": True, "physics": False},
    "edges": {"smooth": {"enabled": False}, "chosen": False, "hoverWidth": 0},
    "autoResize": False,
    "clickToUse": False,
}


def render_network(picture: Picture, *, lead: str = "", notes: Sequence[str] = ()) -> str:
    """Return the network as one self-contained HTML page.

    Args:
        picture: what to draw; its title heads the page.
        lead: a sentence under the title; made from the totals when left out.
        notes: further remarks for the foot of the page and for every copy of the picture.
    """
    from markupsafe import Markup

    info = _describe(picture, lead, (*picture.notes, *notes))
    layout = place_things(picture)
    network = _fill_pyvis(picture, layout)
    network.options["interaction"] = {**OPTIONS["interaction"], "dragView": not layout.layered}
    page = clean_text(
        describe_page_data(picture, network.options, network.nodes, network.edges, layout)
    )
    page["title"] = info.title
    page["caption"] = {"dated": info.dated, "lines": list(info.to_lines()[1:])}
    network.heading = info.title
    network.path = "network.html.j2"
    network.templateEnv = make_environment()
    totals = (
        _count_ties(picture)
        if not page["items"] and picture.ties
        else describe_link_totals(measure_links(picture.links), name_things(picture))
        if page["rows"] == "ties"
        else describe_totals(picture.totals)
    )
    network.templateEnv.globals.update(
        frame_page(info, [_read_vis(), read_scripts(*SCRIPTS)]),
        page=page,
        page_json=Markup(write_json(page)),  # noqa: S704 - escaped by write_json
        names=_list_names(page["things"]),
        totals=totals,
        rows=page["items"],
    )
    text: str = network.generate_html()
    return text


def _describe(picture: Picture, lead: str, notes: Sequence[str]) -> PageInfo:
    if picture.links:
        counts = (
            f"{count_words(len(picture.links), 'tie', 'ties')} between "
            f"{count_words(len(picture.things), *name_things(picture))}"
            ", each with the place in its source."
        )
        dated, on = date_page(picture.coverage), picture.filters.as_of
        if on is not None:
            dated = f"ties in force on {format_day(on)}"
        coverage = describe_link_coverage(picture.coverage)
        return PageInfo(
            picture.title, lead or counts, dated, coverage, picture.sources, tuple(notes)
        )
    if not picture.items and picture.ties:
        lead = lead or _count_ties(picture)
    counts = (
        f"{count_words(picture.coverage.rows_all, 'line', 'lines')} between "
        f"{count_words(len(picture.things), 'organisation or place', 'organisations and places')}"
        ", each with the place in its source."
    )
    return describe_page(
        picture.title,
        lead or counts,
        picture.coverage,
        picture.sources,
        filters=picture.filters,
        notes=notes,
    )


def _count_ties(picture: Picture) -> str:
    """Return how many ties a network without rows has."""
    things = count_words(len(picture.things), *name_things(picture))
    return f"{count_words(len(picture.ties), 'tie', 'ties')} between {things}."


@cache
def _read_vis() -> str:
    """Return the vis-network script of the installed pyvis, without its source map's address."""
    import re
    from importlib.resources import files

    folder = files("pyvis") / "templates" / "lib" / "vis-9.1.2"
    text = (folder / "vis-network.min.js").read_text(encoding="utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", text)


def _fill_pyvis(picture: Picture, layout: Layout) -> Any:  # noqa: ANN401 - pyvis has no types
    """Return a pyvis network of the picture.

    Its lists are filled directly: `add_edge` compares with every edge before, and drops
    parallel ones.
    """
    from pyvis.edge import Edge
    from pyvis.network import Network
    from pyvis.node import Node

    network = Network(directed=True, cdn_resources="in_line")
    network.options = dict(OPTIONS)
    for thing in picture.things:
        place = layout.places[thing.id]
        node = Node(
            thing.id,
            shape="custom",
            label=thing.label or "(no name)",
            kind=thing.kind,
            aliases=list(thing.aliases),
            group=thing.group,
            group_label=name_group(picture, thing),
            layer=thing.layer,
            parent=thing.parent,
            is_gap=bool(thing.gap),
            gaps=_describe_gaps(picture, thing.id, thing.gap),
            x=place.x,
            y=place.y,
            w=place.width,
            h=place.height,
            lines=list(place.lines),
        )
        network.nodes.append(node.options)
    network.node_ids = [n["id"] for n in network.nodes]
    network.node_map = {n["id"]: n for n in network.nodes}
    gaps = {t.id for t in picture.things if t.gap}
    pairs = Counter((t.source, t.target) for t in picture.ties)
    seen: Counter[tuple[str, str]] = Counter()
    for tie in picture.ties:
        pair = (tie.source, tie.target)
        bend = 0 if tie.target in gaps else _bend(seen[pair], pairs[pair])
        seen[pair] += 1
        edge = Edge(
            tie.source,
            tie.target,
            id=tie.id,
            kind=tie.kind,
            label=tie.label,
            item=tie.item,
            lot=tie.lot,
            bend=bend,
        )
        network.edges.append(edge.options)
    return network


def _bend(number: int, of: int) -> float:
    """Return how far one of several parallel ties bends aside: from -3 to 3, 0 is straight.

    >>> [_bend(n, 2) for n in range(2)], [_bend(n, 7) for n in range(7)]
    ([-1, 1], [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
    """
    middle = (of - 1) / 2
    if of <= 4:
        return 2 * number - of + 1
    return round(3 * (number - middle) / middle, 2)


def _describe_gaps(picture: Picture, id_: str, gap: str) -> list[str]:
    market = picture.market
    if gap and picture.links:
        return [f"{gap[:1].upper()}{gap[1:]}, which does not mean none."]
    if gap:
        return [f"No line at all: {gap}, which does not mean none."]
    lots = picture.gaps.get(id_.removeprefix("region/"), ()) if id_.startswith("region/") else ()
    return [
        f"{name_thing(market, 'lot', lot)}: {NOT_LISTED}, which does not mean none." for lot in lots
    ]


def _list_names(things: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Return every name that the search knows, with what it leads to."""
    names = [
        {
            "value": name,
            "label": f"{thing['label']}, {KIND_NAMES.get(thing['kind'], thing['kind'])}",
        }
        for thing in things
        for name in (thing["label"], *thing["aliases"])
    ]
    return sorted(names, key=lambda n: (n["value"].casefold(), n["label"]))
