"""Look at a query of somebody else's before any engine sees it.

An engine's parser can be brought down by deep nesting, and a query may reach for files or
the network. The check here reads the query's tokens once, without recursion, so strings,
comments and addresses cannot hide a keyword and a keyword inside them harms nothing. Where a
text could be read in two ways (`<` opens an address or compares; keywords may touch what stands
beside them) the query is refused, so that the engine cannot read it the other way.

Source of the token forms: https://www.w3.org/TR/sparql11-query/#grammar
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rehabgraph.graph.errors import BadQuery

MAX_BYTES = 64 * 1024
MAX_NESTING = 48
MAX_TOKENS = 20_000
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = _BASE + "_"
_WORD = _START + "0-9\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\x20\t\r\n]+)
  | (?P<comment>\#[^\n\r]*)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|\\.))*\"\"\"
      | '''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
      | \"(?:[^\"\\\n\r]|\\[^\n\r])*\"
      | '(?:[^'\\\n\r]|\\[^\n\r])*')
  | (?P<iri><(?:[^<>\"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
  | (?P<variable>[?$][{_START}0-9][{_WORD}]*)
  | (?P<blank>_:[{_START}0-9](?:[{_WORD}.-]*[{_WORD}-])?)
  | (?P<short>(?:[{_BASE}](?:[{_WORD}.-]*[{_WORD}-])?)?:
      (?:(?:[{_START}0-9:]|{_ESCAPED})(?:(?:[{_WORD}.:-]|{_ESCAPED})*(?:[{_WORD}:-]|{_ESCAPED}))?)?)
  | (?P<word>[A-Za-z][A-Za-z0-9_]*)
  | (?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
  | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
  | (?P<open>[({{\[]|<<)
  | (?P<close>[)}}\]]|>>)
  | (?P<prefix_operator>[!+-]|\^\^?)
  | (?P<sign>[,;.|/?*=<>&~])
    """,
    re.VERBOSE | re.DOTALL,
)
# An address that may also be read as "is less than …": the engine decides, so we must not guess.
_FULL_ADDRESS = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_TWO_READINGS = re.compile(r"[#'()\[\]!]|[-+]{2}")
# The standard reads such an escape before anything else, most engines only within its string or
# address: a quote, bracket or line end that is written so ends the string for one, not the other.
_HIDDEN_SIGN = re.compile(r"\\(?:u|U0000)00(?:[01][0-9A-Fa-f]|2[02-9A-Fa-f]|3[CEce]|5[Cc]|7[BbDd])")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def read_tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield kind, text and position of each word and sign, up to what cannot be read.

    >>> [token for _, token, _ in read_tokens("ASK { ?s ?p 'a b' } # why")]
    ['ASK', '{', '?s', '?p', "'a b'", '}']
    """
    position = 0
    while position < len(text) and (match := _TOKEN.match(text, position)):
        if match.lastgroup not in ("space", "comment"):
            yield str(match.lastgroup), match.group(), position
        position = match.end()


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a query's tokens found.

    Attributes:
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        default_graphs: addresses that FROM asks for.
        named_graphs: addresses that FROM NAMED asks for.
    """

    form: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    @property
    def graphs(self) -> tuple[str, ...]:
        """Every address that FROM and FROM NAMED ask for."""
        return self.default_graphs + self.named_graphs


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    text: str
    form: str = ""
    start: int = 0
    depth: int = 0
    operators: int = 0
    count: int = 0
    wanted: str = ""

    def refuse(self, position: int, why: str) -> BadQuery:
        return BadQuery(f"{_place(self.text, position)}: {why}")


