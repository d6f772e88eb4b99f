"""The shape of one of our own queries: where it can be taken apart, and what is doubtful in it.

A server that departs from SPARQL 1.1 is asked only for what it is known to answer rightly: see
`doubts`. What stands at the end of a query, its order and its limit, we can apply ourselves.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rehabgraph.graph.guard import read_tokens
from rehabgraph.graph.store import Iri, Solution

TRUSTED = frozenset(
    {
        "ASC", "AS", "BIND", "BOUND", "BY", "COALESCE", "COUNT", "DESC", "FILTER", "HAVING", "IN",
        "ISBLANK", "ISIRI", "LANG", "MAX", "MIN", "NOT", "SELECT", "STR", "STRSTARTS", "SUM",
        "VALUES", "WHERE",
    }
)  # fmt: skip
"""Words that may stand before a bracket in what a departing server is asked."""
_TRUTHS = frozenset({"BOUND", "IN", "ISBLANK", "ISIRI", "STRSTARTS"})
_TESTS = frozenset({"FILTER", "HAVING"})
_ENDS = frozenset({"ORDER", "LIMIT", "OFFSET"})
_UNDEF = re.compile(r"VALUES\s+[?$]\w+\s*\{\s*UNDEF\s*\}", re.IGNORECASE)
Token = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """Parts of a query.

    Attributes:
        prologue: its prefixes.
        body: from its form to before its order and limit.
        end: its order and limit, as they stand.
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        distinct: whether it is a SELECT DISTINCT.
        order: variables to order by, each with whether it goes down; None for anything else.
        limit: how many rows; None for all.
        offset: how many rows are left out first.
        doubts: what a departing server may answer wrongly.
    """

    prologue: str
    body: str
    end: str
    form: str
    distinct: bool
    order: tuple[tuple[str, bool], ...] | None
    limit: int | None
    offset: int
    doubts: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The query without its prefixes."""
        return f"{self.body} {self.end}"


