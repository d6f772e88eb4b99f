"""Which pairs of organisations are worth weighing, out of all: found without comparing all.

Names that are equal or part of one another are found by looking up; names that are nearly equal
only inside blocks that share a rare word. A block that is too large is sorted and taken
in overlapping windows. So the work grows with the number of names, not with its square.

Source: P. Christen, Data Matching (2012), chapter 4: standard blocking, sorted neighbourhood.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from rehabgraph.queries.identity.forms import initials, name_words
from rehabgraph.queries.identity.organisations import Known, Party, pair_of
from rehabgraph.queries.identity.same import Identity
from rehabgraph.queries.identity.weigh import NEAR, Setting

SMALL = 6
"""Of so many equals that are known to differ each meets each; of more, each meets the known."""
WINDOW = 160
"""Most names that are compared each with each."""
RARE = 3
"""A name stands in the blocks of so many of its rarest words."""
INITIALS = 3
"""First letters that stand for more names than this stand for none."""


def find_pairs(
    parties: Iterable[Party], known: Known, identity: Identity
) -> list[tuple[Party, Party]]:
    """Return the pairs worth weighing, each once, in an order that the input's does not change.

    Of several that bear one name, each meets the first: the record's, or one with a number. If
    they are that one, they are one another. Where they are known to differ, each meets each.

    >>> ash, oak, elm = (Party(i, ((name, "name"),)) for i, name in
    ...                  (("a", "Ash Trust"), ("b", "The Ash Trust Ltd"), ("c", "Elm")))
    >>> [(one.iri, other.iri) for one, other in find_pairs([elm, oak, ash], Known(), Identity())]
    [('a', 'b')]
    """
    by_iri = {p.iri: p for p in sorted(parties, key=lambda p: p.rank)}
    bearers = group_by_key(by_iri.values())
    found = {pair for pair in known.proposed if pair[0] in by_iri and pair[1] in by_iri}
    numbers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for party in by_iri.values():
        for scheme, held in party.numbers.items():
            for number in held:
                numbers[(scheme, number)].append(party.iri)
    for group in (*numbers.values(), *bearers.values()):
        if len(group) > 1:
            found.update(_meet(group, _different(group, by_iri, identity)))
    for one, other in _links(by_iri.values()):
        found.update(_meet_across(bearers[one], bearers[other]))
    pairs = (tuple(sorted((by_iri[a], by_iri[b]), key=lambda p: p.rank)) for a, b in found)
    return sorted(((a, b) for a, b in pairs), key=lambda p: (p[0].rank, p[1].rank))


def describe_setting(parties: Iterable[Party], known: Known, identity: Identity) -> Setting:
    """Return what pairs are weighed against: names of several, and common words."""
    by_iri = {p.iri: p for p in sorted(parties, key=lambda p: p.rank)}
    words = Counter(w for tokens in _token_sets(by_iri.values()) for w in set(tokens))
    several = {}
    for key, irises in group_by_key(by_iri.values()).items():
        if len(irises) > 1 and (differ := _different(irises, by_iri, identity)):
            several[key] = tuple(f"{by_iri[i].label} ({i.rsplit('/', 1)[-1]})" for i in differ)
    return Setting(known, identity, several, words)


def group_by_key(parties: Iterable[Party]) -> dict[str, list[str]]:
    """Return the key of each name with the addresses of those that bear it, in the given order."""
    found: dict[str, list[str]] = defaultdict(list)
    for party in parties:
        for form in party.forms:
            found[form.key].append(party.iri)
    return found


def _different(
    irises: Sequence[str], by_iri: Mapping[str, Party], identity: Identity
) -> tuple[str, ...]:
    """Return those of a group of equals that are known to differ; none when none are."""
    recorded = {identity.first(i): i for i in reversed(irises) if not by_iri[i].rank[0]}
    found = dict.fromkeys(sorted(recorded.values())) if len(recorded) > 1 else {}
    numbers: dict[str, dict[frozenset[str], str]] = defaultdict(dict)
    for iri in irises:
        for scheme, held in by_iri[iri].numbers.items():
            numbers[scheme].setdefault(held, iri)
    for held_by in numbers.values():
        if len(held_by) > 1:
            found |= dict.fromkeys(held_by.values())
    if apart := [i for i in irises[1:] if identity.apart(irises[0], i)]:
        found |= dict.fromkeys([irises[0], *apart])
    return tuple(found)


def _meet(group: Sequence[str], differ: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a group of equals: of the first with each, or of those that differ."""
    if differ and len(group) <= SMALL:
        yield from (pair_of(a, b) for a, b in combinations(group, 2))
    for hub in differ[:SMALL] or group[:1]:
        yield from (pair_of(hub, other) for other in group if other != hub)


