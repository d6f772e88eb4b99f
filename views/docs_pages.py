"""The pages of the documentation that are made from the record, never written by hand."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.ontology import DATA, ID, METADATA, shorten_term
from rehabgraph.queries.report import Column, Report, format_cell

if TYPE_CHECKING:
    from rehabgraph.queries.catalogue import Question
    from rehabgraph.queries.graph import Graph

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 10
"""Rows of an answer that the page shows."""
THEMES: Mapping[str, str] = {
    "holdings": "Who holds what",
    "places": "Where",
    "time": "When",
    "ties": "Who with whom, and after whom",
    "policy": "Policies and agreements",
    "people": "People and bodies",
    "record": "What is stated, and what we judged",
    "evidence": "Evidence",
    "checks": "Checks that must find nothing",
}
"""Theme (folder of questions) → its heading, in the order of the page."""


def render_pages(graph: "Graph") -> dict[str, str]:
    """Return every generated page by its file name.

    Args:
        graph: the graph whose answers the page of questions shows.
    """
    import json

    from rehabgraph.graph.vocabulary import read_vocabulary
    from rehabgraph.views.ontology_picture import draw_overview

    metadata = json.loads((DATA / METADATA).read_text(encoding="utf-8"))
    return {
        "questions.md": render_questions(graph),
        "data.md": render_data(metadata),
        "ontology.svg": draw_overview(read_vocabulary()),
    }


def stale_pages(pages: Mapping[str, str], folder: Path) -> list[str]:
    """Return the pages whose file is missing or reads differently.

    Args:
        pages: file name → text.
        folder: where the files are.

    >>> stale_pages({"no-such-page.md": ""}, Path("no-such-folder"))
    ['no-such-folder/no-such-page.md']
    """
    return [
        (folder / name).as_posix()
        for name, text in pages.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode()
    ]


def render_questions(graph: "Graph") -> str:
    """Return the page of saved questions with the answers that a graph gives.

    Args:
        graph: the graph.

    Raises:
        BadQuestionFile: the header of a question breaks a rule.
    """
    from rehabgraph.queries.catalogue import question_files, read_question

    themes: dict[str, list[Question]] = {theme: [] for theme in THEMES}
    for name in question_files():
        question = read_question(name)
        themes.setdefault(question.theme, []).append(question)
    lines = [_head("questions-head.md")]
    for theme, questions in themes.items():
        lines += [f"## {THEMES.get(theme, theme.capitalize())}", ""]
        for question in questions:
            lines += [*_question(graph, question), ""]
    return "\n".join(lines).rstrip() + "\n"


def _question(graph: "Graph", question: "Question") -> Iterator[str]:
    """Yield the lines of one question: heading, command, answer, notes."""
    given: dict[str, list[str]] = {}
    for key, value in question.examples:
        given.setdefault(key, []).append(value)
    shown = "".join(f" -p {key}={_quoted(value)}" for key, value in question.examples)
    yield from (f"### {question.title}", "", question.question, "")
    yield f"`rehabgraph query {question.name}{shown}`"
    if missing := [p.name for p in question.params if p.required and p.name not in given]:
        yield from ("", f"Needs {' and '.join(missing)}.")
        return
    report = graph.query(question.name, **given)
    yield ""
    yield from _answer(report, question)
    yield from (f"\nNote: {_cell(note)}" for note in question.notes)


def _answer(report: Report, question: "Question") -> Iterator[str]:
    """Yield the first rows of an answer as a Markdown table, and how many there are."""
    if not report.rows:
        yield "No rows, as it should be." if "checks" in question.tags else "No rows."
        return
    columns = list(report.columns)
    while len(columns) > 1 and question.columns[len(columns) - 1].type == "iri":
        columns.pop()  # the addresses at the end are for programs
    yield from _table([c.label for c in columns], _cells(report, columns), columns)
    if len(report.rows) > SHOWN:
        yield f"\nThe first {SHOWN} of {len(report.rows)} rows."


def _cells(report: Report, columns: list[Column]) -> Iterator[list[str]]:
    for row in report.rows[:SHOWN]:
        yield [format_cell(row.get(c.name), c) for c in columns]


def _table(
    head: list[str], rows: Iterable[list[str]], columns: Iterable[Column] = ()
) -> Iterator[str]:
    """Yield a Markdown table; figures stand to the right."""
    figures = {at for at, c in enumerate(columns) if c.type in ("integer", "number")}
    yield f"| {' | '.join(map(_cell, head))} |"
    yield f"| {' | '.join('---:' if at in figures else '---' for at in range(len(head)))} |"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    plain = text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
    return plain.replace("<", "&lt;").replace("[", "\\[").replace("*", "\\*").replace("_", "\\_")


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def render_data(metadata: Mapping[str, Any]) -> str:
    """Return the page that describes each table, column by column.

    Args:
        metadata: the CSV on the Web description of the tables, as read from JSON.

    >>> "## " in render_data({"tables": []})
    True
    """
    lines = [_head("data-head.md"), "## The tables, column by column", ""]
    for table in metadata["tables"]:
        schema = table["tableSchema"]
        keys = {
            key["columnReference"]: str(key["reference"]["resource"]).removesuffix(".csv")
            for key in schema.get("foreignKeys", [])
        }
        name = str(table["url"]).removesuffix(".csv")
        lines += [f"### {name}", "", str(table["dc:description"]), ""]
        lines += [
            f"Key: `{'`, `'.join(schema['primaryKey'])}`. "
            f"Address: `{str(schema['aboutUrl']).removeprefix(ID)}`.",
            "",
        ]
        columns = [c for c in schema["columns"] if not c.get("virtual")]
        head = ["Column", "What it holds", "Type", "Required", "Refers to", "Property"]
        lines += [*_table(head, [_column(c, keys) for c in columns]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _column(column: Mapping[str, Any], keys: Mapping[str, str]) -> list[str]:
    """Return what the page says of a column."""
    name = str(column["name"])
    return [
        name,
        str(column["dc:description"]),
        _type(column),
        "yes" if column.get("required") else "no",
        _target(column, keys.get(name)),
        _property(column),
    ]


def _type(column: Mapping[str, Any]) -> str:
    """Return the type of a column's cells, with its form where it is short."""
    datatype = column.get("datatype", "string")
    if isinstance(datatype, str):
        text = datatype
    else:
        text = str(datatype.get("base", "string"))
        form = str(datatype.get("format", ""))
        if form == "[a-z0-9]+(-[a-z0-9]+)*":
            text = "id"
        elif form and form.replace("|", "").replace("-", "").isalpha():
            text = " or ".join(form.split("|"))
        elif form:
            text = f"{text} of the form {form}"
        if "minimum" in datatype:
            text += f" of {datatype['minimum']} or more"
    separator = column.get("separator")
    return f"{text}, several separated by {separator}" if separator else text


def _target(column: Mapping[str, Any], table: str | None) -> str:
    """Return what the cells of a column name: a table, a scheme of terms, or any thing."""
    if table:
        return f"table {table}"
    goal = str(column.get("valueUrl", ""))
    if "{+" in goal:
        return "any row, as kind/id"
    scheme = goal.removeprefix(ID).partition("/{")[0]
    return f"scheme {scheme}" if goal.startswith(ID) and "{" in goal else ""


def _property(column: Mapping[str, Any]) -> str:
    """Return the property that a column becomes, as a CURIE; the key becomes the address."""
    if column.get("suppressOutput"):
        return "part of the address"
    iri = str(column.get("propertyUrl", ""))
    short = shorten_term(iri)
    return f"{short}, of the citation" if "aboutUrl" in column else short


def _head(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
