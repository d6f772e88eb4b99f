"""Market share on a cluster: Spark counts what each holder has, the shares are the report's own."""

from decimal import Decimal
from typing import Any

from rehabgraph.graph.store import plain_number
from rehabgraph.queries.cluster.part import KEYS, ClusterPart
from rehabgraph.queries.market_reports.share import Held, Holdings


def read_cluster_holdings(part: ClusterPart, by: str) -> Holdings:
    """Return what each holder has inside the filters; the addresses behind it are left out.

    Args:
        part: the part of the market.
        by: who holds, a key of `KEYS`.
    """
    lines = {row[0]: row[1:] for row in _add_lines(part, by).collect()}
    held = []
    for key, contracts, areas, cells, leads, _ in _count_contracts(part, by).collect():
        low, open_, number = lines.get(key, (0, 0, 0))
        low, open_ = (plain_number(Decimal(pounds)) for pounds in (low, open_))
        held.append(Held(key, low, open_, number, contracts, areas, cells, leads, []))
    return Holdings(tuple(held), part.totals, (), part.market)


def _add_lines(part: ClusterPart, by: str) -> Any:  # noqa: ANN401
    from pyspark.sql import functions as f

    return part.chosen.groupBy(f.expr(KEYS[by]).alias("key")).agg(
        f.expr("coalesce(sum(value) filter (where whole), 0)"),
        f.expr("coalesce(sum(value) filter (where not whole), 0)"),
        f.count("*"),
    )


def _count_contracts(part: ClusterPart, by: str) -> Any:  # noqa: ANN401
    from pyspark.sql import functions as f

    area = f.col("area")
    if part.filters.areas:
        area = f.when(area.isin(*part.filters.areas), area)
    cell = f.when(area.isNotNull(), f.struct("lot", area.alias("area")))
    wanted = part.inside.select(
        f.expr(KEYS[by]).alias("key"), "row", "lead", area.alias("place"), cell.alias("cell")
    )
    found = wanted.groupBy("key").agg(
        f.countDistinct("row"),
        f.countDistinct("place"),
        f.countDistinct("cell"),
        f.countDistinct("lead"),
        f.min("row").alias("first"),
    )
    return found.orderBy("first")
