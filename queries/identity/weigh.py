"""What speaks for and against two organisations being one, in words and as a score.

Only numbers of a register that gives one organisation one number can make a proposal
`certain`. A name never does: homonyms exist. What speaks against sets a ceiling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehabgraph.queries.identity.forms import ONE_TO_ONE, STRENGTH, Form, initials, name_words
from rehabgraph.queries.identity.organisations import Known, Party, pair_of
from rehabgraph.queries.identity.same import Identity, is_recorded
from rehabgraph.queries.report import join_names

CERTAIN, LIKELY, POSSIBLE = 97, 80, 50
"""Least score of each decision; what scores less is not proposed."""
NEAR = 88
"""Likeness from which two different names are compared: rapidfuzz's ratio, words in order."""
SHORT = 4
"""A name of so many letters or fewer is borne by many."""
COMMON = 3
"""A word in so many different names says little by itself."""
SOFT = frozenset((
    "uk", "gb", "group", "services", "service", "holdings", "holding", "international",
    "charity", "charitable", "organisation", "organization", "association", "company", "project",
    "england", "national", "trading", "enterprises", "global",
))  # fmt: skip
"""Words that names of one organisation gain and lose; those of a subsidiary too."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far two organisations may be one.

    Attributes:
        score: 0 to 100; not a probability.
        reasons: what speaks for it, then what speaks against.
    """

    score: int
    reasons: tuple[str, ...]

    @property
    def decision(self) -> str:
        """`certain`, `likely`, `possible`, or empty for too little."""
        steps = ((CERTAIN, "certain"), (LIKELY, "likely"), (POSSIBLE, "possible"))
        return next((word for least, word in steps if self.score >= least), "")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a pair is weighed against: the other names of the store and what is known.

    Attributes:
        known: places, relations and proposals.
        identity: what is judged.
        bearers: key of a name → names of the different organisations that bear it, where
            there are several.
        words: word → number of different names that it stands in.
    """

    known: Known = field(default_factory=Known)
    identity: Identity = field(default_factory=Identity)
    bearers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: a score, how (`equal`, `near`, `part`, `short`), and in words."""

    score: int = 0
    how: str = ""
    words: str = ""


def weigh_pair(one: Party, other: Party, setting: Setting) -> Evidence:
    """Return what speaks for and against two organisations being one.

    It does not matter which is given first.

    >>> alder = Party("a", (("Alder Trust", "name"),), ("GB-COH-01234567",))
    >>> weigh_pair(alder, Party("x:1", (("ALDER TRUST LTD", "name"),), ("GB-COH-1234567",)),
    ...            Setting()).decision
    'certain'
    >>> weigh_pair(alder, Party("x:1", (("Alder Trust", "name"),)), Setting()).decision
    'likely'
    """
    one, other = sorted((one, other), key=lambda p: p.rank)
    name = compare_names(one, other, setting)
    shared, shared_more, conflicts = _compare_numbers(one, other)
    reasons = [f"both have {number}" for number in (*shared, *shared_more)]
    reasons += [name.words] if name.words else []
    score, against = name.score, list(conflicts)
    ceilings = [55] if conflicts else []
    if shared:
        strangers = not name.words and not _share_words(one, other)
        score = 90 if strangers and len(shared) == 1 else 98 if name.score < LIKELY else 100
        if strangers:
            against.append(
                f"the names have nothing in common: {one.label!r}, {other.label!r}; a number can "
                "be given to the wrong party"
            )
    elif shared_more:
        score = 92 if name.how == "equal" and name.score >= LIKELY else 62
        against.append("that register can give one number to several, so it does not settle it")
    for ceiling, words in _objections(one, other, name, setting, bool(shared)):
        ceilings.append(ceiling)
        against.append(words)
    numbered = shared or shared_more
    if not numbered and name.how != "equal" and (conflicts or min([100, *ceilings]) <= 60):
        score = 0  # names that differ, of organisations that are known to differ
    for _, reason in setting.known.proposed.get(pair_of(one.iri, other.iri), ()):
        reasons.append(
            f"an import proposes it: {reason}" if score < POSSIBLE else "an import proposes it too"
        )
        score = max(score, POSSIBLE)
    reasons += [f"against it: {text}" for text in dict.fromkeys(against)]
    return Evidence(min([score, *ceilings]), tuple(reasons))


def _objections(
    one: Party, other: Party, name: Likeness, setting: Setting, has_shared: bool
) -> list[tuple[int, str]]:
    """Return what sets a ceiling to the score, each with its words."""
    found = []
    if judged := setting.identity.apart(one.iri, other.iri):
        ids = join_names(j.id for j in judged)
        found.append((POSSIBLE, f"judged not to be the same, themselves or what they are: {ids}"))
    if how := setting.known.related.get(pair_of(one.iri, other.iri)):
        found.append((52, f"the record holds them as two that are related ({how})"))
    if one.codes and other.codes and not set(one.codes) & set(other.codes):
        codes = f"{', '.join(one.codes)} and {', '.join(other.codes)}"
        found.append((60, f"the ministry's records give them codes of their own: {codes}"))
    elif is_recorded(one.iri) and is_recorded(other.iri) and not has_shared:
        found.append((79, "the tables hold them as two organisations"))
    if has_shared and (words := _places_differ(one, other, setting.known)):
        found.append((90, words))
    if name.how == "equal" and not has_shared:
        legal = [{x for f in p.forms for x in f.legal} for p in (one, other)]
        if all(legal) and not legal[0] & legal[1]:
            forms = f"{' or '.join(sorted(legal[0]))} against {' or '.join(sorted(legal[1]))}"
            found.append((70, f"the legal forms differ: {forms}"))
    return found


