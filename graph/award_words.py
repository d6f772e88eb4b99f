"""Words of an award list: spelling variants made equal, and lists of known names."""

import unicodedata
from collections.abc import Mapping

from rehabgraph.graph.award_results import NameMatch
from rehabgraph.graph.errors import InvalidData

_SPACES = "\t\r\x0b\x0c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
_SPACES += "\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_PLAIN = str.maketrans(
    dict.fromkeys(_SPACES, " ") | dict.fromkeys(_DASHES, "-") | dict.fromkeys("‘’ʼ′`", "'")
)


def plain(text: str) -> str:
    """Return the text with plain spaces, dashes and apostrophes; its length stays the same.

    >>> plain("St\u00a0Mungo’s – £5")
    "St Mungo's - £5"
    """
    return text.translate(_PLAIN)


def key(text: str) -> str:
    """Return the form under which two spellings of a name count as the same name.

    Case, kinds of space, dash and apostrophe, and `&` for `and` make no difference; every
    other character does.

    >>> key("Yorkshire & The Humber") == key("Yorkshire and the Humber")
    True
    """
    folded = unicodedata.normalize("NFKC", plain(text)).casefold()
    return " ".join(folded.replace("&", " and ").replace("-", " ").split())


class Names:
    """Organisations by name and alias; answers whom a printed name means."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._ids: dict[str, set[str]] = {}
        self._spelled: dict[str, str] = {}
        self._answers: dict[str, NameMatch] = {}
        for name, id_ in sorted(names.items()):
            self._ids.setdefault(key(name), set()).add(id_)
            self._spelled.setdefault(key(name), name)

    def match(self, printed: str) -> NameMatch:
        """Return the match of one printed name; nothing but an exact match is `known`."""
        wanted = key(printed)
        if wanted not in self._answers:
            self._answers[wanted] = self._match(wanted)
        return self._answers[wanted]

    def _match(self, wanted: str) -> NameMatch:
        if found := self._ids.get(wanted):
            spelled = self._spelled[wanted]
            if len(found) == 1:
                return NameMatch(next(iter(found)), "known", spelled, 100.0, "is a known name")
            several = ", ".join(sorted(found))
            return NameMatch(None, "unknown", spelled, 100.0, f"is a name of several: {several}")
        from rapidfuzz import fuzz, process

        known = list(self._ids)
        near = process.extract(wanted, known, scorer=fuzz.WRatio, limit=None, score_cutoff=80)
        if not near:
            return NameMatch(None, "unknown", None, 0.0, "is like no known name")
        nearest, score, _ = min(near, key=lambda hit: (-hit[1], hit[0]))
        found, spelled = self._ids[nearest], self._spelled[nearest]
        likeness = f"is not a known name; the nearest is {spelled!r} (likeness {score:.0f} of 100)"
        if len(found) > 1:
            return NameMatch(None, "unknown", spelled, score, likeness + ", a name of several")
        return NameMatch(next(iter(found)), "proposed", spelled, score, likeness)


def index_names(names: Mapping[str, str], what: str) -> dict[str, str]:
    """Return the ids by the key of their names.

    Args:
        names: name or alias → id.
        what: what the ids are, for the message.

    Raises:
        InvalidData: one name stands for two ids.

    >>> index_names({"Avon & Somerset": "avon-and-somerset"}, "area")
    {'avon and somerset': 'avon-and-somerset'}
    """
    index: dict[str, str] = {}
    for name, id_ in names.items():
        if index.setdefault(key(name), id_) != id_:
            both = f"{index[key(name)]} and {id_}"
            raise InvalidData([f"{what} name {name!r} stands for both {both}; keep one of them"])
    index.pop("", None)
    return index


def nearest_name(wanted: str, index: Mapping[str, str]) -> str:
    """Return ` (nearest: …)` for a message, or nothing when no name is near.

    >>> nearest_name("lincolnshre", {"lincolnshire": "lincolnshire", "kent": "kent"})
    ' (nearest: lincolnshire)'
    """
    from rapidfuzz import fuzz, process

    hit = process.extractOne(wanted[:200], list(index), scorer=fuzz.ratio, score_cutoff=75)
    return f" (nearest: {hit[0]})" if hit else ""