def check_query(text: str, base: str | None = None) -> Look:
    """Return what a query asks for, or refuse it.

    Args:
        text: a SELECT, ASK, CONSTRUCT or DESCRIBE query.
        base: address that relative addresses stand on.

    >>> check_query("SELECT * WHERE { ?s ?p 'SERVICE' }").form
    'SELECT'
    >>> check_query("PREFIX g: <https://example.org/> ASK FROM g:a {}").default_graphs
    ('https://example.org/a',)

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
    now = _Reading(text)
    if hidden := _HIDDEN_SIGN.search(text):
        raise now.refuse(hidden.start(), f"{hidden.group()}: write the sign itself")
    clauses: list[tuple[bool, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise now.refuse(position, f"{text[position]!r} cannot stand here")
        kind, token, position = str(match.lastgroup), match.group(), match.end()
        if kind in ("space", "comment"):
            continue
        _count(now, kind, token, match.start())
        if now.wanted and kind in ("iri", "short"):
            clauses.append((now.wanted == "NAMED", token))
        if kind == "iri" and now.form and not _FULL_ADDRESS.match(token):
            if _TWO_READINGS.search(token):
                raise now.refuse(
                    match.start(), f"write the address {token[:60]} in full, https://…"
                )
        elif kind in ("word", "short"):
            _look_at_word(now, kind, token, match.start())
            continue
        now.wanted = ""
    if not now.form:
        raise BadQuery("the query has no SELECT, ASK, CONSTRUCT or DESCRIBE")
    if not clauses:
        return Look(now.form)
    return Look(now.form, *_resolve(text[: now.start], clauses, base))


def _count(now: _Reading, kind: str, token: str, position: int) -> None:
    """Count a token, and refuse what is too long or nests too deep."""
    now.count += 1
    if now.count > MAX_TOKENS:
        raise BadQuery(f"the query has more than {MAX_TOKENS:,} words and signs; shorten it")
    if kind == "open" and not now.form:
        raise now.refuse(position, "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE")
    # a run of prefix operators nests just as brackets do
    now.operators = now.operators + len(token) if kind == "prefix_operator" else 0
    now.depth += (kind == "open") - (kind == "close")
    if now.depth + now.operators > MAX_NESTING:
        raise now.refuse(position, f"nested deeper than {MAX_NESTING}")


def _look_at_word(now: _Reading, kind: str, token: str, position: int) -> None:
    """Note or refuse a keyword; an engine may read one out of a longer word, so we look for it."""
    word = token.partition(":")[0].upper()
    if not now.form and kind == "short":
        return  # a prefix is declared
    if "SERVICE" in word:
        if kind == "short":
            raise now.refuse(position, f"the prefix {word.lower()}: reads as SERVICE; rename it")
        raise now.refuse(position, "SERVICE asks another server; leave it out")
    if kind == "word":
        if not now.form:
            if form := next((f for f in _FORMS if word.startswith(f)), ""):
                now.form, now.start = form, position
            elif word in _UPDATES | {"WITH"}:
                raise now.refuse(position, f"{word} changes data; only reading is allowed")
        if word == "FROM" or (word == "NAMED" and now.wanted):
            now.wanted = word
            return
    now.wanted = ""
    if now.depth == 0 and "FROM" in word:
        raise now.refuse(position, f"{token[:60]} reads as FROM; put spaces around FROM")


def _resolve(
    prologue: str, clauses: list[tuple[bool, str]], base: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of FROM and of FROM NAMED in full, read by the engine's own parser."""
    from pyoxigraph import Store

    found: tuple[list[str], list[str]] = ([], [])
    for named, term in clauses:
        try:
            rows = Store().query(
                f"{prologue} SELECT ?g {{ VALUES ?g {{ {term} }} }}", base_iri=base
            )
            found[named].extend(row["g"].value for row in rows)  # type: ignore[union-attr]
        except (SyntaxError, ValueError) as e:
            raise BadQuery(f"FROM {term[:200]}: not a full address ({str(e)[:80]})") from e
    return tuple(found[0]), tuple(found[1])


def _place(text: str, position: int) -> str:
    r"""Return a position as people count it: line and column, from 1.

    >>> _place("ab\ncd", 4)
    'line 2, column 2'
    """
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"line {line}, column {column}"
