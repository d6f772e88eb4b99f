"""Imported awards on a cluster: what each supplier has at least and at most, and how concentrated.

A value shared by several suppliers is worth to each anything from nothing to the whole, and all
of it together: so the total is known, and the shares are not.
"""

from decimal import Decimal
from typing import Any

from rehabgraph.ontology import ID
from rehabgraph.queries.cluster.facts import ClusterFacts
from rehabgraph.queries.report import Column

CONCENTRATION = (
    Column("name", "Market"),
    Column("basis", "Basis"),
    Column("holders", "Holders", "integer"),
    Column("hhi", "HHI", "number"),
    Column("hhi_low", "HHI, at least", "number"),
    Column("hhi_high", "HHI, at most", "number"),
    Column("awards", "Awards", "integer"),
    Column("unvalued", "Awards without a value", "integer"),
)
_HELD = (
    "coalesce(sum(value) filter (where suppliers = 1 or value < 0), 0) as least",
    "coalesce(sum(value) filter (where suppliers = 1 or value > 0), 0) as most",
    "count(*) as awards",
    "count_if(suppliers > 1) as shared",
    "count_if(value is null) as unvalued",
)


def hold_awards(facts: ClusterFacts) -> Any:  # noqa: ANN401
    """Return a frame of what each supplier has in one currency and on one tax basis, in order."""
    from pyspark.sql import functions as f

    named = facts.get("imported").where("supplier is not null")
    held = named.groupBy("supplier", "currency", "tax_basis").agg(
        f.expr("coalesce(min(supplier_name), supplier) as name"),
        *(f.expr(one) for one in _HELD),
    )
    known = "if(awards > unvalued, {0}, null) as {0}"
    return held.selectExpr(
        f"concat(substring(supplier, {len(ID) + 1}), ' ', currency, ' ', tax_basis) as id",
        "name",
        "nullif(currency, '') as currency",
        "nullif(tax_basis, '') as basis",
        known.format("least"),
        known.format("most"),
        "awards",
        "shared",
        "unvalued",
    ).orderBy(
        f.expr("coalesce(currency, '~')"),
        f.expr("coalesce(basis, '~')"),
        f.expr("coalesce(most, 0)").desc(),
        "name",
        "id",
    )


def count_nobody(facts: ClusterFacts) -> int:
    """Return the number of awards that name no supplier."""
    return int(facts.get("imported").where("supplier is null").count())


def concentrate_awards(facts: ClusterFacts) -> list[dict[str, Any]]:
    """Return the concentration of suppliers in each currency and tax basis, by value and awards.

    By value it is exact where every valued award has one supplier, else a least and a most that
    no split can pass: the first with nothing of the shared awards in any one hand, the second with
    all of each in every hand.
    """
    from pyspark.sql import functions as f

    sides = ["currency", "tax_basis"]
    table = facts.get("imported")
    held = (
        table.where("supplier is not null")
        .groupBy(*sides, "supplier")
        .agg(*(f.expr(one) for one in _HELD))
    )
    by_holder = held.groupBy(*sides).agg(
        f.expr("count_if(awards > unvalued) as valued"),
        f.count("*").alias("holders"),
        f.expr("sum(cast(least as double) * cast(least as double)) as low"),
        f.expr("sum(cast(most as double) * cast(most as double)) as high"),
        f.expr("sum(cast(awards as double) * cast(awards as double)) as squares"),
        f.expr("sum(awards) as places"),
        f.expr("min(least) < 0 or min(most) < 0 as negative"),
    )
    whole = table.groupBy(*sides, "award").agg(
        f.first("value").alias("value"), f.first("suppliers").alias("suppliers")
    )
    by_award = whole.groupBy(*sides).agg(
        f.count("*").alias("awards"),
        f.expr("count_if(value is null) as unvalued"),
        f.expr("coalesce(sum(value) filter (where suppliers > 0), 0) as total"),
        f.expr("count_if(suppliers > 1 and value is not null) as open"),
    )
    rows: list[dict[str, Any]] = []
    for row in by_holder.join(by_award, sides).orderBy(*sides).collect():
        name = ", ".join(part or "not stated" for part in (row.currency, row.tax_basis))
        common = {"name": name, "awards": row.awards, "unvalued": row.unvalued, "ids": []}
        low = high = None
        if row.total > 0 and not row.negative:
            low, high = (10_000 * x / float(Decimal(row.total)) ** 2 for x in (row.low, row.high))
            low = max(low, 10_000 / row.valued)
            high = min(10_000.0, high) if row.open else low
        for basis, holders, least, most in (
            ("value", row.valued, low, high),
            ("awards", row.holders, *[10_000 * row.squares / row.places**2] * 2),
        ):
            figures = {"holders": holders, "hhi_low": least, "hhi_high": most}
            figures["hhi"] = least if least == most else None
            rows.append({"id": f"{name}:{basis}", "basis": basis, **figures, **common})
    return rows
