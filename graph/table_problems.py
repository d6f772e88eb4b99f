"""What is said of a row that breaks a rule between rows: file, row, column and mend.

The plain path and the large one say it in the same words.
"""

from pathlib import Path

from rehabgraph.ontology import METADATA


def stray_problems(folder: Path, names: list[str]) -> list[str]:
    """Return a problem for each table in a folder that its description does not name."""
    stray = {p.name for p in folder.glob("*.csv")} - {f"{name}.csv" for name in names}
    return [
        f"{name}: not described in {METADATA}; describe it or remove it" for name in sorted(stray)
    ]


def key_problem(table: str, number: int, column: str, value: str, first: int) -> str:
    """Return the problem of a row whose key another row has already."""
    return (
        f"{table}.csv: row {number}, column {column}: {value!r} is already the key of "
        f"row {first}; give it a key of its own"
    )


def reference_problem(
    table: str, number: int, column: str, cell: str, target: str, goal: str
) -> str:
    """Return the problem of a cell that names no row of the table it refers to."""
    return (
        f"{table}.csv: row {number}, column {column}: {cell!r} is not "
        f"in {target}.csv ({goal}); add it there or correct the cell"
    )


def thing_problem(table: str, number: int, column: str, cell: str) -> str:
    """Return the problem of a cell that names no row of any table."""
    return (
        f"{table}.csv: row {number}, column {column}: no table has a row {cell!r}; "
        "write it as kind/id, such as award/day-one-l050"
    )


def concept_problem(table: str, number: int, column: str, cell: str, has: tuple[str, ...]) -> str:
    """Return the problem of a cell that names no concept of its scheme."""
    return (
        f"{table}.csv: row {number}, column {column}: {cell!r} is "
        f"not in the scheme; write one of {', '.join(has)}"
    )
