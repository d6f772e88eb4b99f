"""What is left as nodes go: the network's largest part, or the demand that is still served."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter, InvalidAmount, NetworkShapeError
from rehabgraph.queries.amounts import check_amount
from rehabgraph.queries.structure_shape import simple_graph

if TYPE_CHECKING:
    import networkx as nx

BY_DEGREE = "degree"
BY_VALUE = "value"


@dataclass(frozen=True, slots=True)
class Step:
    """The share left after one more removal; the first step removes nothing."""

    removed: str | None
    gone: int
    share: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """A robustness curve: what its share counts, the order of removal, and the mean share.

    `mean` is the mean of the shares after each removal (without the first step): R in the papers
    cited by the functions when every node is removed.
    """

    counts: str
    order: str
    steps: tuple[Step, ...]
    mean: float


def measure_robustness(
    net: nx.Graph[str],
    *,
    by: str = BY_DEGREE,
    values: Mapping[str, float] | None = None,
    removable: Collection[str] | None = None,
) -> Robustness:
    """Return the share of all nodes in the largest connected part as nodes are removed.

    Args:
        net: a network; weights do not matter.
        by: `degree` removes the node with most ties left, counted again after each removal;
            `value` removes the node with the highest value first. Ties in rank go by name.
        values: node → value, for `value`; each removable node needs one.
        removable: the nodes that may go, all by default (give providers only, for instance).

    Returns:
        The curve, one step for each removable node.

    Raises:
        BadParameter: `by` is neither, or a value is missing, negative or no number.
        NetworkShapeError: the network is empty, has a self-loop, or lacks a removable node.

    Example:
        >>> import networkx as nx
        >>> star = nx.Graph([("Hub", "Ash"), ("Hub", "Birch"), ("Hub", "Cedar")])
        >>> [step.share for step in measure_robustness(star).steps]
        [1.0, 0.25, 0.25, 0.25, 0.0]

    Source:
        Albert, Jeong and Barabási, Error and attack tolerance of complex networks, Nature 406
        (2000) 378–382; Schneider, Moreira, Andrade, Havlin and Herrmann, Mitigation of malicious
        attacks on networks, PNAS 108 (2011) 3838–3841, for the mean R.
    """
    simple = simple_graph(net)
    going = set(simple if removable is None else removable)
    if stray := sorted(going - set(simple)):
        raise NetworkShapeError(f"{stray[0]} cannot be removed: it is not in the network")
    fall = by == BY_DEGREE
    order = _by_falling_degree(simple, going) if fall else _by_value(by, going, values)
    sizes = _largest_parts(simple, order)
    return _curve("nodes in the largest connected part", by, order, sizes, len(simple))


def measure_service_robustness(
    served: Mapping[str, Collection[str]],
    *,
    by: str = BY_DEGREE,
    values: Mapping[str, float] | None = None,
) -> Robustness:
    """Return the share of demand cells that still have a provider as providers are removed.

    Args:
        served: demand cell (for instance a lot in an area) → its providers; a cell without a
            known provider counts as a cell that is not served.
        by: `degree` removes the provider that serves most cells first, counted once at the start;
            `value` removes the provider with the highest value first. Ties in rank go by name.
        values: provider → value, for `value`; each provider needs one.

    Returns:
        The curve, one step for each provider.

    Raises:
        BadParameter: `by` is neither, or a value is missing, negative or no number.
        NetworkShapeError: there are no cells.

    Example:
        >>> cells = {"Kent ETE": ["Ash"], "Kent ACC": ["Ash", "Birch"], "Essex ETE": ["Cedar"]}
        >>> [round(step.share, 2) for step in measure_service_robustness(cells).steps]
        [1.0, 0.67, 0.33, 0.0]

    Source:
        Memmott, Waser and Price, Tolerance of pollination networks to species extinctions,
        Proceedings of the Royal Society B 271 (2004) 2605–2611; Burgos and others, Why
        nestedness in mutualistic networks?, Journal of Theoretical Biology 249 (2007) 307–313,
        for the mean R.
    """
    if not served:
        raise NetworkShapeError("there are no demand cells: widen the filters")
    cells: dict[str, set[str]] = {}
    for cell, providers in served.items():
        for provider in providers:
            cells.setdefault(provider, set()).add(cell)
    if by == BY_DEGREE:
        order = sorted(cells, key=lambda name: (-len(cells[name]), name))
    else:
        order = _by_value(by, cells, values)
    left = {cell: len(set(providers)) for cell, providers in served.items()}
    counts = [sum(1 for number in left.values() if number)]
    for provider in order:
        for cell in cells[provider]:
            left[cell] -= 1
        counts.append(counts[-1] - sum(1 for cell in cells[provider] if not left[cell]))
    return _curve("demand cells with a provider", by, order, counts, len(served))


def _curve(counts: str, by: str, order: list[str], sizes: list[int], whole: int) -> Robustness:
    shares = [size / whole for size in sizes]
    steps = [Step(None, 0, shares[0])]
    steps += [Step(node, i, shares[i]) for i, node in enumerate(order, start=1)]
    mean = fsum(shares[1:]) / len(order) if order else shares[0]
    return Robustness(counts, by, tuple(steps), mean)


def _by_falling_degree(simple: nx.Graph[str], going: set[str]) -> list[str]:
    """Return the nodes in order of their ties left, counted again after each removal."""
    from heapq import heapify, heappop, heappush

    degree = dict(simple.degree)
    heap = [(-degree[node], node) for node in going]
    heapify(heap)
    order: list[str] = []
    gone: set[str] = set()
    while heap:
        rank, node = heappop(heap)
        if node in gone or -rank != degree[node]:
            continue
        order.append(node)
        gone.add(node)
        for other in simple[node]:
            degree[other] -= 1
            if other in going and other not in gone:
                heappush(heap, (-degree[other], other))
    return order


def _by_value(by: str, going: Iterable[str], values: Mapping[str, float] | None) -> list[str]:
    if by != BY_VALUE:
        raise BadParameter(f"no removal by {by}: choose {BY_DEGREE} or {BY_VALUE}")
    known, worth = values or {}, dict[str, float]()
    for node in sorted(going):
        try:
            worth[node] = check_amount(known.get(node), node)
        except InvalidAmount as e:
            raise BadParameter(
                f"{node} has no known value, so its turn is unknown: remove by {BY_DEGREE}, "
                f"or leave it out of what may be removed ({e})"
            ) from e
    return sorted(worth, key=lambda node: (-worth[node], node))


def _largest_parts(simple: nx.Graph[str], order: list[str]) -> list[int]:
    """Return the size of the largest part before and after each removal.

    Nodes are put back in reverse order and joined to what is there, which takes one pass.
    """
    root = {node: node for node in simple}
    size = dict.fromkeys(simple, 1)
    there: set[str] = set()
    largest = 0

    def top(node: str) -> str:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    def put_back(node: str) -> int:
        there.add(node)
        most = 1
        for other in simple[node]:
            if other in there and (a := top(node)) != (b := top(other)):
                root[b] = a
                size[a] += size[b]
                most = size[a]
        return max(most, largest)

    for node in set(simple) - set(order):
        largest = put_back(node)
    sizes = [largest]
    for node in reversed(order):
        largest = put_back(node)
        sizes.append(largest)
    return sizes[::-1]
