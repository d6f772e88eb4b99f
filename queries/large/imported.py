"""Imported awards at size: DuckDB adds up what each supplier has at least and at most."""

from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.identity.same import Identity
from rehabgraph.queries.large.engine import open_facts
from rehabgraph.queries.report_imported import NAMED, Held, Suppliers

if TYPE_CHECKING:
    from rehabgraph.graph.large.facts import Facts
    from rehabgraph.graph.store import Store

WANTED = """CREATE TEMP TABLE wanted AS
  WITH same AS (SELECT unnest($own::VARCHAR[]) AS supplier, unnest($first::VARCHAR[]) AS first)
  SELECT DISTINCT award, coalesce(first, supplier) AS supplier, value, currency, tax_basis
  FROM imported LEFT JOIN same USING (supplier)
  WHERE len($rounds::VARCHAR[]) = 0 OR list_contains($rounds::VARCHAR[], round)"""
HELD = """WITH shared AS (
    SELECT *, count(supplier) OVER (PARTITION BY award) AS suppliers FROM wanted)
  SELECT supplier, currency, tax_basis,
    coalesce(sum(value) FILTER (suppliers = 1 OR value < 0), 0),
    coalesce(sum(value) FILTER (suppliers = 1 OR value > 0), 0),
    count(*), count(*) FILTER (suppliers > 1), count(*) FILTER (value IS NULL),
    list(award ORDER BY award)
  FROM shared WHERE supplier IS NOT NULL
  GROUP BY supplier, currency, tax_basis ORDER BY min(award), supplier"""
NAMES = """SELECT supplier, min(supplier_name) FROM imported
  WHERE supplier_name IS NOT NULL GROUP BY supplier"""
NOBODY = "SELECT count(DISTINCT award) FROM wanted WHERE supplier IS NULL"
FIRST = f"SELECT DISTINCT award FROM wanted ORDER BY award LIMIT {NAMED}"
JOINED = (
    PREFIXES
    + "SELECT ?thing ?fact WHERE {{ VALUES ?thing {{ {things} }} "
    + "?thing a rg:Organisation ; rdfs:label ?fact }}"
)


def read_large_suppliers(
    store: "Store", facts: "Facts", rounds: tuple[str, ...], identity: Identity
) -> Suppliers:
    """Return who holds imported awards, as `read_suppliers` does from the store.

    Args:
        store: the graph, for names of organisations that others are judged to be.
        facts: its facts.
        rounds: ids of rounds of imports; all when empty.
        identity: which organisations are one.
    """
    joined = identity.joined()
    with open_facts(facts) as db:
        same = {"own": list(joined), "first": list(joined.values()), "rounds": list(rounds)}
        db.execute(WANTED, same)
        held = {
            (supplier, currency, basis): Held(least, most, awards, shared, unvalued, ids)
            for supplier, currency, basis, least, most, awards, shared, unvalued, ids in db.execute(
                HELD
            ).fetchall()
        }
        names = dict(db.execute(NAMES).fetchall())
        (nobody,) = db.execute(NOBODY).fetchone()
        first = [award for (award,) in db.execute(FIRST).fetchall()]
    if things := {iri for iri in joined.values() if iri.startswith(ID)} - set(names):
        values = " ".join(f"<{iri}>" for iri in sorted(things))
        for row in store.select(JOINED.format(things=values)):
            iri, name = str(row["thing"]), str(row["fact"])
            names[iri] = min(names.get(iri, name), name)
    return Suppliers(held, names, nobody, first)