def _meet_across(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the pair of two groups' first, or of each with each where both are small."""
    if len(one) * len(other) <= SMALL:
        yield from (pair_of(a, b) for a in one for b in other if a != b)
    elif one[0] != other[0]:
        yield pair_of(one[0], other[0])


def _token_sets(parties: Iterable[Party]) -> dict[tuple[str, ...], None]:
    return {form.tokens: None for party in parties for form in party.forms}


def _links(parties: Iterable[Party]) -> set[tuple[str, str]]:
    """Return pairs of keys whose names are near, part of one another, or first letters."""
    keys: dict[tuple[str, ...], set[str]] = defaultdict(set)
    short: dict[str, set[str]] = defaultdict(set)
    for party in parties:
        for form in party.forms:
            keys[form.tokens].add(form.key)
            if len(form.tokens) > 2:
                for letters in initials(name_words(form.written)):
                    short[letters].add(form.key)
    found: set[tuple[str, str]] = set()
    for tokens, own in keys.items():
        found.update(combinations(sorted(own), 2))  # the same words in another order
        for partner in _parts_of(tokens):
            found.update((a, b) for a in own for b in keys.get(partner, ()))
        if len(tokens) == 1 and 2 < len(tokens[0]) <= SMALL:
            meant = short.get(tokens[0], set())
            if 0 < len(meant) <= INITIALS:
                found.update((tokens[0], key) for key in meant if key != tokens[0])
    for one, other in _near(sorted(keys)):
        found.update((a, b) for a in keys[one] for b in keys[other])
    return found


def _parts_of(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a name without one of its words, and without two."""
    for less in (1, 2):
        if less < len(tokens) <= 9:
            yield from (
                tuple(t for n, t in enumerate(tokens) if n not in out)
                for out in combinations(range(len(tokens)), less)
            )


def _near(names: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield pairs of names whose words, in alphabetical order, are nearly the same text."""
    import numpy as np
    from rapidfuzz import fuzz, process

    texts = [" ".join(tokens) for tokens in names]
    for block in _blocks(names):
        here = [texts[n] for n in block]
        likeness = process.cdist(
            here, here, scorer=fuzz.ratio, score_cutoff=NEAR - 0.5, dtype=np.uint8, workers=1
        )
        for a, b in np.argwhere(np.triu(likeness, 1) > 0).tolist():
            yield names[block[a]], names[block[b]]


def _blocks(names: Sequence[tuple[str, ...]]) -> Iterator[list[int]]:
    """Yield the numbers of names that share a rare word or, of short names, their beginning."""
    number = Counter(word for tokens in names for word in set(tokens))
    blocks: dict[str, list[int]] = defaultdict(list)
    for n, tokens in enumerate(names):
        rarest = sorted(set(tokens), key=lambda w: (number[w], w))
        for word in rarest[:RARE]:
            blocks[word].append(n)
        if len(tokens) <= 2:
            blocks[f"{''.join(tokens)[:5]}…"].append(n)
    for _, block in sorted(blocks.items()):
        if len(block) <= WINDOW:
            if len(block) > 1:
                yield block
            continue
        for start in range(0, len(block) - WINDOW // 2, WINDOW // 2):
            yield block[start : start + WINDOW]
