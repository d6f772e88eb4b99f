"""A part of a market as frames: the contracts inside, and the priced lines.

The same rules as `queries.market`: a line is inside with its first contract, and wholly inside
only when all its contracts are and no area filter cuts one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from rehabgraph.graph.errors import EmptyMarket, UnknownName
from rehabgraph.graph.store import plain_number
from rehabgraph.queries.cluster.facts import ClusterFacts
from rehabgraph.queries.facts import other_currency
from rehabgraph.queries.market import NOTHING_INSIDE, Filters, Market, PartTotals

KEYS = {
    "provider": "lead",
    "group": "coalesce(group, lead)",
    "kind": "coalesce(kind, lead)",
    "lot": "lot",
    "region": "region",
}
"""What holds, as a column of contracts and of lines: a lead without a kind stands for itself."""
COLUMNS = {"rounds": "round", "lots": "lot", "regions": "region", "areas": "area"}


@dataclass(frozen=True, slots=True)
class ClusterPart:
    """A part of a market.

    Attributes:
        listed: a row a contract × area, of all contracts of the rounds.
        inside: the same, of the contracts inside.
        priced: the priced lines of the rounds.
        chosen: those of them inside, with `whole`.
        market: labels alone.
        totals: what any answer about the part must say of itself.
        filters: the part.
    """

    listed: Any
    inside: Any
    priced: Any
    chosen: Any
    market: Market
    totals: PartTotals
    filters: Filters


def read_part(facts: ClusterFacts, filters: Filters, frame: Market) -> ClusterPart:
    """Return the part of a market that the filters let through.

    Args:
        facts: facts of a market.
        filters: the part asked for, by ids.
        frame: labels of lots, places, kinds and rounds.

    Raises:
        EmptyMarket: no contract lies inside the filters.
        InvalidData: a line is priced in another currency than pounds.
        UnknownName: a filter names what the facts have not.
    """
    from pyspark.sql import functions as f

    market, lines = facts.get("market"), facts.get("lines")
    holders = facts.get("holders").where("leads").select("organisation", "kind", "group", "name")
    check_filters(market, holders, filters)
    leads = holders.select(f.col("organisation").alias("lead"), "kind", "group")
    listed = market.where(_among("round", filters.rounds)).join(leads, "lead", "left").cache()
    inside = listed.where(
        _among("lot", filters.lots)
        & _among("region", filters.regions)
        & _among("lead", filters.providers)
        & _among("kind", filters.kinds)
    )
    if filters.areas:
        rows = listed.where(_among("area", filters.areas)).select("row").distinct()
        inside = inside.join(rows, "row", "left_semi")
    if filters.as_of:
        day = f.lit(filters.as_of)
        inside = inside.where(
            (f.col("start").isNull() | (f.col("start") <= day))
            & (f.col("end").isNull() | (f.col("end") >= day))
        )
    inside = inside.cache()
    priced = lines.where(_among("round", filters.rounds))
    if foreign := priced.where("currency <> 'GBP'").select("award", "currency").head(1):
        raise other_currency(*foreign[0])
    priced = priced.select("row", "award", "lot", "region", "lead", "value_kind", "value")
    chosen = priced.join(_cover(listed, inside, filters), "award").join(leads, "lead", "left")
    chosen = chosen.cache()
    totals = _count(inside, chosen)
    if not totals.contracts:
        raise EmptyMarket(NOTHING_INSIDE)
    return ClusterPart(listed, inside, priced, chosen, frame, totals, filters)


def _among(column: str, wanted: Sequence[str]) -> Any:  # noqa: ANN401
    """Return the condition that a column is among the wanted ones; none wanted lets all through."""
    from pyspark.sql import functions as f

    return f.col(column).isin(*wanted) if wanted else f.lit(True)


def _cover(listed: Any, inside: Any, filters: Filters) -> Any:  # noqa: ANN401
    """Return award → whether it lies wholly inside, of those that lie inside at all."""
    from pyspark.sql import functions as f

    here = inside.select("row").distinct().withColumn("here", f.lit(True))
    cut = f.lit(False)
    if filters.areas:
        cut = f.col("area").isNotNull() & ~_among("area", filters.areas)
    marked = (
        listed.where("award is not null")
        .join(here, "row", "left")
        .select(
            "award",
            f.coalesce("here", f.lit(False)).alias("here"),
            cut.alias("cut"),
        )
    )
    found = marked.groupBy("award").agg(
        f.bool_and("here").alias("all_here"),
        f.bool_or("here").alias("any_here"),
        f.bool_or(f.col("here") & f.col("cut")).alias("any_cut"),
    )
    return found.where("any_here").selectExpr("award", "all_here and not any_cut as whole")


def _count(inside: Any, chosen: Any) -> PartTotals:  # noqa: ANN401
    lines = chosen.selectExpr(
        "count(*)",
        "count_if(value_kind = 'predicted')",
        "count_if(not whole)",
        "coalesce(sum(value) filter (where not whole), 0)",
        "count_if(whole)",
        "coalesce(sum(value) filter (where whole), 0)",
    ).first()
    known = chosen.selectExpr("award", "true as priced")
    contracts = inside.select("row", "award", "end_basis", "start", "end").distinct()
    counted = (
        contracts.join(known, "award", "left")
        .selectExpr(
            "count(*)",
            "count_if(priced is null)",
            "count_if(end_basis = 'derived')",
            "count_if(start is null or end is null)",
        )
        .first()
    )
    found: list[Any] = [plain_number(Decimal(number)) for number in (*lines, *counted)]
    return PartTotals(*found)


def check_filters(market: Any, holders: Any, filters: Filters) -> None:  # noqa: ANN401
    """Refuse a filter that names nothing in the facts.

    Raises:
        UnknownName: it does; the message lists the nearest ids.
    """
    for name, column in (*COLUMNS.items(), ("providers", "organisation"), ("kinds", "kind")):
        if not (wanted := getattr(filters, name)):
            continue
        frame = holders if name in ("providers", "kinds") else market
        known = {row[0] for row in frame.select(column).distinct().collect() if row[0]}
        for one in wanted:
            if one not in known and one not in Filters().rounds:
                near = get_close_matches(one, known) or sorted(known)[:3]
                raise UnknownName(
                    f"{one!r}: these facts have no such {name.removesuffix('s')}; nearest: "
                    f"{', '.join(near)}"
                )
