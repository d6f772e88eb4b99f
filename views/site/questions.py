"""Pages of the saved questions: a form, an answer, and the SPARQL to copy."""

from urllib.parse import urlencode

from rehabgraph.graph.errors import BadParameter, RehabError, StoreError
from rehabgraph.queries.ask import answer_question, to_term
from rehabgraph.queries.catalogue import bind_terms, question_files, read_question
from rehabgraph.queries.report import Report
from rehabgraph.views.docs_pages import THEMES
from rehabgraph.views.site.content import Block, Content, Link, text_report
from rehabgraph.views.site.options import Query, build_question_form, check_query, list_choices
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.tables import note_report, tabulate_report
from rehabgraph.views.words import count_words

QUESTIONS_CRUMB = Link("Questions", "/question/index.html")


def build_question_page(site: Site, name: str, query: Query) -> Content | None:
    """Return the page of a saved question: form, answer, and the SPARQL to copy.

    Raises:
        RehabError: a parameter is wrong.
    """
    if name not in question_files():
        return None
    question = read_question(name)
    given = check_query(query)
    known = [p.name for p in question.params]
    if stray := [key for key in given if key not in known]:
        has = ", ".join(known) or "none"
        raise BadParameter(f"question {name} has no parameter {stray[0][:40]!r}; it has: {has}")
    given = given or example_params(site, name)
    report, terms = Report(f"query/{name}", question.title, (), ()), question.sparql
    blocks: list[Block] = []
    if site.live:
        form = build_question_form(site, question, given)
        blocks += [Block("ask", "Ask", "form", form)] if form.fields else []
    missing = [p.name for p in question.params if p.required and p.name not in given]
    if missing:
        words = f"It needs {', '.join(missing)}."
        report = text_report(f"query/{name}", question.title, [("", words)])
        blocks.append(Block("answer", "Answer", "prose", [words]))
    else:
        report = answer_question(site.graph, name, given)
        terms = _bind(site, name, given)
        said = "; ".join(f"{k}: {', '.join(v)}" for k, v in given.items())
        intro = f"{count_words(len(report.rows), 'row', 'rows')}.{f' For {said}.' if said else ''}"
        blocks.append(Block("answer", "Answer", "table", tabulate_report(site, report), intro))
        blocks += note_report(report, method=False)
    blocks.append(Block("sparql", "The question as SPARQL", "code", terms))
    if site.live:
        address = f"/sparql?{urlencode({'query': terms}, errors='replace')}"
        link = Link("Open it in the editor", address)
        blocks.append(Block("change", "Change it", "links", [(link,)]))
    return Content(
        path=f"question/{name}",
        title=question.title,
        lead=question.question,
        report=report,
        blocks=tuple(blocks),
        crumbs=(QUESTIONS_CRUMB,),
        kicker="Question",
        wide=True,
    )


def build_question_index(site: Site) -> Content:
    """Return the saved questions by theme."""
    groups: dict[str, list[tuple[Link, str]]] = {theme: [] for theme in THEMES}
    rows = []
    for name in question_files():
        question = read_question(name)
        link = Link(question.title, f"/question/{name}.html")
        groups[question.theme].append((link, question.question))
        rows.append((question.title, question.question))
    blocks = [
        Block(f"theme-{theme}", THEMES[theme], "cards", cards) for theme, cards in groups.items()
    ]
    way = "" if site.live else " These are plain files: each shows one answer as an example."
    return Content(
        path="question/index",
        title="Questions",
        lead=f"Saved questions, with their answers and the SPARQL to copy.{way}",
        report=text_report("question/index", "Questions", rows),
        blocks=tuple(blocks),
    )


def example_params(site: Site, name: str) -> dict[str, list[str]]:
    """Return parameters that show what a question does: its example, else the first thing."""
    question = read_question(name)
    found: dict[str, list[str]] = {}
    for key, value in question.examples:
        found.setdefault(key, []).append(value)
    for param in question.params:
        wanted = param.required and param.name not in found
        if wanted and (choices := list_choices(site, param.type)):
            found[param.name] = [choices[0][0]]
    try:
        answer_question(site.graph, name, found)
    except StoreError:  # nothing can be said of it: the store is away
        raise
    except RehabError:  # an example of another dataset
        required = {p.name: p.type for p in question.params if p.required}
        firsts = {n: list_choices(site, t) for n, t in required.items()}
        found = {n: [c[0][0]] for n, c in firsts.items() if c}
    return found


def _bind(site: Site, name: str, given: dict[str, list[str]]) -> str:
    question = read_question(name)
    params = {p.name: p for p in question.params}
    terms = {k: [to_term(site.graph, params[k], v) for v in vs] for k, vs in given.items()}
    return bind_terms(question, terms)
