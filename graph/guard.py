"""Look at a query of somebody else's before any engine sees it.

An engine's parser can be brought down by deep nesting, and a query may reach for files or
the network. The check here reads the query's tokens once, without recursion, so strings,
comments and addresses cannot hide a keyword and a keyword inside them harms nothing.

Source of the token forms: https://www.w3.org/TR/sparql11-query/#grammar
"""

import re
from dataclasses import dataclass

from rehabgraph.graph.errors import BadQuery

MAX_BYTES = 64 * 1024
MAX_NESTING = 48
MAX_TOKENS = 20_000
_TOKEN = re.compile(
    r"""
    (?P<long>\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*''')
  | (?P<string>\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)
  | (?P<comment>\#[^\n\r]*)
  | (?P<space>\s+)
  | (?P<variable>[?$]\w+)
  | (?P<name>[^\W\d][\w.-]*:?[\w:.%\\-]*|:[\w:.%\\-]*|_:[\w.-]+)
  | (?P<number>\d[\w.+-]*)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a query's tokens found.

    Attributes:
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        graphs: addresses that FROM and FROM NAMED ask for.
    """

    form: str
    graphs: tuple[str, ...]


def check_query(text: str) -> Look:
    """Return what a query asks for, or refuse it.

    >>> check_query("SELECT * WHERE { ?s ?p 'SERVICE' }").form
    'SELECT'

    Raises:
        BadQuery: it is too long or too deeply nested, or asks for more than reading this
            dataset; the message says which, where, and what to do.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as e:
        raise BadQuery(f"{_place(text, e.start)}: half a character; write the whole one") from e
    if size > MAX_BYTES:
        raise BadQuery(f"the query is longer than {MAX_BYTES:,} bytes; shorten it")
    form, depth, count, wants_graph = "", 0, 0, False
    graphs: list[str] = []
    operators = 0
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind in ("space", "comment"):
            continue
        count += 1
        if count > MAX_TOKENS:
            raise BadQuery(f"the query has more than {MAX_TOKENS:,} words and signs; shorten it")
        # a run of prefix operators nests just as brackets do
        operators = operators + 1 if token in "!-+^" else 0
        depth += (kind == "open") - (kind == "close")
        if depth + operators > MAX_NESTING:
            raise BadQuery(f"{_place(text, match.start())}: nested deeper than {MAX_NESTING}")
        if kind == "iri" and wants_graph:
            graphs.append(token[1:-1])
        elif wants_graph and kind == "name" and ":" in token:
            raise BadQuery(f"{_place(text, match.start())}: write the graph after FROM as <address>")
        word = token.upper() if kind == "name" and ":" not in token else ""
        wants_graph = word == "FROM" or (wants_graph and word == "NAMED")
        if word == "SERVICE":
            raise BadQuery(f"{_place(text, match.start())}: SERVICE asks another server; leave it out")
        if word in _FORMS and not form:
            form = word
        if not form and word in _UPDATES | {"WITH"}:
            raise BadQuery(f"{_place(text, match.start())}: {word} changes data; only reading is allowed")
    if not form:
        raise BadQuery("the query has no SELECT, ASK, CONSTRUCT or DESCRIBE")
    return Look(form, tuple(graphs))


def _place(text: str, position: int) -> str:
    """Return a position as people count it: line and column, from 1.

    >>> _place("ab\\ncd", 4)
    'line 2, column 2'
    """
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"line {line}, column {column}"
