"""Proposals from an announcement, as tables in the form of the record.

The tables are for a person to finish: cells that the announcement does not print stay empty,
keys are provisional and say so, and a name that is only near a known one leaves its lead empty.
"""

import csv
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from rehabgraph.graph.award_list import AwardList
from rehabgraph.graph.award_results import ProposedContract, ProposedLine
from rehabgraph.graph.errors import InvalidData, OutputError
from rehabgraph.ontology import DATA, METADATA

NAMES = ("awards", "contracts", "judgements")
PROVISIONAL = "Provisional reference, the announcement prints none."
_FORMULA = ("=", "+", "-", "@")
_SOURCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Cells = dict[str, str]


def build_award_tables(found: AwardList, source: str) -> dict[str, list[Cells]]:
    """Return the rows of the three tables that an announcement fills in part.

    Args:
        found: what was read.
        source: id of the announcement's row in `sources`; left empty when it is no id.

    >>> build_award_tables(AwardList((), (), (), ()), "made-up")
    {'awards': [], 'contracts': [], 'judgements': []}
    """
    source = source if _SOURCE.fullmatch(source) else ""
    number: Counter[int] = Counter()
    lines = {line.line: line for line in found.lines}
    contracts = []
    for contract in found.contracts:
        number[contract.line] += 1
        contracts.append(_contract(contract, number[contract.line], lines[contract.line], source))
    return {
        "awards": [_award(line, source) for line in found.lines],
        "contracts": contracts,
        "judgements": [row for line in found.lines for row in _judgements(line, source)],
    }


def award_key(line: int) -> str:
    """Return the provisional key of a priced line.

    >>> award_key(50)
    'proposed-l050'
    """
    return f"proposed-l{line:03}"


def _award(line: ProposedLine, source: str) -> Cells:
    """Return the cells of a priced line; the lead only where the name is a known one."""
    lead = line.match.organisation if line.match.status == "known" else None
    return {
        "id": award_key(line.line),
        "lot": line.lot,
        "region": line.region,
        "lead": lead or "",
        "name_as_printed": line.name,
        "value_as_printed": line.value_as_printed,
        "value": f"{line.value:f}",
        "currency": "GBP",
        "status": line.status,
        "source": source,
        "locator": f"L{line.line}",
        "printed": f"{line.name}|{line.value_as_printed}",
    }


def _contract(contract: ProposedContract, number: int, line: ProposedLine, source: str) -> Cells:
    """Return the cells of a contract; what the line does not print stays empty."""
    unprinted = [
        name for name, value in (("area", contract.area), ("cohort", contract.cohort)) if not value
    ]
    note = PROVISIONAL
    if unprinted:
        note += f" No {' and no '.join(unprinted)} printed."
    return {
        "reference": f"{award_key(contract.line)}-{number}",
        "award": award_key(contract.line),
        "lot": contract.lot,
        "region": contract.region,
        "area": contract.area or "",
        "cohort": contract.cohort or "",
        "end": contract.end.isoformat() if contract.end else "",
        "end_precision": contract.end_precision or "",
        "end_basis": "stated" if contract.end else "",
        "note": note,
        "source": source,
        "locator": f"L{contract.line}",
        "printed": f"{line.name}|{line.value_as_printed}",
    }


def _judgements(line: ProposedLine, source: str) -> Iterable[Cells]:
    """Yield each repair of a line, and a name that a person must confirm."""
    subject = f"award/{award_key(line.line)}"
    place = {"source": source, "locator": f"L{line.line}"}
    for at, repair in enumerate(line.repairs, start=1):
        yield {
            "id": f"{award_key(line.line)}-{at}",
            "kind": repair.kind,
            "subject": subject,
            "as_printed": repair.as_printed,
            "read_as": repair.read_as,
            "reason": f"Proposed: {repair.reason}.",
            "printed": f"{line.name}|{line.value_as_printed}",
            **place,
        }
    if line.match.status != "known":
        yield {
            "id": f"{award_key(line.line)}-name",
            "kind": "reads-as",
            "subject": subject,
            "as_printed": line.name,
            "read_as": (line.match.known_name or "") if line.match.organisation else "",
            "reason": f"Proposed, to be confirmed: the printed name {line.match.reason}.",
            "printed": line.name,
            **place,
        }


def write_award_tables(tables: Mapping[str, Iterable[Cells]], folder: Path) -> None:
    """Write the tables into a new folder: all of them, or none.

    Args:
        tables: table name → rows.
        folder: a folder that is not there yet, or is empty; never one of the record's own.

    Raises:
        OutputError: the folder holds something, is part of the record, or cannot be written.
        InvalidData: a cell would start a formula in a spreadsheet; nothing was written.
    """
    texts = {name: render_table(name, rows) for name, rows in tables.items()}
    target = folder.resolve()
    if target.is_relative_to(DATA.resolve()):
        raise OutputError(f"{folder}: belongs to the record; name a folder outside it")
    temporary = None
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise OutputError(f"{folder}: is there already and not empty; name a new folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        for name, text in texts.items():
            (temporary / f"{name}.csv").write_text(text, "utf-8", newline="")
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o777 & ~umask)
        if target.exists():
            target.rmdir()
        temporary.rename(target)
        temporary = None
    except OSError as e:
        raise OutputError(f"{folder}: cannot be written ({e.strerror})") from e
    finally:
        if temporary is not None:
            for path in temporary.iterdir():
                path.unlink()
            temporary.rmdir()


def render_table(name: str, rows: Iterable[Cells]) -> str:
    r"""Return rows as the CSV text of a table, in the column order of the record.

    Args:
        name: name of the table.
        rows: cells by column; a column left out is empty.

    Raises:
        InvalidData: a cell would start a formula in a spreadsheet.

    >>> render_table("people", [{"id": "kim", "name": "Kim Example"}])
    'id,name,source,locator,printed\nkim,Kim Example,,,\n'
    """
    import json

    described = json.loads((DATA / METADATA).read_text(encoding="utf-8"))["tables"]
    columns = next(
        [c["name"] for c in table["tableSchema"]["columns"] if not c.get("virtual")]
        for table in described
        if table["url"] == f"{name}.csv"
    )
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    out.writeheader()
    for row in rows:
        for column, cell in row.items():
            if cell.startswith(_FORMULA):
                place = row.get("locator", "")
                raise InvalidData(
                    [f"{place}: {column} {cell!r} would start a formula in a spreadsheet; mend it"]
                )
        out.writerow(row)
    return text.getvalue()
