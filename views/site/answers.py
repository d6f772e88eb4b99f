"""Pages of reports, of what stands behind each of their rows, and of the saved questions."""

from decimal import Decimal
from typing import Any

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.ontology import ID
from rehabgraph.queries.report import Report, format_cell, format_pounds
from rehabgraph.queries.reports import REPORTS
from rehabgraph.queries.why import COLUMNS
from rehabgraph.views.site.content import (
    Block,
    Cell,
    Content,
    Link,
    Table,
    plain,
    raise_first,
    text_report,
)
from rehabgraph.views.site.evidence import explain, judge, list_sources, word_judgement
from rehabgraph.views.site.options import (
    Query,
    build_report_form,
    check_query,
    read_options,
    write_query,
)
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.tables import name_row, note_report, show_sources, tabulate_report
from rehabgraph.views.table import describe_filters
from rehabgraph.views.words import count_words

EXAMPLES: dict[str, dict[str, list[str]]] = {
    "failure": {"top": ["10"]},
    "changes": {"from": ["2021-07-01"], "to": ["2024-07-01"]},
    "profile": {"region": ["wales"]},
    "expiring": {"as_of": ["2023-06-01"]},
}
"""Reports that say nothing until they are told what to look at → what the page shows before."""
REPORTS_CRUMB = Link("Reports", "/report/index.html")


def run_report(site: Site, name: str, query: Query) -> Report:
    """Return a report as a request asks for it; its example where it must be told and is not.

    Raises:
        RehabError: an option is wrong; the message is one line.
    """
    return _report_and_query(site, name, query)[0]


def _report_and_query(site: Site, name: str, query: Query) -> tuple[Report, Query]:
    options = read_options(name, query)
    if options:
        return site.graph.report(name, **options), query
    found = site.report(name)
    if name in EXAMPLES and not (found and found.rows):
        example = site.report(name, **read_options(name, EXAMPLES[name]))
        return (example, EXAMPLES[name]) if example else (found or site.graph.report(name), query)
    return (found or site.graph.report(name)), query


def build_report_page(site: Site, name: str, query: Query) -> Content | None:
    """Return the page of a report.

    Raises:
        RehabError: an option is wrong.
    """
    if name not in REPORTS:
        return None
    blocks: list[Block] = []
    form = Block("options", "Options", "form", build_report_form(site, name, query))
    try:
        report, used = _report_and_query(site, name, query)
    except (BadParameter, EmptyMarket) as e:
        if check_query(query):
            raise
        report = text_report(f"report/{name}", name.replace("-", " ").capitalize(), [("", str(e))])
        blocks.append(Block("needs", "What it needs", "links", [plain(_tidy(str(e)))]))
    else:
        table = tabulate_report(
            site, report, f"/why/{name}", write_query(used) if site.live else ""
        )
        example = " This is an example; choose your own below." if used is not query else ""
        blocks.append(Block("rows", "Figures", "table", table, f"{_filters(report)}{example}"))
        blocks += note_report(report)
    at = 1 if len(blocks) else 0
    if site.live:
        blocks.insert(at, form)
    else:
        words = (
            f"Plain files cannot answer options. On your machine: rehabgraph report {name} --help"
        )
        blocks.insert(at, Block("options", "Options", "prose", [words]))
    return Content(
        path=f"report/{name}",
        title=report.title,
        lead=f"{raise_first(REPORTS[name].summary)}.",
        report=report,
        blocks=tuple(blocks),
        crumbs=(REPORTS_CRUMB,),
        kicker="Report",
        wide=True,
    )


def build_report_index() -> Content:
    """Return the list of reports."""
    cards = [
        (Link(_name(n), f"/report/{n}.html"), f"{raise_first(e.summary)}.")
        for n, e in REPORTS.items()
    ]
    rows = [(link.text, text) for link, text in cards]
    return Content(
        path="report/index",
        title="Reports",
        lead="Each report is a table of figures; every row opens what stands behind it.",
        report=text_report("report/index", "Reports", rows),
        blocks=(Block("reports", "All reports", "cards", cards),),
        kicker="",
    )


def build_why(site: Site, name: str, number: str, query: Query) -> Content | None:
    """Return what stands behind one row of a report.

    Args:
        site: the site.
        name: the report.
        number: the row's number, from 1.
        query: the options of the report.

    Raises:
        RehabError: an option is wrong.
    """
    if name not in REPORTS or not (number.isascii() and number.isdigit() and len(number) < 7):
        return None
    report, _ = _report_and_query(site, name, query)
    if not 1 <= int(number) <= len(report.rows):
        return None
    row = report.rows[int(number) - 1]
    things = list(dict.fromkeys(str(i) for i in row.get("ids", [])))
    explained = explain(site, things)
    judged = judge(site, things)
    title = f"How do we know: {name_row(report, row)}"
    answer = Report(
        name=f"why/{name}/{number}",
        title=title,
        columns=COLUMNS,
        rows=tuple(explained),
        method="Every line and record that the row was made from, and every judgement about it.",
        as_of=report.as_of,
        filters={**report.filters, "row": number},
        notes=tuple(f"Judgement {word_judgement(site, j)}" for j in judged),
        sources=list_sources(site, things),
    )
    figures = [
        (c.label, plain(format_cell(row.get(c.name), c))) for c in report.columns if c.name in row
    ]
    blocks = [
        Block("figures", "The row", "facts", figures),
        Block("lines", "What it rests on", "table", _tabulate_lines(site, explained)),
        *(
            [
                Block(
                    "judged",
                    "Judgements",
                    "links",
                    [(Link(word_judgement(site, j), site.to(j)),) for j in judged],
                )
            ]
            if judged
            else []
        ),
        Block("method", "How it was made", "prose", [report.method, *report.notes]),
        *show_sources(answer),
    ]
    back = f"/report/{name}.html{write_query(query) if site.live else ''}"
    return Content(
        path=f"why/{name}/{number}",
        title=title,
        lead=f"{count_words(len(explained), 'line or record stands', 'lines and records stand')} "
        "behind this row."
        if explained
        else "This row names something that nothing in the record stands behind: it is a gap.",
        report=answer,
        blocks=tuple(blocks),
        crumbs=(REPORTS_CRUMB, Link(report.title, back)),
        kicker="Evidence",
    )


def _tabulate_lines(site: Site, explained: list[dict[str, Any]]) -> Table | None:
    heads = ("What it is", "Source and place", "As printed", "Value as read", "Judgements")
    rows = []
    for row in explained:
        places = [p for p in (str(row["place"]), *str(row["also"]).split("; ")) if p]
        value = row["value"]
        judged = [str(i) for i in row["ids"][1:]]
        cells: tuple[Cell, ...] = (
            (Link(str(row["what"]), site.to(str(row["ids"][0]))),),
            tuple(site.place(f"{ID}source/{s}", at) for s, _, at in map(_split_place, places)),
            plain(str(row["printed"]) or "nothing quoted"),
            plain(format_pounds(value) if isinstance(value, int | Decimal) else value or "no sum"),
            tuple(site.link(j) for j in judged) or plain("none"),
        )
        rows.append(("", cells))
    return Table(tuple((h, h == "Value as read") for h in heads), tuple(rows)) if rows else None


def _split_place(place: str) -> tuple[str, str, str]:
    return place.partition(" ")


def _filters(report: Report) -> str:
    said = describe_filters(report)
    rows = count_words(len(report.rows), "row", "rows")
    return f"{rows}. {raise_first(said)}." if said else f"{rows}."


def _name(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _tidy(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."
