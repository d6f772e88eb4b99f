"""Names and numbers of organisations in the forms under which they are compared.

A name is compared without case, punctuation, a leading "the" and the words of a legal form.
`Alder Ltd t/a Oak` is two names, and `Alder Trust (AT)` is a name and its short form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rehabgraph.queries.resolve import fold

ONE_TO_ONE = frozenset((
    "GB-COH", "GB-CHC", "GB-SC", "GB-NIC", "GB-MPR", "GB-PPON", "GB-RSH", "GB-UKPRN", "XI-LEI",
))  # fmt: skip
"""Registers of org-id.guide that give one organisation one number: companies, charities,
mutuals, procurement, social housing, learning providers, legal entities. Numbers of others
(VAT groups, data protection, branches) can be shared, or one organisation can have several."""
STRENGTH = {
    "name": 92, "legal": 92, "printed": 90, "alias": 86, "trading": 86,
    "brand": 74, "former": 74, "short": 60,
}  # fmt: skip
"""How a name is borne → score of two organisations that both bear it, the weaker counting."""
_LEGAL = {
    "ltd": "Ltd", "limited": "Ltd", "plc": "Plc", "llp": "LLP", "lp": "LP", "cic": "CIC",
    "cio": "CIO", "inc": "Inc", "incorporated": "Inc",
}  # fmt: skip
_PHRASES = {
    "community interest company": "cic", "public limited company": "plc",
    "limited liability partnership": "llp", "charitable incorporated organisation": "cio",
    "company limited by guarantee": "ltd",
}  # fmt: skip
_SPLIT = re.compile(
    r"\s*[,(]?\s*\b(?P<how>t/a|t\.a\.|trading as|also known as|aka|formerly known as|formerly)"
    r"[\s:]+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"(?P<base>[^()]*[^()\s])\s*\((?P<inner>[^()]+)\)\s*(?P<rest>[^()]*)")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}[A-Za-z]?\b\.?")
_SHORT = re.compile(r"[A-Z][A-Z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Form:
    """One name as it is compared.

    Attributes:
        written: the name as it stands.
        key: its letters and digits without spaces or legal form; equal keys are equal names.
        tokens: its words in alphabetical order.
        legal: legal forms that the name states, such as `Ltd`.
        how: `name`, `legal`, `printed`, `alias`, `trading`, `brand`, `former` or `short`.
    """

    written: str
    key: str
    tokens: tuple[str, ...]
    legal: frozenset[str]
    how: str

    @property
    def text(self) -> str:
        """Its words in one line, in alphabetical order."""
        return " ".join(self.tokens)


@lru_cache(maxsize=200_000)
def read_forms(name: str, how: str = "name") -> tuple[Form, ...]:
    """Return the forms of a written name; none when no letter or digit is in it.

    >>> [(f.key, f.how) for f in read_forms("The Alder & Oak C.I.C. t/a Ash")]
    [('alderandoak', 'name'), ('ash', 'trading')]
    >>> [(f.key, f.how) for f in read_forms("BWC (Brighton Women's Centre)")]
    [('brightonwomenscentre', 'name'), ('bwc', 'short')]
    """
    found: dict[str, Form] = {}
    for text, borne in _parts(name, how):
        tokens, legal = _words(text)
        if tokens:
            key = "".join(tokens)
            found.setdefault(key, Form(text, key, tuple(sorted(tokens)), legal, borne))
    return tuple(found.values())


def _parts(name: str, how: str) -> Iterator[tuple[str, str]]:
    """Yield the names inside a written name: before and after "trading as", in brackets."""
    pieces = _SPLIT.split(name)
    for n, piece in enumerate(pieces[::2]):
        borne = how
        if n:
            borne = "former" if pieces[2 * n - 1].casefold().startswith("formerly") else "trading"
        text = piece.strip(" ,;")
        text = text.removesuffix(")") if text.count(")") > text.count("(") else text
        found = _BRACKETS.fullmatch(text)
        if found is None:
            yield text, "short" if borne == "alias" and _SHORT.fullmatch(text) else borne
            continue
        base, inner, rest = found["base"], found["inner"].strip(), found["rest"]
        if _SHORT.fullmatch(base) and is_short_for(base, inner):
            yield inner, borne
            yield base, "short"
        elif len(inner.split()) == 1 and is_short_for(inner, base):
            yield f"{base} {rest}".strip(), borne
            yield inner, "short"
        else:
            yield text, borne


def is_short_for(short: str, name: str) -> bool:
    """Say whether a word is made of the first letters of a name's words, small words or not.

    >>> is_short_for("IDAS", "Independent Domestic Abuse Service"), is_short_for("Leeds", "Alder")
    (True, False)
    """
    wanted = fold(short).replace(" ", "")
    return len(wanted) > 1 and wanted in initials(_words(name)[0])


def initials(words: list[str]) -> frozenset[str]:
    """Return the first letters of words, with and without the small ones."""
    small = {"and", "of", "the", "for", "in"}
    return frozenset(("".join(w[0] for w in words), "".join(w[0] for w in words if w not in small)))


def _words(text: str) -> tuple[list[str], frozenset[str]]:
    """Return the words of a name without its legal form, and the legal forms."""
    folded = fold(_DOTTED.sub(lambda m: m.group().replace(".", ""), text))
    for phrase, short in _PHRASES.items():
        folded = folded.replace(phrase, short)
    words = ["st" if word == "saint" else word for word in folded.split()]
    own = [word for word in words if word not in _LEGAL]
    if not own:  # a name that is nothing but such words keeps them
        return words, frozenset()
    return own, frozenset(_LEGAL[word] for word in words if word in _LEGAL)


def name_words(name: str) -> list[str]:
    """Return the words of a name in their order, without its legal form.

    >>> name_words("The Saint Alder's Trust Ltd.")
    ['st', 'alders', 'trust']
    """
    return _words(name)[0]


def read_number(identifier: str) -> tuple[str, str] | None:
    """Return scheme and number of an org-id, in one spelling; None for what numbers nothing.

    Leading noughts, lost or kept, make no difference. A filler such as 00000000 is none.

    >>> read_number("GB-COH-4320853"), read_number("gb-coh-SC1234"), read_number("GB-CHC-0500640")
    (('GB-COH', '04320853'), ('GB-COH', 'SC001234'), ('GB-CHC', '500640'))
    >>> read_number("GB-COH-00000000"), read_number("12")
    (None, None)
    """
    found = re.fullmatch(r"([A-Z]{2,3}-[A-Z0-9_]+)-(.+)", identifier.strip().upper())
    if found is None:
        return None
    scheme, number = found[1], re.sub(r"\s", "", found[2])
    if scheme == "GB-COH" and (parts := re.fullmatch(r"([A-Z]{0,2})(\d{1,8})", number)):
        number = parts[1] + parts[2].lstrip("0").zfill(8 - len(parts[1]))
    elif number.isdigit():
        number = number.lstrip("0")
    digits = re.sub(r"\D", "", number)
    is_filler = len(set(digits.lstrip("0"))) < 2 and len(digits) > 4
    if not re.search(r"\d", number) or is_filler or digits in ("12345678", "1234567", "123456"):
        return None
    return scheme, number
