"""Who delivers with whom: every two organisations of a contract, or suppliers of an award."""

from typing import Any

from rehabgraph.queries.cluster.facts import ClusterFacts
from rehabgraph.queries.cluster.part import ClusterPart
from rehabgraph.queries.partnerships import AGREEMENT, CO_DELIVERY, LED_KINDS
from rehabgraph.queries.parts import CLOSEST_FIRST, LEAD
from rehabgraph.queries.report import Column

JOINT = "joint award"
COLUMNS = (
    Column("name", "Between"),
    Column("shared", "Contracts", "integer"),
    Column("kinds", "Kinds of tie"),
)


def pair_parties(part: ClusterPart, facts: ClusterFacts) -> Any:  # noqa: ANN401
    """Return a frame of every two organisations of a contract: id, name, shared and kinds.

    An organisation in two parts of one contract counts by the part closest to the lead.

    Args:
        part: the part of the market.
        facts: its facts.
    """
    from pyspark.sql import functions as f

    parts = facts.get("parts").join(
        part.inside.select("contract").distinct(), "contract", "left_semi"
    )
    if part.filters.rounds:
        parts = parts.where(parts["round"].isin(*part.filters.rounds))
    ranks = " ".join(f"when '{role}' then {rank}" for rank, role in enumerate(CLOSEST_FIRST))
    ranked = parts.withColumn("rank", f.expr(f"case role {ranks} else {len(CLOSEST_FIRST)} end"))
    closest = ranked.groupBy("contract", "organisation").agg(
        f.expr("min_by(role, struct(rank, row)) as role")
    )
    one = closest.selectExpr("contract", "organisation as first", "role as first_role")
    other = closest.selectExpr("contract", "organisation as second", "role as second_role")
    led = closest.where(closest["role"] == LEAD).selectExpr("contract", "true as led").distinct()
    both = one.join(other, "contract").where("first < second").join(led, "contract", "left")
    kind = f"case when first_role = '{LEAD}' and second_role <> '{LEAD}' then {_led('second')} " \
           f"when second_role = '{LEAD}' and first_role <> '{LEAD}' then {_led('first')} " \
           f"when led then '{CO_DELIVERY}' else '{AGREEMENT}' end"  # fmt: skip
    ties = both.selectExpr("first", "second", "contract", f"{kind} as kind")
    names = facts.get("holders").select("organisation", "name")
    return _count(ties, "contract", names)


def _led(side: str) -> str:
    kinds = " ".join(f"when '{role}' then '{kind}'" for role, kind in LED_KINDS.items())
    return f"case {side}_role {kinds} else concat('lead-', {side}_role) end"


def pair_suppliers(facts: ClusterFacts) -> Any:  # noqa: ANN401
    """Return a frame of every two suppliers of an imported award: id, name, shared and kinds."""
    awards = facts.get("imported").where("suppliers > 1").select("award", "supplier")
    one = awards.withColumnRenamed("supplier", "first")
    other = awards.withColumnRenamed("supplier", "second")
    ties = one.join(other, "award").where("first < second").selectExpr("*", f"'{JOINT}' as kind")
    named = facts.get("imported").where("supplier is not null")
    names = named.groupBy("supplier").agg({"supplier_name": "min"})
    return _count(ties, "award", names.toDF("organisation", "name"))


def _count(ties: Any, by: str, names: Any) -> Any:  # noqa: ANN401
    from pyspark.sql import functions as f

    counted = ties.groupBy("first", "second").agg(
        f.countDistinct(by).alias("shared"), f.sort_array(f.collect_set("kind")).alias("kinds")
    )
    for side in ("first", "second"):
        named = names.select(f.col("organisation").alias(side), f.col("name").alias(f"{side}_name"))
        counted = counted.join(named, side, "left")
    return counted.selectExpr(
        "concat(first, '~', second) as id",
        "concat(coalesce(first_name, first), ' – ', coalesce(second_name, second)) as name",
        "shared",
        "concat_ws(', ', kinds) as kinds",
        "first",
        "second",
    ).orderBy(f.desc("shared"), "first", "second")