def _compare_numbers(one: Party, other: Party) -> tuple[list[str], list[str], list[str]]:
    """Return the numbers that two share, those of other registers, and the conflicts."""
    shared: list[str] = []
    more: list[str] = []
    conflicts = []
    for scheme in sorted(set(one.numbers) & set(other.numbers)):
        mine, theirs = one.numbers[scheme], other.numbers[scheme]
        if both := mine & theirs:
            (shared if scheme in ONE_TO_ONE else more).extend(f"{scheme}-{n}" for n in sorted(both))
        elif scheme in ONE_TO_ONE:
            numbers = f"{', '.join(sorted(mine))} and {', '.join(sorted(theirs))}"
            conflicts.append(f"{scheme} gives them different numbers: {numbers}")
    return shared, more, conflicts


def _share_words(one: Party, other: Party) -> bool:
    """Say whether any two of their names share a word that is not a soft one."""
    words = [{w for f in p.forms for w in f.tokens if len(w) > 2} - SOFT for p in (one, other)]
    keys = [{f.key for f in p.forms} for p in (one, other)]
    inside = any(a in b or b in a for a in keys[0] for b in keys[1] if min(len(a), len(b)) > SHORT)
    return bool(words[0] & words[1]) or inside


def _places_differ(one: Party, other: Party, known: Known) -> str:
    """Return in words that two names say different places, or different numbers, else nothing."""
    for a in one.forms:
        for b in other.forms:
            if _differ_in_place(set(a.tokens), set(b.tokens), known.places):
                return f"the names tell two places or numbers apart: {a.written!r}, {b.written!r}"
    return ""


def _differ_in_place(one: set[str], other: set[str], places: frozenset[str]) -> bool:
    """Say whether names differ on both sides, in words of places or numbers alone."""
    mine, theirs = one - other, other - one
    told = {w for w in mine | theirs if w in places or any(c.isdigit() for c in w)}
    return bool(mine) and bool(theirs) and told == mine | theirs


def compare_names(one: Party, other: Party, setting: Setting) -> Likeness:
    """Return the best likeness of any name of the one to any name of the other."""
    found = [
        like
        for a in one.forms
        for b in other.forms
        if (like := _compare_forms(a, b, setting)).score
    ]
    return max(found, key=lambda like: (like.score, like.words), default=Likeness())


def _compare_forms(a: Form, b: Form, setting: Setting) -> Likeness:
    both = f"{a.written!r} and {b.written!r}"
    if a.key == b.key:
        return _equal(a, b, setting)
    mine, theirs = set(a.tokens), set(b.tokens)
    if a.tokens == b.tokens:
        return Likeness(LIKELY - 1, "near", f"the names have the same words: {both}")
    if mine < theirs or theirs < mine:
        less, more = (a, b) if mine < theirs else (b, a)
        return _part(less, set(more.tokens) - set(less.tokens), both, setting)
    if len(a.tokens) == 1 or len(b.tokens) == 1:
        short, long = (a, b) if len(a.tokens) == 1 else (b, a)
        if len(long.tokens) > 2 and short.key in initials(name_words(long.written)):
            return Likeness(55, "short", f"{short.written!r} has the first letters of "
                            f"{long.written!r}; many names may have them")  # fmt: skip
    differ = mine ^ theirs
    if any(c.isdigit() for w in differ for c in w):
        return Likeness()
    if _differ_in_place(mine, theirs, setting.known.places):
        return Likeness()
    from rapidfuzz import fuzz

    ratio = round(fuzz.ratio(a.text, b.text))
    if ratio < NEAR:
        return Likeness()
    words = f"the names are alike, not equal: {both} (likeness {ratio} of 100)"
    return Likeness(min(LIKELY - 1, ratio - 14), "near", words)


def _equal(a: Form, b: Form, setting: Setting) -> Likeness:
    hows = [f.how for f in (a, b)]
    score = min(STRENGTH.get(how, 74) for how in hows)
    words = f"{_borne(a)} is, but for spelling, {_borne(b)}"
    if _borne(a) == _borne(b):
        words = f"both have {_borne(a)}"
    if others := setting.bearers.get(a.key):
        names = ", ".join(others[:4]) + (" …" if len(others) > 4 else "")
        return Likeness(min(score, 65), "equal", f"{words}, a name of several: {names}")
    if len(a.key) <= SHORT:
        return Likeness(min(score, 65), "equal", f"{words}; a short name, which others may bear")
    if len(a.tokens) == 1 and setting.words.get(a.key, 0) > COMMON:
        return Likeness(min(score, 70), "equal", f"{words}; a word that many names have")
    return Likeness(score, "equal", words)


def _borne(form: Form) -> str:
    """Return a name with how it is borne, where that weakens it."""
    weak = {"brand": "the brand", "former": "the former name", "alias": "the alias",
            "short": "the short name", "trading": "the trading name"}  # fmt: skip
    return f"{weak.get(form.how, 'the name')} {form.written!r}"


def _part(less: Form, extra: set[str], both: str, setting: Setting) -> Likeness:
    """Return the likeness of a name to one that holds it and a word or two more."""
    if len(extra) > 2 or (len(less.key) < SHORT and not extra <= SOFT):
        return Likeness()
    more = f"one name is part of the other: {both}; what is more ({', '.join(sorted(extra))})"
    common = len(less.tokens) == 1 and setting.words.get(less.tokens[0], 0) > COMMON
    if extra <= SOFT and not common and len(less.key) >= SHORT:
        return Likeness(72, "part", f"{more} says little")
    if extra <= setting.known.places | SOFT and not common:
        return Likeness(62, "part", f"{more} names a place")
    return Likeness(52, "part", f"{more} may be another organisation")
