"""One side of a two-sided network joined by what its nodes share, small or large."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, pairwise

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
    from scipy.sparse import csr_array, triu

    names = sorted(held)
    places: dict[str, int] = {}
    rows, columns = [], []
    for row, name in enumerate(names):
        for neighbour in set(held[name]):
            rows.append(row)
            columns.append(places.setdefault(neighbour, len(places)))
    shape = (len(names), max(1, len(places)))
    incidence = csr_array(([1] * len(rows), (rows, columns)), shape=shape, dtype="int32")
    across = incidence.T.tocsc()
    for start in range(0, len(names), ROWS_A_BLOCK):
        block = triu(incidence[start : start + ROWS_A_BLOCK] @ across, k=start + 1).tocsr()
        block.sort_indices()
        ends = block.indptr.tolist()
        others, numbers = block.indices.tolist(), block.data.tolist()
        for at, (begin, end) in enumerate(pairwise(ends)):
            one = names[start + at]
            for other, number in zip(others[begin:end], numbers[begin:end], strict=True):
                yield one, names[other], number
