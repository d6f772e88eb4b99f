"""One thing and what it touches: a network cut down to the neighbourhood of a thing."""

from collections.abc import Iterable
from dataclasses import replace

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.pictures.items import find_coverage, find_sources, measure_totals
from rehabgraph.queries.pictures.links import find_link_sources
from rehabgraph.queries.pictures.network import Picture, Tie
from rehabgraph.queries.report import Coverage


def focus_picture(picture: Picture, wanted: str, steps: int = 1) -> Picture:
    """Return the part of a network that lies within some steps of a thing.

    Args:
        picture: the whole network.
        wanted: `kind/id` of the thing in the middle.
        steps: 1 for what it touches, 2 for what those touch too.

    Raises:
        BadParameter: the thing is not in the network, or the steps are not 1 or 2.
    """
    if steps not in (1, 2):
        raise BadParameter(f"--steps {steps}: only 1 or 2 can be shown")
    names = {t.id: t.label for t in picture.things}
    lead = f"lead-2021/{wanted.rsplit('/', 1)[-1]}"
    middles = [id_ for id_ in (wanted, lead) if id_ in names]
    if not middles:
        name = wanted.rsplit("/", 1)[-1]
        raise BadParameter(
            f"--focus {name}: not in this network; try --of all, or leave out the filters"
        )
    ties = find_ties_around(picture.ties, middles, steps)
    kept = {end for tie in ties for end in (tie.source, tie.target)} | set(middles)
    rows = {tie.item for tie in ties if tie.item}
    ties = tuple(t for t in picture.ties if t in ties or t.item in rows)
    kept |= {end for tie in ties for end in (tie.source, tie.target)}
    items = tuple(i for i in picture.items if i.id in rows)
    links = tuple(link for link in picture.links if link.id in rows)
    coverage = (
        Coverage(
            sum(any(b.evidence for b in link.bases) for link in links),
            len(links),
            newest_source=picture.coverage.newest_source,
        )
        if picture.links
        else find_coverage(items, picture.sources)
    )
    sources = (
        find_link_sources(links, picture.sources)
        if picture.links
        else find_sources(items, picture.sources)
    )
    return replace(
        picture,
        title=f"{picture.title}: {names[middles[0]]} and what it touches",
        things=tuple(t for t in picture.things if t.id in kept),
        ties=ties,
        items=items,
        links=links,
        tie_kinds=tuple(k for k in picture.tie_kinds if any(t.kind == k[0] for t in ties)),
        totals=measure_totals(items),
        coverage=coverage,
        sources=sources,
    )


def find_ties_around(ties: Iterable[Tie], middles: Iterable[str], steps: int) -> tuple[Tie, ...]:
    """Return the ties that begin within fewer than `steps` ties of a thing, in their order.

    >>> chain = [Tie("1", "t", "a", "b"), Tie("2", "t", "b", "c"), Tie("3", "t", "c", "d")]
    >>> [t.id for t in find_ties_around(chain, ["a"], 2)]
    ['1', '2']
    """
    every, near = tuple(ties), set(middles)
    found: set[str] = set()
    for _ in range(steps):
        here = [t for t in every if t.source in near or t.target in near]
        found |= {t.id for t in here}
        near |= {end for t in here for end in (t.source, t.target)}
    return tuple(t for t in every if t.id in found)
