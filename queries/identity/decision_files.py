"""Decisions of a file: what `match -o` wrote, with a word in the column `decision`."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter, InvalidData, UnknownName
from rehabgraph.queries.identity.decisions import Decision, name_party, with_reason

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

WORDS = {
    "accept": True, "accepted": True, "same": True, "same-as": True, "y": True, "yes": True,
    "reject": False, "rejected": False, "not-same-as": False, "n": False, "no": False,
}  # fmt: skip
"""What a cell of the column `decision` may say to decide; any other leaves the pair open."""
OPEN = ("", "certain", "likely", "possible", "skip")


def read_decisions(graph: "Graph", path: Path, **given: str) -> list[Decision]:
    """Return the decisions of a file as `match -o` writes it, its column `decision` filled in.

    Args:
        graph: the graph that they are about.
        path: CSV, or TSV by its ending, with the columns one, other and decision.
        given: `reason`, `source` or `locator` for all; without a reason the file's columns
            `reason` or `reasons` give it.

    Raises:
        InvalidData: the file cannot be read; each problem names its row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeError) as e:
        raise InvalidData([f"{path}: cannot be read ({e}); give a CSV file in UTF-8"]) from e
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [c for c in ("one", "other", "decision") if c not in (lines.fieldnames or ())]
    if missing:
        raise InvalidData([f"{path}: row 1: no column {missing[0]}; write it with match -o"])
    found, problems = [], []
    try:
        for row in lines:
            cell = (row["decision"] or "").strip().casefold()
            if cell in OPEN:
                continue
            try:
                if cell not in WORDS:
                    raise BadParameter(f"column decision: {cell!r} is not accept or reject")
                pair = [name_party(graph, (row[c] or "").strip()) for c in ("one", "other")]
                reason = {"reason": given.get("reason") or row.get("reason") or ""}
                decision = Decision(pair[0], pair[1], WORDS[cell], **{**given, **reason})
                found.append(with_reason(decision, [row.get("reasons") or ""]))
            except (BadParameter, UnknownName) as e:
                problems.append(f"{path}: row {lines.line_num}: {e}")
    except csv.Error as e:
        problems.append(f"{path}: row {lines.line_num}: not valid CSV ({e}); mend the quotes")
    if problems:
        raise InvalidData(problems)
    return found
