"""The options of a report as a form, and a request's parameters as options of a report."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.catalogue import Question
from rehabgraph.queries.reports import FILTERS, REPORTS, Entry, Option
from rehabgraph.views.site.site import Site

Query = Mapping[str, list[str]]
MOST_PARAMETERS, MOST_VALUES, MOST_LENGTH, GREATEST = 30, 20, 200, 10_000
_CHOICES = {"lot": "lot", "region": "region", "area": "area", "round": "round",
            "kind": "organisation-kind"}  # fmt: skip
_WORDS = {
    "round": "Round",
    "lot": "Lot",
    "region": "Probation region",
    "area": "Police area",
    "provider": "Lead provider, by name or id",
    "kind": "Kind of lead",
    "as_of": "Running on this day, as 2023-07-01",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: name, words, how it is filled in, what stands in it, what blank means."""

    name: str
    label: str
    type: str = "text"
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    required: bool = False
    blank: str = "Any"


@dataclass(frozen=True, slots=True)
class Form:
    """A form that asks its own page again."""

    action: str
    fields: tuple[Field, ...]
    button: str
    method: str = "get"
    extra: Mapping[str, str] = field(default_factory=dict)


def check_query(query: Query) -> dict[str, list[str]]:
    """Return the parameters that are filled in.

    Raises:
        BadParameter: there are too many, or one is too long.
    """
    filled = {k: [v for v in values if v.strip()] for k, values in query.items()}
    filled = {k: v for k, v in filled.items() if v}
    if len(filled) > MOST_PARAMETERS or any(len(v) > MOST_VALUES for v in filled.values()):
        raise BadParameter("too many parameters; leave some out")
    for key, values in filled.items():
        if any(len(v) > MOST_LENGTH for v in (key, *values)):
            raise BadParameter(f"{key[:40]}: longer than {MOST_LENGTH} signs; shorten it")
    return filled


def read_options(name: str, query: Query) -> dict[str, Any]:
    """Return a request's parameters as options of a report.

    Raises:
        BadParameter: an option that the report does not have, a number that is none, or the
            name of a file.
    """
    entry = REPORTS[name]
    options: dict[str, Any] = {}
    allowed = {*entry.options, *(FILTERS if entry.filtered else ())}
    for key, values in check_query(query).items():
        if key not in allowed:
            has = ", ".join(sorted(allowed)) or "none"
            raise BadParameter(f"report {name} has no option {key[:40]!r}; it has: {has}")
        options[key] = _convert(key, entry.options.get(key), values)
    return {k: v for k, v in options.items() if v is not False}


def _convert(key: str, option: Option | None, values: list[str]) -> Any:  # noqa: ANN401
    if option is None:
        return values[-1] if key == "as_of" else values
    if re.search(r"\bfile\b", option.text) and not re.fullmatch(r"[a-z]+-\d{4}", values[-1]):
        raise BadParameter(f"{key}: name one of those listed; a page opens no files")
    if option.type == "list":
        return values
    if option.type == "flag":
        if values[-1].lower() not in ("1", "on", "true", "yes", "0", "off", "false", "no"):
            raise BadParameter(f"{key}: write it as 1 or 0")
        return values[-1].lower() in ("1", "on", "true", "yes")
    if option.type == "number":
        digits = values[-1].strip()
        if not re.fullmatch(r"[0-9]{1,6}", digits) or int(digits) > GREATEST:
            raise BadParameter(f"{key}: {digits[:20]!r} is not a whole number up to {GREATEST:,}")
        return int(digits)
    return values[-1]


def build_report_form(site: Site, name: str, query: Query) -> Form:
    """Return the form of a report: its filters, then its own options."""
    entry: Entry = REPORTS[name]
    fields = []
    for key, option in entry.options.items():
        types = {"flag": "checkbox", "number": "number"}
        label, _, hint = option.text.partition(":")
        head = key.replace("_", " ").capitalize()
        words = (f"{label.strip()}:{hint}" if hint else label).replace(" or a TOML file", "")
        fields.append(
            Field(key, head, types.get(option.type, "text"), _said(query, key), hint=words)
        )
    if entry.filtered:
        for key in FILTERS:
            if key not in entry.options:
                choices = list_choices(site, _CHOICES[key]) if key in _CHOICES else ()
                if key == "round":
                    choices = (("all", "All rounds"), *choices)
                kind = "select" if choices else "text"
                blank = "Day one unless named" if key == "round" else "Any"
                fields.append(
                    Field(key, _WORDS[key], kind, _said(query, key), choices, blank=blank)
                )
    return Form(f"/report/{name}.html", tuple(fields), "Show the report")


def build_question_form(site: Site, question: Question, query: Query) -> Form:
    """Return the form of a saved question."""
    kinds = {**_CHOICES, "policy": "policy", "source": "source", "person": "person"}
    fields = []
    for p in question.params:
        choices = list_choices(site, kinds[p.type]) if p.type in kinds else ()
        kind = "select" if choices else "number" if p.type == "integer" else "text"
        fields.append(
            Field(p.name, p.name.replace("_", " ").capitalize(), kind, _said(query, p.name),
                  choices, p.text, p.required)
        )  # fmt: skip
    return Form(f"/question/{question.name}.html", tuple(fields), "Ask")


def list_choices(site: Site, kind: str) -> tuple[tuple[str, str], ...]:
    """Return id and name of each thing of a kind, by name."""
    things = site.facts.kinds.get(kind, [])
    pairs = [(t.rsplit("/", 1)[-1], site.names(t)) for t in things]
    return tuple(sorted(pairs, key=lambda p: (p[1].casefold(), p[0])))


def write_query(query: Query) -> str:
    """Return parameters as the end of an address, empty where there are none.

    >>> write_query({"lot": ["accommodation"], "by": [""]})
    '?lot=accommodation'
    """
    pairs = [(k, v) for k, values in sorted(query.items()) for v in values if v.strip()]
    return f"?{urlencode(pairs)}" if pairs else ""


def _said(query: Query, key: str) -> str:
    values = query.get(key) or [""]
    return values[-1][:MOST_LENGTH]
