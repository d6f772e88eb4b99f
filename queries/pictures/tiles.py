"""What the tile map shows: the areas as squares, and who leads which lot in each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rehabgraph.queries.intervals import Interval, measure_hhi_interval
from rehabgraph.queries.market import Filters, Market, to_amount
from rehabgraph.queries.pictures.items import (
    Evidence,
    Item,
    Totals,
    build_items,
    find_coverage,
    find_dates,
    find_sources,
    measure_totals,
    without_date,
)
from rehabgraph.queries.pictures.matrix import find_gaps
from rehabgraph.queries.report import Coverage, SourceRef


@dataclass(frozen=True, slots=True)
class Tile:
    """Where the square of an area stands, counted from the top left."""

    area: str
    name: str
    region: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class TileCell:
    """An area with the contracts that cover it.

    Attributes:
        items: lot → its items, each with only those contracts that cover the area.
        leads: lead providers, each once.
        gaps: lots that have no contract in the region of the area.
        is_empty: whether the list has nothing at all for the region.
    """

    tile: Tile
    items: Mapping[str, tuple[Item, ...]]
    leads: tuple[str, ...]
    gaps: tuple[str, ...]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class TileMap:
    """The areas of England and Wales as squares.

    Attributes:
        lot: the one lot that is asked for; empty when there are several.
        all_items: the items of all dates, for a page that lets its reader choose the day.
        dates: where its date slider stops.
    """

    cells: tuple[TileCell, ...]
    lots: tuple[str, ...]
    lot: str
    totals: Totals
    market: Market
    filters: Filters
    coverage: Coverage
    sources: tuple[SourceRef, ...]
    all_items: tuple[Item, ...] = ()
    dates: tuple[date, ...] = ()


def build_tile_map(
    market: Market,
    tiles: Sequence[Tile],
    filters: Filters,
    evidence: Mapping[str, Evidence] | None = None,
    *,
    sources: Sequence[SourceRef] = (),
) -> TileMap:
    """Return who leads which lot in each area.

    Args:
        market: all lines and contracts.
        tiles: where each area stands; areas outside the filters are left out.
        filters: what part of the market is asked for. With one lot the map shows who leads it,
            otherwise how many lead providers an area has.
        evidence: `award/<id>` or `contract/<reference>` → its evidence.
        sources: fuller records of the sources that the evidence names, for the caption.
    """
    items = build_items(market, filters, evidence or {})
    every = build_items(market, without_date(filters), evidence or {})
    gaps = find_gaps(market, filters)
    lots = tuple(dict.fromkeys([i.lot for i in every] + [t for g in gaps.values() for t in g]))
    cells = []
    for tile in tiles:
        outside = (filters.regions and tile.region not in filters.regions) or (
            filters.areas and tile.area not in filters.areas
        )
        if outside:
            continue
        own = [narrow_item(item, tile.area) for item in items]
        here = [item for item in own if item is not None]
        missing = gaps.get(tile.region, ())
        cells.append(
            TileCell(
                tile,
                {lot: tuple(i for i in here if i.lot == lot) for lot in lots},
                tuple(dict.fromkeys(i.lead for i in here)),
                missing,
                bool(lots) and not here and len(missing) == len(lots),
            )
        )
    return TileMap(
        tuple(cells),
        lots,
        filters.lots[0] if len(filters.lots) == 1 else "",
        measure_totals(items),
        market,
        filters,
        find_coverage(items, sources),
        find_sources(every, sources),
        every,
        find_dates(every),
    )


def narrow_item(item: Item, area: str) -> Item | None:
    """Return an item with only the contracts that cover an area, or None without any."""
    from dataclasses import replace

    pairs = [(c, r) for c, r in zip(item.contracts, item.records, strict=True) if area in c.areas]
    if not pairs:
        return None
    contracts = tuple(c for c, _ in pairs)
    whole = item.whole and len(contracts) == item.all_contracts
    whole = whole and all(c.areas == (area,) for c in contracts)
    return replace(item, contracts=contracts, records=tuple(r for _, r in pairs), whole=whole)


def measure_cell(items: Iterable[Item]) -> tuple[Interval | None, int]:
    """Return how concentrated the prices of an area are, and how many contracts have no price.

    A price that lies wholly in the area counts; one that covers more lies in it to an unknown
    part, so the figure is an interval. Contracts without a price are left out of it.

    Args:
        items: those that cover the area, each with `whole` as `narrow_item` leaves it.

    Returns:
        The interval of the HHI, None where no price can lie in the area; and the contracts that
        have no price.

    Source: `rehabgraph.queries.intervals.measure_hhi_interval`.
    """
    known: dict[str, float] = {}
    shared: list[tuple[str, float]] = []
    unpriced = 0
    for item in items:
        if item.value is None:
            unpriced += len(item.contracts)
        elif item.whole:
            known[item.lead] = known.get(item.lead, 0) + to_amount(item.value)
        else:
            shared.append((item.lead, to_amount(item.value)))
    if not any(known.values()) and not any(amount for _, amount in shared):
        return None, unpriced
    return measure_hhi_interval(known, shared), unpriced
