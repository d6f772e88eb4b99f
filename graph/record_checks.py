"""What must hold between the rows of a market, or its sums and counts are untrue in silence.

The tables are checked row by row before; these rules join rows, and are asked of the statements
with what the rules derive. The shapes say the same and more, at greater length.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import InvalidData
from rehabgraph.ontology import ID, PREFIXES, RG

_PREFIXES = f"PREFIX rg: <{RG}> " + " ".join(
    f"PREFIX {name}: <{PREFIXES[name]}>" for name in ("schema", "geo")
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what finds the rows that break it, the column to mend, and what is said."""

    pattern: str
    column: str
    text: str


_DIFFERS = """?row a rg:Contract ; rg:award ?award ; {own} ?own . ?award {theirs} ?there .
  FILTER (?own != ?there) BIND (REPLACE(STR(?there), "^.*/", "") AS ?what)"""


def _differs(column: str, own: str, theirs: str, text: str) -> Rule:
    return Rule(_DIFFERS.format(own=own, theirs=theirs), column, text)


RULES = (
    Rule(
        "?row a rg:Contract ; rg:reference ?r FILTER NOT EXISTS { ?row rg:lead ?what }",
        "reference",
        "has no lead, so no figure could count it; give it a row with the role lead in "
        "participations.csv",
    ),
    Rule(
        "{ SELECT ?row (COUNT(DISTINCT ?lead) AS ?what) WHERE { ?row a rg:Contract ; rg:lead ?lead"
        " } GROUP BY ?row HAVING (COUNT(DISTINCT ?lead) > 1) }",
        "reference",
        "has {what} leads and would count for each; leave one row with the role lead in "
        "participations.csv",
    ),
    Rule(
        "?row a rg:Term ; rg:round ?r ; rg:lot ?l . ?other a rg:Term ; rg:round ?r ; rg:lot ?l"
        ' FILTER (STR(?other) < STR(?row)) BIND (REPLACE(STR(?other), "^.*/", "") AS ?what)',
        "lot",
        "is a second term of its round and lot, beside {what}: a contract would end twice; "
        "leave one",
    ),
    Rule(
        "?row a rg:Award ; rg:lot ?l FILTER NOT EXISTS { ?what rg:award ?row }",
        "id",
        "covers no contract, so its price would be in no figure; name it in column award of "
        "contracts.csv",
    ),
    _differs(
        "round",
        "rg:round",
        "rg:round",
        "is not of the round of its award, {what}; correct one of the two",
    ),
    _differs(
        "lot", "rg:lot", "rg:lot", "is not of the lot of its award, {what}; correct one of the two"
    ),
    _differs(
        "region",
        "rg:region",
        "rg:region",
        "is not of the region of its award, {what}; correct one of the two",
    ),
    _differs(
        "award",
        "rg:lead",
        "rg:awardedTo",
        "is led by another than its award names, {what}; correct awards.csv or participations.csv",
    ),
    Rule(
        "?row a rg:Contract ; rg:area ?area ; rg:region ?region . ?area geo:sfWithin ?in"
        ' FILTER (?in != ?region) BIND (REPLACE(STR(?in), "^.*/", "") AS ?what)',
        "area",
        "lies in the region {what}, not in the contract's; correct one of the two",
    ),
    Rule(
        "?row schema:startDate ?start ; schema:endDate ?end . FILTER (?end < ?start)"
        ' BIND (CONCAT(STR(?start), " to ", STR(?end)) AS ?what)',
        "",
        "ends before it starts ({what}); correct one of the two dates",
    ),
)


def check_records(store: Any, data: Path) -> None:  # noqa: ANN401 - pyoxigraph has no protocol
    """Refuse a dataset whose rows contradict one another.

    Args:
        store: a pyoxigraph store of the tables' statements and of what the rules derive.
        data: folder of the tables, for the number of a row.

    Raises:
        InvalidData: with every row found, by file, row and column.
    """
    found = [
        (str(row["row"].value), rule, row["what"]) for rule in RULES for row in _ask(store, rule)
    ]
    if not found:
        return
    rows = {iri: _locate(data, iri) for iri, _, _ in found}
    problems = []
    for iri, rule, what in found:
        name = iri.removeprefix(ID)
        column = f", column {rule.column}" if rule.column else ""
        text = rule.text.format(what=what.value if what is not None else "")
        problems.append(f"{rows[iri]}{column}: {name} {text}")
    raise InvalidData(problems)


def _ask(store: Any, rule: Rule) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    query = f"{_PREFIXES} SELECT DISTINCT ?row ?what WHERE {{ {rule.pattern} }} ORDER BY ?row ?what"
    yield from store.query(query, use_default_graph_as_union=True)


def _locate(data: Path, iri: str) -> str:
    """Return the file and row that a thing stands in."""
    from rehabgraph.graph.tables import Table, key_column, kind_of, open_metadata

    kind, _, id_ = iri.removeprefix(ID).partition("/")
    for spec in open_metadata(data).tables:
        table = Table(str(spec.url), spec, ())
        if kind_of(table) == kind:
            with (data / table.name).open(encoding="utf-8", newline="") as file:
                lines = csv.reader(file)
                place = next(lines).index(key_column(table))
                for cells in lines:
                    if cells[place] == id_:
                        return f"{table.name}: row {lines.line_num}"
    return iri
