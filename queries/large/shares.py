"""Market share at size: DuckDB counts what each holder has, the shares are the report's own."""

from typing import TYPE_CHECKING

from rehabgraph.graph.store import plain_number
from rehabgraph.ontology import ID
from rehabgraph.queries.large.part import open_part
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.share import Held, Holdings

if TYPE_CHECKING:
    from rehabgraph.graph.large.facts import Facts
    from rehabgraph.graph.store import Store

KEYS = {
    "provider": "lead",
    "group": 'coalesce("group", lead)',
    "kind": "coalesce(kind, lead)",
    "lot": "lot",
    "region": "region",
}
"""What holds, as a column of contracts and of lines: a lead without a kind stands for itself."""
LINES = """SELECT {key} AS key, coalesce(sum(value) FILTER (whole), 0),
    coalesce(sum(value) FILTER (NOT whole), 0), list($award || award ORDER BY row)
  FROM chosen GROUP BY key"""
CONTRACTS = """WITH wanted AS (
    SELECT {key} AS key, row, lead, lot,
      CASE WHEN len($areas::VARCHAR[]) = 0 OR list_contains($areas::VARCHAR[], area) THEN area END
        AS area
    FROM inside)
  SELECT key, count(DISTINCT area), count(DISTINCT (lot, area)) FILTER (area IS NOT NULL),
    count(DISTINCT lead) FROM wanted GROUP BY key ORDER BY min(row)"""
IDS = """SELECT key, list($contract || contract ORDER BY row)
  FROM (SELECT DISTINCT {key} AS key, row, contract FROM inside) GROUP BY key"""
LISTED = "(SELECT * FROM chosen WHERE {key} IN (SELECT {key} FROM inside))"


def read_large_holdings(store: "Store", facts: "Facts", filters: Filters, by: str) -> Holdings:
    """Return what each holder has inside the filters, as `read_holdings` does from plain rows.

    Raises:
        EmptyMarket: no contract lies inside the filters.
    """
    key = KEYS[by]
    with open_part(store, facts, filters) as part:
        lines = {
            id_: (plain_number(low), plain_number(open_), ids)
            for id_, low, open_, ids in part.fetch(LINES.format(key=key), award=f"{ID}award/")
        }
        contracts = dict(part.fetch(IDS.format(key=key), contract=f"{ID}contract/"))
        held = []
        for id_, areas, cells, leads in part.fetch(CONTRACTS.format(key=key), **part.wanted):
            low, open_, awards = lines.get(id_, (0, 0, []))
            own = contracts[id_]
            held.append(
                Held(id_, low, open_, len(awards), len(own), areas, cells, leads, awards + own)
            )
        sources = part.sources(store, LISTED.format(key=key))
        return Holdings(tuple(held), part.totals, sources, part.market)
