"""The catalogue of saved questions: one question, one `.rq` file with a checked header.

    #+ title: Providers of a lot in a region
    #+ question: Who delivers this service here?
    #+ param: region region all Probation region; all when left out
    #+ column: provider iri Lead provider
    #+ example: region=Wales
    #+ tags: market, region

The first colon of a header line splits key from value; a key may repeat. A parameter has a
slot `VALUES ?region { UNDEF }` in the text: the file runs as it stands, and binding puts
terms, never text, into the slot.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rehabgraph.graph.errors import BadParameter, BadQuestionFile, UnknownQuestion

FOLDER = Path(__file__).parent
PARAM_TYPES = frozenset(
    {
        "region", "area", "lot", "organisation", "contract", "policy", "round", "kind", "person",
        "source", "date", "integer", "text", "thing",
    }
)  # fmt: skip
COLUMN_TYPES = frozenset({"iri", "text", "integer", "number", "gbp", "percent", "date", "boolean"})
_KEYS = frozenset({"title", "question", "param", "column", "example", "tags", "note"})
_SLOT = r"VALUES\s+\?{name}\s*\{{[^}}]*\}}"


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: its name, type, default (`all`, or a value) and what it means."""

    name: str
    type: str
    default: str
    text: str

    @property
    def required(self) -> bool:
        """True when there is no default and a value must be given."""
        return self.default == "required"


@dataclass(frozen=True, slots=True)
class QuestionColumn:
    """A column of the answer."""

    name: str
    type: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A saved question: header and SPARQL text."""

    name: str
    title: str
    question: str
    params: tuple[Param, ...]
    columns: tuple[QuestionColumn, ...]
    tags: tuple[str, ...]
    sparql: str
    notes: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    """Parameters and values of an example, as the documentation shows it."""

    @property
    def theme(self) -> str:
        """The folder that the question's file stands in; empty for one without a file."""
        path = question_files().get(self.name)
        return path.parent.name if path else ""


@lru_cache(maxsize=1)
def question_files() -> Mapping[str, Path]:
    """Return every saved question's file by its name, in order of name."""
    return {p.stem: p for p in sorted(FOLDER.glob("*/*.rq"), key=lambda p: p.stem)}


def read_question(name: str) -> Question:
    """Return a saved question by name.

    Raises:
        UnknownQuestion: no file has that name; the message lists the nearest.
        BadQuestionFile: the header breaks a rule.
    """
    files = question_files()
    if name not in files:
        from difflib import get_close_matches

        near = get_close_matches(name, files, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownQuestion(f"no question {name!r}{hint} (query --list shows all)")
    return parse_question(name, files[name].read_text(encoding="utf-8"))


def parse_question(name: str, text: str) -> Question:
    """Return the question in a file's text; see the module for the form."""
    head: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#+"):
            continue
        key, colon, value = line[2:].partition(":")
        key, value = key.strip(), value.strip()
        if not colon or key not in _KEYS or not value:
            raise BadQuestionFile(f"{name}.rq: line {number}: not a header line: {line!r}")
        head.setdefault(key, []).append(value)
    for key in ("title", "question", "column", "tags"):
        if key not in head:
            raise BadQuestionFile(f"{name}.rq: the header has no {key!r}; add it")
    params = tuple(_parse_param(name, line) for line in head.get("param", []))
    for param in params:
        if not re.search(_SLOT.format(name=re.escape(param.name)), text):
            raise BadQuestionFile(f"{name}.rq: no VALUES ?{param.name} {{ … }} slot in the text")
    return Question(
        name=name,
        title=head["title"][0],
        question=head["question"][0],
        params=params,
        columns=tuple(_parse_column(name, line) for line in head["column"]),
        tags=tuple(t.strip() for line in head["tags"] for t in line.split(",")),
        sparql=text,
        notes=tuple(head.get("note", [])),
        examples=tuple(_parse_example(name, line, params) for line in head.get("example", [])),
    )


def _parse_param(name: str, line: str) -> Param:
    parts = line.split(None, 3)
    if len(parts) < 4 or parts[1] not in PARAM_TYPES:
        raise BadQuestionFile(f"{name}.rq: param must be 'name type default text': {line!r}")
    return Param(*parts)


def _parse_column(name: str, line: str) -> QuestionColumn:
    parts = line.split(None, 2)
    if len(parts) < 3 or parts[1] not in COLUMN_TYPES:
        raise BadQuestionFile(f"{name}.rq: column must be 'name type label': {line!r}")
    return QuestionColumn(*parts)


def _parse_example(name: str, line: str, params: tuple[Param, ...]) -> tuple[str, str]:
    key, equals, value = line.partition("=")
    if not equals or not value or key not in {p.name for p in params}:
        raise BadQuestionFile(f"{name}.rq: example must be 'parameter=value': {line!r}")
    return key, value


def bind_terms(question: Question, terms: Mapping[str, list[str]]) -> str:
    """Return the query with N-Triples terms in its slots; a slot left out keeps its default.

    Raises:
        BadParameter: a name that the question does not have, or a required one left out.
    """
    text = question.sparql
    known = {p.name for p in question.params}
    for name in terms:
        if name not in known:
            has = ", ".join(sorted(known)) or "none"
            raise BadParameter(f"question {question.name} has no parameter {name!r}; it has: {has}")
    for param in question.params:
        values = terms.get(param.name)
        if not values:
            if param.required:
                raise BadParameter(
                    f"question {question.name} needs {param.name} ({param.text}); "
                    f"give it with -p {param.name}=…"
                )
            continue
        slot = f"VALUES ?{param.name} {{ {' '.join(values)} }}"
        pieces = re.split(_SLOT.format(name=re.escape(param.name)), text)
        text = slot.join(pieces)
    return text
