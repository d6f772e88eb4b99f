"""The frame of every page: one file, no request to any network, the same bytes each time."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rehabgraph.queries.market import Filters
from rehabgraph.queries.report import Coverage, SourceRef
from rehabgraph.views import palette
from rehabgraph.views.words import describe_coverage, format_day

if TYPE_CHECKING:
    from jinja2 import Environment

LICENCE = "Open Government Licence v3.0"


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What a page says about itself, on screen, in print and in every download.

    Attributes:
        lead: one or two sentences under the heading.
        dated: for which day the page speaks.
        coverage: how much of what it shows is known.
    """

    title: str
    lead: str
    dated: str
    coverage: str
    sources: tuple[SourceRef, ...] = ()
    notes: tuple[str, ...] = ()

    def to_lines(self) -> tuple[str, ...]:
        """Return the caption as lines of plain text: date, sources, coverage, licence."""
        from rehabgraph import __version__

        sources = "; ".join(s.title for s in self.sources) or "not named"
        return (
            f"Date: {self.dated}",
            f"Source: {sources}",
            f"Coverage: {self.coverage}",
            *self.notes,
            f"Licence of the figures: {LICENCE}. Made with rehabgraph {__version__}.",
        )


def date_page(coverage: Coverage, as_of: object = None) -> str:
    """Return for which day a page speaks: the day asked for, else the newest source."""
    from datetime import date

    if isinstance(as_of, date):
        return f"contracts in force on {format_day(as_of)}"
    if coverage.newest_source is not None:
        return f"all dates; newest source {format_day(coverage.newest_source)}"
    return "all dates, as announced"


def describe_page(
    title: str,
    lead: str,
    coverage: Coverage,
    sources: Sequence[SourceRef],
    *,
    filters: Filters,
    notes: Sequence[str] = (),
) -> PageInfo:
    """Return what a page says about itself."""
    dated = date_page(coverage, filters.as_of)
    notes = (f"Drawn for {describe_choice(filters)}.", *notes)
    return PageInfo(title, lead, dated, describe_coverage(coverage), tuple(sources), notes)


def describe_choice(filters: Filters) -> str:
    """Return what part of the record was asked for, the day left out.

    >>> describe_choice(Filters(lots=("mentoring",)))
    'round: day-one; lot: mentoring'
    >>> describe_choice(Filters(rounds=()))
    'round: all'
    """
    chosen = {"round": ["all"], **filters.to_dict()}
    return "; ".join(f"{k}: {', '.join(v)}" for k, v in chosen.items() if k != "as_of")


@cache
def read_template(name: str) -> str:
    """Return the text of one of our own templates, styles or scripts."""
    text = (files("rehabgraph.views") / "templates" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def make_environment() -> "Environment":
    """Return the template environment: everything escaped, a missing name is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from rehabgraph import __version__

    environment = Environment(
        loader=FunctionLoader(read_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(version=__version__, licence=LICENCE)
    environment.filters["safe_url"] = safe_url
    return environment


def read_scripts(*names: str) -> str:
    """Return our own scripts as one, in a scope of its own."""
    bodies = "\n".join(read_template(name) for name in names)
    return f'(function () {{\n"use strict";\n{bodies}\n}})();\n'


def read_style() -> str:
    """Return the style sheet, with the palette as its first rule."""
    colours = "".join(f"--{name}:{value};" for name, value in palette.SURFACES.items())
    return f":root{{{colours}}}\n{read_template('page.css')}"


def frame_page(info: PageInfo, scripts: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the base template needs: style, scripts, and a policy that permits only them.

    The policy forbids every request; scripts and styles run only if their hash is in it.
    """
    from markupsafe import Markup

    for script in scripts:
        if re.search(r"</script|<!--", script, re.IGNORECASE):
            raise ValueError("a script would end its own element")
    style = read_style()
    allowed = " ".join(_hash(s) for s in scripts) or "'none'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return {
        "info": info,
        "policy": policy,
        "style": Markup(style),  # noqa: S704 - our own file
        "scripts": [Markup(s) for s in scripts],  # noqa: S704 - ours and the installed package's
    }


def write_json(value: object) -> str:
    r"""Return JSON that is harmless inside a script element.

    >>> print(write_json({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def safe_url(url: str) -> str:
    """Return an address that may stand in a link, or nothing: only http and https may.

    >>> safe_url("https://example.org/a"), safe_url("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    return url if re.match(r"https?://[^\s]+$", url, re.IGNORECASE) else ""


def data_link(text: str, media_type: str) -> str:
    """Return text as a link that downloads it, with scripts off too."""
    body = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return f"data:{media_type};charset=utf-8;base64,{body}"


def clean_text(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value without control characters and lone surrogates, which no page can hold."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8")
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\ufffd", text)
    if isinstance(value, Mapping):
        return {clean_text(k): clean_text(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_text(v) for v in value]
    return value


def wrap_text(text: str, width: int) -> list[str]:
    """Return text in lines of at most `width` letters, at least one line.

    >>> wrap_text("one two three", 8), wrap_text("", 8)
    (['one two', 'three'], [''])
    """
    from textwrap import wrap

    return wrap(text, width) or [""]


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
