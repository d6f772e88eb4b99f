"""The slices of a large market: DuckDB counts them, the indices are the report's own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rehabgraph.graph.store import plain_number
from rehabgraph.ontology import ID
from rehabgraph.queries.intervals import SharedPrice
from rehabgraph.queries.large.part import LargePart, open_part
from rehabgraph.queries.large.shares import KEYS
from rehabgraph.queries.market import Filters, Market, Money, PartTotals, to_amount
from rehabgraph.queries.slices import SliceSizes

if TYPE_CHECKING:
    from rehabgraph.graph.large.facts import Facts
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.report import SourceRef

PLACES = """CREATE TEMP TABLE places AS
  SELECT row, contract, award, lot, coalesce(area, '') AS area, {key} AS key, {holder} AS holder
  FROM inside
  WHERE len($areas::VARCHAR[]) = 0 OR list_contains($areas::VARCHAR[], coalesce(area, ''))"""
"""A row for each contract inside and each of its areas among those wanted, with its slice."""
PRICES = """CREATE TEMP TABLE prices AS
  WITH every AS (
    SELECT award, count(*) AS pairs FROM listed WHERE award IS NOT NULL GROUP BY award),
  here AS (SELECT award, key, count(*) AS pairs, arg_min(holder, row) AS holder
    FROM places WHERE award IS NOT NULL GROUP BY award, key)
  SELECT l.row, l.award, l.value, here.key, here.holder, here.pairs = every.pairs AS whole
  FROM chosen l JOIN here USING (award) JOIN every USING (award)"""
"""A row for each priced line and slice that it lies in, wholly or not."""
SIZES = """SELECT key, count(DISTINCT (lot, area)),
    count(DISTINCT row) FILTER (award IS NULL OR award NOT IN (SELECT award FROM chosen))
  FROM places GROUP BY key"""
HOLDERS = """SELECT key, holder, count(DISTINCT row), count(DISTINCT (lot, area))
  FROM places GROUP BY key, holder"""
BLOCKS = """SELECT key, holder, list(cells) FROM (
    SELECT key, holder, row, count(*) AS cells FROM (
      SELECT key, holder, lot, area, min(row) AS row FROM places GROUP BY ALL)
    GROUP BY key, holder, row)
  GROUP BY key, holder"""
"""A cell counts with the first of the holder's contracts in it."""
CONTRACT_IDS = """SELECT key, list($contract || contract ORDER BY row)
  FROM (SELECT DISTINCT key, row, contract FROM places) GROUP BY key"""
LINE_PRICES = """SELECT key, list($award || award ORDER BY row), list(holder ORDER BY row),
    list(value ORDER BY row), list(whole ORDER BY row) FROM prices GROUP BY key"""


@dataclass(slots=True)
class LargeSlice:
    """One slice of a large market: what `slices.Slice` says, without its rows.

    Attributes:
        key: one id for each side that the market was cut along.
        cells: number of cells (lot, area).
        unpriced: number of contracts of which no price is published.
        contract_ids: addresses of its contracts.
        line_ids: addresses of its priced lines.
        known: holder → prices that lie in it for certain, in pounds.
        shared: prices that lie in it only partly.
        held: holder → its contracts and its cells, by number.
        cell_blocks: holder → the cells that each of its contracts adds.
        worth: the sum of the known prices, exactly.
        worth_most: the same with the whole of the shared ones.
    """

    key: tuple[str, ...]
    cells: int
    unpriced: int
    contract_ids: list[str] = field(default_factory=list)
    line_ids: list[str] = field(default_factory=list)
    known: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    shared: tuple[SharedPrice, ...] = ()
    held: dict[str, tuple[int, int]] = field(default_factory=dict)
    cell_blocks: dict[str, list[float]] = field(default_factory=dict)
    worth: Money = 0
    worth_most: Money = 0

    @property
    def sizes(self) -> SliceSizes:
        """How many contracts, cells and priced lines lie in the slice."""
        return SliceSizes(len(self.contract_ids), self.cells, len(self.line_ids))

    def ids(self, basis: str) -> list[str]:
        """Return the addresses that a figure of the slice rests on."""
        return self.line_ids + self.contract_ids if basis == "value" else self.contract_ids

    def amounts(self, basis: str) -> dict[str, float]:
        """Return holder → what it has for certain on a basis: pounds, contracts or cells."""
        if basis == "value":
            return {holder: sum(prices) for holder, prices in self.known.items()}
        at = 0 if basis == "contracts" else 1
        return {holder: float(of[at]) for holder, of in self.held.items()}

    def blocks(self, basis: str) -> dict[str, list[float]]:
        """Return holder → the sizes of its lines or contracts, for the floor of an HHI."""
        if basis == "value":
            return {holder: list(prices) for holder, prices in self.known.items()}
        if basis == "contracts":
            return {holder: [1.0] * of[0] for holder, of in self.held.items()}
        return self.cell_blocks


def read_large_slices(
    store: "Store", facts: "Facts", filters: Filters, by: Sequence[str], of: str
) -> "tuple[list[LargeSlice], Market, tuple[PartTotals, tuple[SourceRef, ...]]]":
    """Return the slices of a part in order of key, its labels, and its totals and sources.

    Args:
        store: the graph, for labels and sources.
        facts: its facts.
        filters: the part asked for.
        by: sides to cut along: `lot`, `region`, `area`, `cohort`, `round`; empty for one slice.
        of: who holds: `provider`, `group` or `kind`.

    Raises:
        EmptyMarket: no contract lies inside the filters.
    """
    sides = ", ".join("coalesce(area, '')" if side == "area" else side for side in by)
    with open_part(store, facts, filters) as part:
        part.fetch(PLACES.format(key=f"[{sides}]::VARCHAR[]", holder=KEYS[of]), **part.wanted)
        part.fetch(PRICES)
        slices = _fill_slices(part)
        return slices, part.market, (part.totals, part.sources(store))


def _fill_slices(part: LargePart) -> list[LargeSlice]:
    found = {
        tuple(key): LargeSlice(tuple(key), cells, unpriced)
        for key, cells, unpriced in part.fetch(SIZES)
    }
    for key, holder, contracts, cells in part.fetch(HOLDERS):
        found[tuple(key)].held[holder] = (contracts, cells)
    for key, holder, blocks in part.fetch(BLOCKS):
        found[tuple(key)].cell_blocks[holder] = [float(cells) for cells in blocks]
    for key, ids in part.fetch(CONTRACT_IDS, contract=f"{ID}contract/"):
        found[tuple(key)].contract_ids = ids
    for key, ids, holders, values, wholes in part.fetch(LINE_PRICES, award=f"{ID}award/"):
        one = found[tuple(key)]
        known: dict[str, list[float]] = defaultdict(list)
        shared = []
        for holder, value, whole in zip(holders, map(plain_number, values), wholes, strict=True):
            one.worth_most += value
            if whole:
                one.worth += value
                known[holder].append(to_amount(value))
            else:
                shared.append(SharedPrice(holder, to_amount(value)))
        one.line_ids, one.shared = ids, tuple(shared)
        one.known = {holder: tuple(prices) for holder, prices in known.items()}
    return [found[key] for key in sorted(found)]
