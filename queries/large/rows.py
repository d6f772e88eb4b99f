"""The plain rows of a market, read from facts instead of the store: the same rows, sooner."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.store import plain_number
from rehabgraph.ontology import ID
from rehabgraph.queries.large.engine import open_facts
from rehabgraph.queries.market import Contract, Holder, Line, Market

if TYPE_CHECKING:
    from collections.abc import Collection

    from rehabgraph.graph.large.facts import Facts
    from rehabgraph.queries.parts import ContractPart

ROUNDS = "WHERE (len($rounds) = 0 OR list_contains($rounds::VARCHAR[], round))"
CONTRACTS = f"""SELECT row, contract, round, lot, region, area, area_stated, cohort, route, lead,
  start, "end", end_precision, end_basis, award, referrals_closed FROM market {ROUNDS}"""
LINES = f"""SELECT award, round, lot, region, lead, value, value_kind, status,
  name_as_printed, source, locator FROM lines {ROUNDS} ORDER BY row"""
HOLDERS = """SELECT organisation, name, kind, "group", sector, group_name FROM holders
  WHERE leads ORDER BY organisation"""
PARTS = f"""SELECT part, contract, round, organisation, name, role, kind, "group", charity,
  voluntary FROM parts JOIN holders USING (organisation) {ROUNDS} ORDER BY row"""
_THINGS = "SELECT unnest($things::VARCHAR[]) AS thing"
CITED = f"SELECT DISTINCT source FROM citations WHERE thing IN ({_THINGS})"
UNCITED = f"SELECT thing FROM ({_THINGS}) WHERE thing NOT IN (SELECT thing FROM citations)"
FOREIGN = f"""SELECT award, currency FROM lines {ROUNDS} AND currency <> 'GBP'
  ORDER BY award LIMIT 1"""
PAGE = 20_000


def read_market_rows(facts: "Facts", frame: Market, rounds: tuple[str, ...]) -> Market:
    """Return the lines and contracts of facts as plain rows, in the order of the store's.

    Args:
        facts: the facts.
        frame: the labels and places of the store.
        rounds: ids of the commissioning rounds wanted; all when empty.

    Raises:
        InvalidData: a line is priced in another currency than pounds.
    """
    with open_facts(facts) as db:
        refuse_foreign_lines(db, rounds)
        holders, labels = read_holders(db, frame)
        wanted = {"rounds": list(rounds)}
        contracts = tuple(_read_contracts(_fetch(db.execute(CONTRACTS, wanted))))
        under: dict[str, list[Contract]] = defaultdict(list)
        for contract in contracts:
            if contract.award:
                under[contract.award].append(contract)
        lines = tuple(
            Line(*(*cells[:5], plain_number(cells[5]), *cells[6:], tuple(under.get(cells[0], ()))))
            for cells in _fetch(db.execute(LINES, wanted))
        )
    return Market(lines, contracts, holders, labels, frame.region_areas)


def refuse_foreign_lines(db: Any, rounds: "Collection[str]") -> None:  # noqa: ANN401
    """Refuse facts that have a priced line in another currency than pounds.

    Raises:
        InvalidData: they have one.
    """
    from rehabgraph.queries.facts import other_currency

    if found := db.execute(FOREIGN, {"rounds": list(rounds)}).fetchone():
        raise other_currency(*found)


def read_holders(db: Any, frame: Market) -> tuple[dict[str, Holder], dict[str, str]]:  # noqa: ANN401
    """Return the lead providers, and the frame's labels with their names and groups."""
    holders, labels = {}, dict(frame.labels)
    for id_, name, kind, group, sector, group_name in db.execute(HOLDERS).fetchall():
        holders[id_] = Holder(id_, name, kind, group, sector)
        labels[f"organisation/{id_}"] = name
        if group_name is not None:
            labels[f"organisation/{group}"] = group_name
    return holders, labels


def _fetch(answer: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    while page := answer.fetchmany(PAGE):
        yield from page


def _read_contracts(rows: Iterator[tuple[Any, ...]]) -> Iterator[Contract]:
    for _, several in groupby(rows, itemgetter(0)):
        of = list(several)
        _, reference, round_, lot, region, area, stated, cohort, route, lead, *rest = of[0]
        start, end, precision, basis, award, closed = rest
        areas = tuple(row[5] for row in of if row[5] is not None)
        yield Contract(
            reference, round_, lot, region, areas, cohort, route, lead, start, end, precision,
            basis, award, area if stated else None, closed,
        )  # fmt: skip


def read_cited(facts: "Facts", things: "Collection[str]") -> tuple[set[str], list[str]]:
    """Return the addresses of sources that things cite, and the things that the facts do not know.

    Args:
        facts: the facts.
        things: addresses of contracts, priced lines or anything else.
    """
    with open_facts(facts) as db:
        wanted = {"things": list(dict.fromkeys(iri.removeprefix(ID) for iri in things))}
        cited = {source for (source,) in db.execute(CITED, wanted).fetchall()}
        return cited, [f"{ID}{thing}" for (thing,) in db.execute(UNCITED, wanted).fetchall()]


def read_part_rows(facts: "Facts", rounds: "Collection[str]") -> "tuple[ContractPart, ...]":
    """Return every part in a contract from facts, in order of id."""
    from rehabgraph.queries.parts import ContractPart

    with open_facts(facts) as db:
        found = db.execute(PARTS, {"rounds": list(rounds)})
        return tuple(ContractPart(*cells) for cells in _fetch(found))
