"""The network page: pyvis's nodes and edges through our own template and serialiser.

pyvis keeps the lists and renders the template. What it would lose is kept here: parallel ties
and their ids, dates, and everything the filters need. Its script for the browser is read from
the installed package, its other files are not used.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from rehabgraph.queries.network_picture import Picture
from rehabgraph.queries.picture import NOT_LISTED, name_thing
from rehabgraph.views import palette
from rehabgraph.views.layout import MANY, Layout, place_things
from rehabgraph.views.pages import (
    LICENCE,
    clean_text,
    describe_page,
    frame_page,
    make_environment,
    read_scripts,
    write_json,
)
from rehabgraph.views.palette import Sign, find_signs, rank_lots
from rehabgraph.views.rows import CSV_COLUMNS, describe_items
from rehabgraph.views.words import count_words, describe_totals

SCRIPTS = (
    "state.js",
    "select.js",
    "words.js",
    "table.js",
    "panel.js",
    "draw.js",
    "network.js",
    "svg.js",
    "download.js",
    "search.js",
    "main.js",
)

KIND_NAMES = {
    "organisation": "Organisation",
    "region": "Probation region",
    "area": "Police and crime commissioner area",
}

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
    counts = (
        f"{count_words(picture.coverage.rows_all, 'line', 'lines')} between "
        f"{count_words(len(picture.things), 'organisation or place', 'organisations and places')}"
        ", each with the place in its source."
    )
    info = describe_page(
        picture.title, lead or counts, picture.coverage, picture.sources, notes=notes
    )
    signs = find_signs([(i.lot, name_thing(picture.market, "lot", i.lot)) for i in picture.items])
    rows = describe_items(picture.market, picture.items, signs)
    layout = place_things(picture)
    network = _fill_pyvis(picture, layout)
    page = clean_text(_describe_page_data(picture, network, rows, signs))
    page["layout"] = {"width": layout.width, "height": layout.height, "layered": layout.layered}
    page["title"] = info.title
    page["caption"] = {"dated": info.dated, "lines": list(info.to_lines()[1:])}
    network.heading = info.title
    network.path = "network.html.j2"
    network.templateEnv = make_environment()
    from markupsafe import Markup

    network.templateEnv.globals.update(
        frame_page(info, [_read_vis(), read_scripts(*SCRIPTS)]),
        page=page,
        page_json=Markup(write_json(page)),  # noqa: S704 - escaped by write_json
        names=_list_names(page["things"]),
        totals=describe_totals(picture.totals),
        rows=rows,
    )
    text: str = network.generate_html()
    return text


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
            group_label=_name_kind(picture, thing.group) if thing.group else "",
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
    pairs = Counter((t.source, t.target) for t in picture.ties)
    seen: Counter[tuple[str, str]] = Counter()
    for tie in picture.ties:
        pair = (tie.source, tie.target)
        bend = _bend(seen[pair], pairs[pair])
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
    if gap:
        return [f"No line at all: {gap}, which does not mean none."]
    lots = picture.gaps.get(id_.removeprefix("region/"), ()) if id_.startswith("region/") else ()
    return [
        f"{name_thing(market, 'lot', lot)}: {NOT_LISTED}, which does not mean none." for lot in lots
    ]


def _describe_page_data(
    picture: Picture,
    network: Any,  # noqa: ANN401
    rows: Sequence[dict[str, Any]],
    signs: dict[str, Sign],
) -> dict[str, Any]:
    market, filters = picture.market, picture.filters
    regions = [t for t in picture.things if t.kind == "region"]
    kinds = sorted({(_name_kind(picture, r["kind"]), r["kind"]) for r in rows})
    areas = [t for t in picture.things if t.kind == "area"]
    return {
        "file_name": f"rehabgraph-network-{picture.kind}",
        "large": len(picture.things) > MANY,
        "options": network.options,
        "colours": palette.SURFACES,
        "things": network.nodes,
        "ties": network.edges,
        "items": list(rows),
        "lots": [
            {
                "id": lot,
                "label": name_thing(market, "lot", lot),
                "letter": signs[lot].letter,
                "colour": signs[lot].colour,
                "dash": list(signs[lot].dash),
            }
            for lot in rank_lots(signs)
        ],
        "tie_kinds": [{"id": id_, "label": label} for id_, label in picture.tie_kinds],
        "kinds": [{"id": id_, "label": label} for label, id_ in kinds],
        "regions": [
            {"id": t.id.removeprefix("region/"), "label": t.label, "gap": bool(t.gap)}
            for t in regions
        ],
        "areas": [
            {
                "id": t.id.removeprefix("area/"),
                "label": t.label,
                "region": t.parent.removeprefix("region/"),
            }
            for t in sorted(areas, key=lambda t: (t.label.casefold(), t.id))
            if not filters.areas or t.id.removeprefix("area/") in filters.areas
        ],
        "base_areas": list(filters.areas),
        "dates": [d.isoformat() for d in picture.dates],
        "initial": {"on": filters.as_of.isoformat() if filters.as_of else ""},
        "kind_names": KIND_NAMES,
        "csv_columns": [label for _, label in CSV_COLUMNS],
        "licence": LICENCE,
    }


def _name_kind(picture: Picture, kind: str) -> str:
    if not kind:
        return "Kind not recorded"
    label = picture.market.labels.get(f"organisation-kind/{kind}", kind).strip() or kind
    return label[:1].upper() + label[1:].replace("-", " ")


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
