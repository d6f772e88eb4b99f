"""Pictures as files: one in the form that its name says, or the whole set with an index."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter, OutputError
from rehabgraph.views.output import write_content
from rehabgraph.views.pictures import Wishes, render_view, render_view_svg

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.market import Filters

FORMS = ("html", "svg", "png")
_ENDINGS = {".html": "html", ".htm": "html", ".svg": "svg", ".png": "png"}

CARDS = (
    ("matrix", "matrix", "", "Who leads which service in which region",
     "A letter for each service, a row for each lead provider, a column for each region. Start "
     "here to read a value."),
    ("map", "map", "", "Who leads in each area",
     "The 42 police areas of England and Wales as squares: who leads, how many lead, or how "
     "concentrated their prices are."),
    ("timeline", "timeline", "", "When contracts run and end",
     "Contracts as bars with what is known of their ends; policies and events beside them."),
    ("network", "network", "delivery", "Who delivers what where",
     "Lead providers, regions and areas, to follow from one to the next."),
    ("network-subcontractors", "network", "subcontractors", "Leads and their subcontractors",
     "Who works under whom, as the contract records list it."),
    ("network-partnerships", "network", "partnerships", "Who works with whom",
     "Ties by contract, agreement and corporate group."),
    ("network-policies", "network", "policies", "What policies made, ended and touched",
     "Policies, what they did, and who is party to agreements."),
    ("network-all", "network", "all", "Everything in the record",
     "Every row of the record that joins two things. Find one thing to see what it touches."),
    ("lineage", "lineage", "", "From the companies of 2015 to the leads of 2021",
     "Owners and partners of the community rehabilitation companies, and the leads that a source "
     "ties them to."),
)  # fmt: skip
"""File, kind of picture, network, title and one sentence for each picture of the set."""


def choose_form(wanted: str, target: str | None) -> str:
    """Return the form of a picture: that asked for, else that of the file's ending, else a page.

    Raises:
        OutputError: the file has an ending that no form has.
        BadParameter: the form asked for and the ending differ.

    >>> choose_form("", "matrix.svg"), choose_form("", None)
    ('svg', 'html')
    """
    ending = Path(target).suffix.lower() if target and target != "-" else ""
    if not ending:
        return wanted or "html"
    if ending not in _ENDINGS:
        raise OutputError(f"{target}: a picture ends in .html, .svg or .png")
    if wanted and wanted != _ENDINGS[ending]:
        raise BadParameter(f"--{wanted}: but {target} ends in {ending}; make them agree")
    return _ENDINGS[ending]


def draw_view(
    graph: "Graph", kind: str, filters: "Filters", wishes: Wishes, form: str
) -> str | bytes:
    """Return a picture in one of the `FORMS`.

    Raises:
        OutputError: a PNG is asked for and no Chromium is installed, or it fails.
    """
    if form == "html":
        return render_view(graph, kind, filters, wishes)
    svg = render_view_svg(graph, kind, filters, wishes)
    if form == "svg":
        return svg
    from rehabgraph.views.screenshot import draw_png

    return draw_png(svg)


def name_file(kind: str, wishes: Wishes, form: str) -> str:
    """Return the name of a picture's file where nobody names one.

    >>> name_file("network", Wishes(of="policies"), "html")
    'network-policies.html'
    """
    of = f"-{wishes.of}" if wishes.of not in ("", "delivery") else ""
    return f"{kind}{of}.{form}"


def write_set(graph: "Graph", filters: "Filters", folder: Path) -> list[str]:
    """Write every picture and an index page into a folder; return the names of the files.

    Filters narrow the pictures of the market; those of the whole record take only the day.

    Raises:
        OutputError: a file cannot be written.
    """
    from rehabgraph.queries.market import Filters as AllFilters

    written = []
    for name, kind, of, _, _ in CARDS:
        own = filters
        if of in ("policies", "all"):
            own = AllFilters(as_of=filters.as_of)
        elif kind == "lineage":
            own = replace(AllFilters(as_of=filters.as_of), areas=filters.areas)
        wishes = Wishes(of=of if kind == "network" else "")
        write_content(render_view(graph, kind, own, wishes), str(folder / f"{name}.html"))
        written.append(f"{name}.html")
    write_content(render_index(graph, filters), str(folder / "index.html"))
    return [*written, "index.html"]


def render_index(graph: "Graph", filters: "Filters") -> str:
    """Return the page that leads to each picture of the set."""
    from rehabgraph.queries.pictures.facts import read_evidence
    from rehabgraph.queries.pictures.items import (
        build_items,
        find_coverage,
        find_sources,
        measure_totals,
    )
    from rehabgraph.views.pages import describe_page, frame_page, make_environment
    from rehabgraph.views.words import describe_totals

    items = build_items(graph.market(), filters, read_evidence(graph))
    info = describe_page(
        "Pictures of probation rehabilitation services",
        "Who delivers them in England and Wales, where, when and with whom. Every figure opens "
        "down to the line of its source.",
        find_coverage(items),
        find_sources(items),
        filters=filters,
    )
    cards = [
        {"file": f"{name}.html", "title": title, "text": text} for name, _, _, title, text in CARDS
    ]
    template = make_environment().get_template("pictures.html.j2")
    totals = describe_totals(measure_totals(items))
    return template.render(**frame_page(info), cards=cards, totals=totals)
