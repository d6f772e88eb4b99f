"""One side of a two-sided network joined by what its nodes share, small or large."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

SPARSE_FROM = 1_000
"""From so many nodes of a side a sparse matrix product counts what they share: many times faster,
while below it loading SciPy costs more than it saves."""
ROWS_A_BLOCK = 2_000


def count_shared(held: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str, int]]:
    """Yield each two nodes that share a neighbour, in order of name, with the number they share.

    Args:
        held: node of the one side → its neighbours on the other.

    >>> list(count_shared({"Birch": ["Kent"], "Ash": ["Kent", "Essex"], "Cedar": []}))
    [('Ash', 'Birch', 1)]

    Source: Breiger, The duality of persons and groups, Social Forces 53 (1974) 181–190: the
    number shared is the product of the incidence matrix and its transpose.
    """
    return _count_sparse(held) if len(held) >= SPARSE_FROM else _count_plain(held)


def _count_plain(held: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str, int]]:
    sets = {name: set(held[name]) for name in sorted(held)}
    for one, other in combinations(sets, 2):
        if both := sets[one] & sets[other]:
            yield one, other, len(both)


def _count_sparse(held: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str, int]]:
    import numpy as np

    names = sorted(held)
    named = np.array(names, dtype=object)
    for ones, others, numbers in _multiply_incidence(_build_incidence(held, names)):
        yield from zip(named[ones].tolist(), named[others].tolist(), numbers.tolist(), strict=True)


def _build_incidence(held: Mapping[str, Collection[str]], names: Sequence[str]) -> Any:  # noqa: ANN401
    """Return who holds what as a sparse matrix of ones, a row for each name in their order."""
    import numpy as np
    from scipy.sparse import csr_array

    neighbours = [neighbour for name in names for neighbour in held[name]]
    places = {neighbour: n for n, neighbour in enumerate(dict.fromkeys(neighbours))}
    columns = [places[neighbour] for neighbour in neighbours]
    ends = np.cumsum([0, *(len(held[name]) for name in names)])
    shape = (len(names), max(1, len(places)))
    found = csr_array((np.ones(len(columns), "int32"), columns, ends), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1  # a neighbour that is named twice is held once
    return found


def _multiply_incidence(incidence: Any) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401
    """Yield arrays, block by block in order: row, a later row, and how many columns they share.

    A block turned to columns and back is in order, sooner than one that is sorted.
    """
    import numpy as np

    across = incidence.T.tocsr()
    for start in range(0, incidence.shape[0], ROWS_A_BLOCK):
        block = (incidence[start : start + ROWS_A_BLOCK] @ across).tocsc().tocsr()
        rows = np.repeat(np.arange(start, start + block.shape[0]), np.diff(block.indptr))
        later = block.indices > rows
        yield rows[later], block.indices[later], block.data[later]
