"""The rows of the map's table: each area with its leads, contracts, concentration and sources."""

from collections.abc import Mapping
from typing import Any

from rehabgraph.queries.intervals import Interval
from rehabgraph.queries.market import Contract
from rehabgraph.queries.pictures.items import Item
from rehabgraph.queries.pictures.matrix import name_thing
from rehabgraph.queries.pictures.tiles import TileCell, TileMap, measure_cell, narrow_item
from rehabgraph.queries.report import format_pounds
from rehabgraph.views.pages import clean_text
from rehabgraph.views.palette import Sign
from rehabgraph.views.rows import gather_proofs
from rehabgraph.views.tile_words import show_interval
from rehabgraph.views.words import count_words, describe_term

COLUMNS = (
    "Area",
    "Region",
    "Lead providers",
    "Contracts and prices",
    "HHI",
    "Not in this list",
    "Source",
)


def describe_rows(tile_map: TileMap, signs: Mapping[str, Sign]) -> list[dict[str, Any]]:
    """Return the rows of the table: every contract of every date, those outside hidden."""
    market = tile_map.market
    rows = []
    for number, cell in enumerate(tile_map.cells):
        every = [narrow_item(item, cell.tile.area) for item in tile_map.all_items]
        items = [
            (i, s) for lot, s in signs.items() for i in every if i is not None and i.lot == lot
        ]
        shown = {c.reference for of in cell.items.values() for i in of for c in i.contracts}
        lines = [
            _describe_contract(tile_map, i, c, s) | {"hidden": c.reference not in shown}
            for i, s in items
            for c in i.contracts
        ]
        proofs = gather_proofs([i.evidence for i, _ in items])
        for proof in proofs:
            own = (
                c.reference
                for i, _ in items
                if i.evidence is not None and i.evidence.source == proof["source"]
                for c in i.contracts
            )
            proof["refs"] = list(dict.fromkeys(own))
            proof["hidden"] = not shown & set(proof["refs"])
        gaps = [
            name_thing(market, "lot", lot)
            for lot in signs
            if lot in cell.gaps and not cell.items[lot]
        ]
        leads = [name_thing(market, "organisation", lead) for lead in cell.leads]
        count = count_words(len(leads), "lead provider", "lead providers")
        interval, unpriced = measure_own(cell)
        left = f"{count_words(unpriced, 'contract', 'contracts')} without a price left out"
        cells: list[dict[str, Any]] = [
            {"text": cell.tile.name.strip() or "(no name)", "small": ""},
            {"text": name_thing(market, "region", cell.tile.region), "small": ""},
            {"text": ", ".join(leads) or "none in this list", "small": count if leads else ""},
            {"lines": lines},
            {
                "text": show_interval(interval, unpriced),
                "small": left if interval and unpriced else "",
            },
            {"text": ", ".join(gaps) or "–", "small": ""},
            {"proofs": proofs},
        ]
        rows.append({"row": f"row-{number + 1}", "cells": cells})
    cleaned: list[dict[str, Any]] = clean_text(rows)
    return cleaned


def _describe_contract(
    tile_map: TileMap, item: Item, contract: Contract, sign: Sign
) -> dict[str, Any]:
    lead = name_thing(tile_map.market, "organisation", item.lead)
    lot = name_thing(tile_map.market, "lot", item.lot)
    price = "no published price"
    if item.value is not None:
        price = format_pounds(item.value)
        alone = item.all_contracts == 1 and len(contract.areas) == 1
        price += "" if alone else " for more than this; its share is not published"
    return {
        "letter": sign.letter,
        "text": f"{lot}: {lead}",
        "small": f"{price}. {contract.reference}, {describe_term(contract)}",
        "refs": [contract.reference],
    }


def measure_own(cell: TileCell) -> tuple[Interval | None, int]:
    """Return the concentration of a cell's prices, and its contracts without one."""
    return measure_cell(i for items in cell.items.values() for i in items)