def read_shape(text: str) -> Shape:
    """Return the shape of a query of our own.

    >>> shape = read_shape("SELECT ?a WHERE { ?a ?b ?c } ORDER BY DESC(?a) LIMIT 5")
    >>> shape.body, shape.order, shape.limit
    ('SELECT ?a WHERE { ?a ?b ?c } ', (('a', True),), 5)
    """
    plain = _without_comments(text)
    text = _UNDEF.sub(" ", plain)  # joins with nothing, so it changes nothing
    tokens = list(read_tokens(text))
    first = next(
        (i for i, (kind, word, _) in enumerate(tokens) if kind == "word" and _is_form(word)),
        len(tokens),
    )
    start = tokens[first][2] if first < len(tokens) else len(text)
    depth, end = 0, len(text)
    closing: list[Token] = []
    for kind, token, position in tokens[first:]:
        depth += (kind == "open") - (kind == "close")
        if closing or (depth == 0 and kind == "word" and token.upper() in _ENDS):
            end = min(end, position)
            closing.append((kind, token, position))
    order, limit, offset = _read_end(closing)
    words = [token.upper() for _, token, _ in tokens[first : first + 2]]
    doubts = _find_doubts(tokens[first:])
    shown = text[start : text.find("{", start)]
    if order is None or any(not re.search(rf"[?$]{name}\b|\*", shown) for name, _ in order):
        doubts.append("ORDER BY")
    return Shape(
        prologue=text[:start],
        body=text[start:end],
        end=text[end:],
        form=words[0] if words else "",
        distinct=words[1:] == ["DISTINCT"],
        order=order,
        limit=limit,
        offset=offset,
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _without_comments(text: str) -> str:
    """Return a text without comments, and with one blank for each gap."""
    pieces, end = [], 0
    for _, token, position in read_tokens(text):
        pieces += [" " if position > end else "", token]
        end = position + len(token)
    return "".join(pieces).strip()


def drop_dataset(text: str) -> str:
    """Return a query without its FROM clauses, for a request that names the graphs itself.

    >>> drop_dataset("SELECT * FROM <https://example.org/a> FROM NAMED <b:c> { ?s ?p 'FROM' }")
    "SELECT * { ?s ?p 'FROM' }"
    """
    pieces, end, depth, skip = [], 0, 0, False
    for kind, token, position in read_tokens(text):
        depth += (kind == "open") - (kind == "close")
        gap = " " if position > end else ""
        end = position + len(token)
        if depth == 0 and kind == "word" and token.upper() == "FROM":
            skip = True
        elif skip and kind == "word" and token.upper() == "NAMED":
            pass
        elif skip and kind in ("iri", "short"):
            skip = False
        else:
            pieces += [gap, token]
    return "".join(pieces).strip()


def _is_form(word: str) -> bool:
    return word.upper() in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def _read_end(
    tokens: Sequence[Token],
) -> tuple[tuple[tuple[str, bool], ...] | None, int | None, int]:
    """Return order, limit and offset; an order of None where it is more than variables."""
    text = " ".join(token for _, token, _ in tokens)
    numbers = {m[1].upper(): int(m[2]) for m in re.finditer(r"(?i)\b(LIMIT|OFFSET) (\d+)", text)}
    rest = re.sub(r"(?i)\b(LIMIT|OFFSET) \d+", "", text).strip()
    limit, offset = numbers.get("LIMIT"), numbers.get("OFFSET", 0)
    if not rest:
        return (), limit, offset
    if not (found := re.fullmatch(r"(?i)ORDER BY (.+)", rest)):
        return None, limit, offset
    order: list[tuple[str, bool]] = []
    each = re.compile(r"(?i)\s*(?:[?$](\w+)|(ASC|DESC) \( [?$](\w+) \))")
    position = 0
    while position < len(found[1]):
        if not (one := each.match(found[1], position)):
            return None, limit, offset
        order.append((one[1] or one[3], (one[2] or "").upper() == "DESC"))
        position = one.end()
    return tuple(order), limit, offset


def _find_doubts(tokens: Sequence[Token]) -> list[str]:
    """Return what in a query a departing server may answer wrongly."""
    found: list[str] = []
    opened: list[str] = []  # for each bracket that is open, the word before it
    around: list[Token] = [("", "", 0), *tokens, ("", "", 0), ("", "", 0)]
    for index, (kind, text, _) in enumerate(around[1:-2], 1):
        before, after, beyond = around[index - 1], around[index + 1], around[index + 2]
        if kind == "open":
            opened.append(before[1].upper())
        elif kind == "close" and opened:
            opened.pop()
        if kind == "word":
            found += _doubt_word(text.upper(), before[1].upper(), after[1], inside=bool(opened))
        elif kind == "short" and after[1] == "(":
            found.append(text)
        elif kind == "sign" and text in ("<", ">"):
            right = beyond if after[1] == "=" else after
            if before[1] != ")" or right[1].upper() != "STR":
                found.append(f"{text} between values")
        elif text in ("/", "*", "+", "-") and (
            (before[0] in ("iri", "short") and text != "/")
            or before[0] in ("variable", "number")
            or after[0] == "variable"
        ):
            found.append(f"{text} on values or paths")
        if (text == "=" or text.upper() in _TRUTHS) and not _TESTS & set(opened):
            found.append(f"{text} as a value")
    return found


def _doubt_word(word: str, before: str, after: str, *, inside: bool) -> list[str]:
    """Return what is doubtful in a word, by what stands around it."""
    if after == "(" and word not in TRUSTED:
        return [word]
    if word == "EXISTS" and before not in ("FILTER", "NOT"):
        return ["EXISTS as a value"]
    if word == "DISTINCT" and inside and before == "SELECT":
        return ["DISTINCT inside"]
    if word in ("UNDEF", "OPTIONAL", "MINUS") or (inside and word in _ENDS):
        return [word]
    return []


def sort_rows(rows: list[Solution], order: Sequence[tuple[str, bool]]) -> list[Solution]:
    """Return rows in the order that SPARQL gives them: unbound, addresses, then literals."""
    for name, down in reversed(order):
        rows = sorted(rows, key=lambda row: _rank(row.get(name)), reverse=down)
    return rows


def _rank(value: Any) -> tuple[int, Any]:  # noqa: ANN401
    if value is None:
        return 0, 0
    if isinstance(value, Iri):
        return (2 if ":" in value else 1), str(value)
    if isinstance(value, bool):
        return 4, value
    if isinstance(value, int | float | Decimal):
        return 3, value
    if isinstance(value, str):
        return 5, value
    return 6, value.isoformat()
