"""The market as one flat table for other tools: a row for each contract in each area."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rehabgraph.queries.market import Contract, Filters, Line, Market, select_contracts

COLUMNS: Mapping[str, str] = {
    "contract": "string",
    "area": "string",
    "area_name": "string",
    "region": "string",
    "region_name": "string",
    "round": "string",
    "lot": "string",
    "lot_name": "string",
    "cohort": "string",
    "route": "string",
    "lead": "string",
    "lead_name": "string",
    "lead_kind": "string",
    "lead_sector": "string",
    "lead_group": "string",
    "start": "date",
    "end": "date",
    "end_precision": "string",
    "end_basis": "string",
    "referrals_closed": "date",
    "named_area": "boolean",
    "award": "string",
    "award_value": "integer",
    "award_value_kind": "string",
    "award_rows": "integer",
    "source": "string",
    "locator": "string",
}
"""Columns and their types. `award_value` is the price of the *whole* award, said on each of its
`award_rows` rows: how a price divides over contracts and areas is not published. `named_area`
says that the contract names the area; otherwise it covers its whole region."""


def type_facts(market: Market) -> Mapping[str, str]:
    """Return `COLUMNS`, with a decimal for `award_value` where a price of the market has pence."""
    exponents = [v.as_tuple().exponent for x in market.lines if isinstance(v := x.value, Decimal)]
    places = max((-int(exponent) for exponent in exponents), default=0)
    return {**COLUMNS, "award_value": f"decimal{places}"} if places else COLUMNS


def list_facts(market: Market, filters: Filters | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield the market's facts in the order of `COLUMNS`, sorted by contract and area.

    Args:
        market: lines and contracts as plain rows.
        filters: what part is wanted; everything unless given. A part is made of whole
            contracts, and `award_rows` counts the rows of the part.
    """
    lines = {line.id: line for line in market.lines}
    wanted = select_contracts(market, filters or Filters(rounds=()))
    pairs = [(c, area) for c in wanted for area in (c.areas or (None,))]
    share = Counter(c.award for c, _ in pairs if c.award)
    for contract, area in sorted(pairs, key=lambda pair: (pair[0].reference, pair[1] or "")):
        line = lines.get(contract.award or "")
        rows = share[line.id] if line else None
        yield _fact(market, contract, area, line, rows)


def _fact(
    market: Market, contract: Contract, area: str | None, line: Line | None, rows: int | None
) -> tuple[Any, ...]:
    holder = market.holders.get(contract.lead)
    return (
        contract.reference,
        area,
        market.label("area", area) if area else None,
        contract.region,
        market.label("region", contract.region),
        contract.round,
        contract.lot,
        market.label("lot", contract.lot),
        contract.cohort,
        contract.route,
        contract.lead,
        holder.name if holder else None,
        holder.kind if holder else None,
        (holder.sector or None) if holder else None,
        holder.group if holder else None,
        contract.start,
        contract.end,
        contract.end_precision or None,
        contract.end_basis or None,
        contract.referrals_closed,
        contract.area is not None,
        line.id if line else contract.award,
        line.value if line else None,
        line.value_kind if line else None,
        rows,
        line.source if line else None,
        line.locator if line else None,
    )
