"""The slices of a market on a cluster: Spark counts them, the indices are the report's own.

What comes back to one machine is a row for each slice, holder and price, with how often it
occurs: as large as the market has providers and prices, not as it has contracts.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rehabgraph.graph.store import plain_number
from rehabgraph.queries.cluster.part import KEYS, ClusterPart
from rehabgraph.queries.intervals import SharedPrice
from rehabgraph.queries.large.slices import LargeSlice
from rehabgraph.queries.market import to_amount
from rehabgraph.queries.slices import SliceSizes


@dataclass(slots=True)
class ClusterSlice(LargeSlice):
    """One slice; how many contracts and lines lie in it, and not which."""

    contracts: int = 0
    lines: int = 0

    @property
    def sizes(self) -> SliceSizes:
        """How many contracts, cells and priced lines lie in the slice."""
        return SliceSizes(self.contracts, self.cells, self.lines)

    def ids(self, basis: str) -> list[str]:  # noqa: ARG002
        """Return nothing: at this size the addresses behind a figure are left out."""
        return []


def read_cluster_slices(part: ClusterPart, by: Sequence[str], of: str) -> list[ClusterSlice]:
    """Return the slices of a part in order of key.

    Args:
        part: the part of the market.
        by: sides to cut along: `lot`, `region`, `area`, `cohort`, `round`; empty for one slice.
        of: who holds: `provider`, `group` or `kind`.
    """
    places = _place(part, by, of).cache()
    found = {}
    for key, contracts, cells, unpriced in _size(part, places).collect():
        found[tuple(key)] = ClusterSlice(tuple(key), cells, unpriced, contracts=contracts)
    for key, holder, contracts, cells in _hold(places).collect():
        found[tuple(key)].held[holder] = (contracts, cells)
    for key, holder, cells, times in _block(places).collect():
        blocks = found[tuple(key)].cell_blocks.setdefault(holder, [])
        blocks += [float(cells)] * times
    known: dict[tuple[str, ...], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for key, holder, whole, value, times in _price(part, places).collect():
        one = found[tuple(key)]
        one.lines += times
        one.worth_most += plain_number(value) * times
        if whole:
            one.worth += plain_number(value) * times
            known[one.key][holder] += [to_amount(plain_number(value))] * times
        else:
            amount = to_amount(plain_number(value * times))
            one.shared = (*one.shared, SharedPrice(holder, amount))
    for at, of_holders in known.items():
        found[at].known = {holder: tuple(prices) for holder, prices in of_holders.items()}
    places.unpersist()
    return [found[at] for at in sorted(found)]


def _place(part: ClusterPart, by: Sequence[str], of: str) -> Any:  # noqa: ANN401
    """Return a row for each contract inside and each of its areas wanted, with its slice."""
    sides = ", ".join("coalesce(area, '')" if side == "area" else side for side in by)
    places = part.inside.selectExpr(
        "row",
        "award",
        "lot",
        "coalesce(area, '') as area",
        f"cast(array({sides}) as array<string>) as key",
        f"{KEYS[of]} as holder",
    )
    return places.where(places.area.isin(*part.filters.areas)) if part.filters.areas else places


def _size(part: ClusterPart, places: Any) -> Any:  # noqa: ANN401
    from pyspark.sql import functions as f

    priced = part.priced.selectExpr("award", "true as priced")
    cell, unpriced = f.struct("lot", "area"), f.expr("if(priced is null, row, null)")
    marked = places.join(priced, "award", "left")
    return marked.groupBy("key").agg(
        f.countDistinct("row"), f.countDistinct(cell), f.countDistinct(unpriced)
    )


def _hold(places: Any) -> Any:  # noqa: ANN401
    from pyspark.sql import functions as f

    cell = f.struct("lot", "area")
    return places.groupBy("key", "holder").agg(f.countDistinct("row"), f.countDistinct(cell))


def _block(places: Any) -> Any:  # noqa: ANN401
    """Return how often a contract of a holder adds so many cells; a cell counts with the first."""
    from pyspark.sql import functions as f

    first = places.groupBy("key", "holder", "lot", "area").agg(f.min("row").alias("row"))
    blocks = first.groupBy("key", "holder", "row").agg(f.count("*").alias("cells"))
    return blocks.groupBy("key", "holder", "cells").count()


def _price(part: ClusterPart, places: Any) -> Any:  # noqa: ANN401
    """Return how often a holder has a price in a slice, wholly or not."""
    from pyspark.sql import functions as f

    pairs = part.listed.where("award is not null").groupBy("award").agg(f.count("*").alias("all"))
    here = (
        places.where("award is not null")
        .groupBy("award", "key")
        .agg(f.count("*").alias("mine"), f.min_by("holder", "row").alias("holder"))
    )
    prices = part.priced.join(here, "award").join(pairs, "award")
    return (
        prices.selectExpr("key", "holder", "mine = all as whole", "value")
        .groupBy("key", "holder", "whole", "value")
        .count()
    )
