"""A part of a large market as two tables of DuckDB: the contracts inside, and the priced lines.

The same rules as `queries.market`: a line is inside with its first contract, and wholly inside
only when all its contracts are and no area filter cuts one of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import EmptyMarket
from rehabgraph.graph.store import plain_number
from rehabgraph.queries.facts import describe_sources, read_frame
from rehabgraph.queries.large.engine import open_facts
from rehabgraph.queries.large.rows import read_holders, refuse_foreign_lines
from rehabgraph.queries.market import NOTHING_INSIDE, Filters, Market, PartTotals

if TYPE_CHECKING:
    from rehabgraph.graph.large.facts import Facts
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.report import SourceRef


def _any_of(name: str, column: str = "") -> str:
    """Return the condition that a column is among the wanted ones; none wanted lets all through."""
    wanted = f"${name}::VARCHAR[]"
    return f"(len({wanted}) = 0 OR list_contains({wanted}, {column or name.removesuffix('s')}))"


LISTED = f"""CREATE TEMP TABLE listed AS
  SELECT m.*, h.kind, h."group", h.organisation IS NOT NULL AS known
  FROM market m LEFT JOIN holders h ON h.organisation = m.lead AND h.leads
  WHERE {_any_of("rounds")}"""
INSIDE = f"""CREATE TEMP TABLE inside AS SELECT * FROM listed
  WHERE {_any_of("lots")} AND {_any_of("regions")} AND {_any_of("providers", "lead")}
    AND (len($areas::VARCHAR[]) = 0
      OR row IN (SELECT row FROM listed WHERE list_contains($areas::VARCHAR[], area)))
    AND (len($kinds::VARCHAR[]) = 0 OR (known AND list_contains($kinds::VARCHAR[], kind)))
    AND ($as_of::DATE IS NULL
      OR (coalesce(start <= $as_of::DATE, true) AND coalesce("end" >= $as_of::DATE, true)))"""
CHOSEN = f"""CREATE TEMP TABLE chosen AS
  WITH marked AS (
    SELECT award, row IN (SELECT row FROM inside) AS here,
      len($areas::VARCHAR[]) > 0 AND area IS NOT NULL
        AND NOT list_contains($areas::VARCHAR[], area) AS cut
    FROM listed WHERE award IS NOT NULL),
  covered AS (
    SELECT award, bool_and(here) AND NOT bool_or(here AND cut) AS whole
    FROM marked GROUP BY award HAVING bool_or(here))
  SELECT l.*, whole, h.kind, h."group"
  FROM lines l JOIN covered USING (award)
    LEFT JOIN holders h ON h.organisation = l.lead AND h.leads
  WHERE {_any_of("rounds")}"""
TOTALS = """SELECT * FROM
  (SELECT count(*) AS lines, count(*) FILTER (value_kind = 'predicted') AS predicted,
    count(*) FILTER (NOT whole) AS partly, coalesce(sum(value) FILTER (NOT whole), 0) partly_value,
    count(*) FILTER (whole) AS known, coalesce(sum(value) FILTER (whole), 0) AS known_value
  FROM chosen),
  (SELECT count(*) AS contracts,
    count(*) FILTER (award IS NULL OR award NOT IN (SELECT award FROM chosen)) AS unpriced,
    count(*) FILTER (end_basis = 'derived') AS derived,
    count(*) FILTER (start IS NULL OR "end" IS NULL) AS undated
  FROM (SELECT DISTINCT row, award, end_basis, start, "end" FROM inside))"""
SOURCES = """SELECT DISTINCT source FROM citations WHERE thing IN (
  SELECT 'contract/' || contract FROM inside UNION ALL SELECT 'award/' || award FROM {lines})"""


@dataclass(frozen=True, slots=True)
class LargePart:
    """An open part of a large market.

    Attributes:
        db: the connection, with `inside` (a row a contract × area), `listed` (the same, of all
            contracts of the rounds) and `chosen` (a row a line).
        market: labels, places and holders; its lines and contracts are left in the tables.
        totals: what any answer about the part must say of itself.
        filters: the part.
    """

    db: Any
    market: Market
    totals: PartTotals
    filters: Filters

    @property
    def wanted(self) -> dict[str, list[str]]:
        """The areas asked for, as a parameter of a statement."""
        return {"areas": list(self.filters.areas)}

    def fetch(self, statement: str, **params: object) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        found: list[tuple[Any, ...]] = self.db.execute(statement, params or None).fetchall()
        return found

    def sources(self, store: "Store", lines: str = "chosen") -> "tuple[SourceRef, ...]":
        """Return the sources that the contracts and lines cite, in order of id."""
        return describe_sources(store, (s for (s,) in self.fetch(SOURCES.format(lines=lines))))


@contextmanager
def open_part(store: "Store", facts: "Facts", filters: Filters) -> Iterator[LargePart]:
    """Give the part of a large market that the filters let through.

    Raises:
        EmptyMarket: no contract lies inside the filters.
        InvalidData: a line is priced in another currency than pounds.
        StoreError: the facts are damaged.
    """
    wanted = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(filters).items()}
    with open_facts(facts) as db:
        refuse_foreign_lines(db, filters.rounds)
        for statement in (LISTED, INSIDE, CHOSEN):
            db.execute(statement, {k: v for k, v in wanted.items() if f"${k}" in statement})
        holders, labels = read_holders(db, frame := read_frame(store))
        market = Market((), (), holders, labels, frame.region_areas)
        counted: list[Any] = [plain_number(Decimal(n)) for n in db.execute(TOTALS).fetchone()]
        totals = PartTotals(*counted)
        if not totals.contracts:
            raise EmptyMarket(NOTHING_INSIDE)
        yield LargePart(db, market, totals, filters)
