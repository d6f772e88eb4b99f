"""What the tasks of a job have to say, gathered at the driver; said twice, it counts once.

Spark may run a task again. So each task tells all that it has under its own name, stage and
partition, and the last word counts.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from rehabgraph.graph.imports.findings import SHOWN, Findings, Warned
from rehabgraph.graph.imports.ocds_map import Tally
from rehabgraph.graph.imports.ocds_read import Packages

At = tuple[str, int]
"""Stage and partition."""
MARK = "\x1f"
"""Begins a place in a file that only the driver can name."""


@dataclass(slots=True)
class Told:
    """What one task did.

    Attributes:
        findings: what was lost; the first of each kind in words.
        packages: what the packages of the files say of themselves.
        blocks: (file, first byte of a block) → lines in it.
        tally: what was understood.
        counts: further counts: `releases`, `quads`, `organisations`, `proposed matches`.
    """

    findings: Findings = field(default_factory=Findings)
    packages: Packages = field(default_factory=Packages)
    blocks: Counter[tuple[int, int]] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    counts: Counter[str] = field(default_factory=Counter)


def gather(all_: dict[At, Told], more: Mapping[At, Told]) -> dict[At, Told]:
    """Return what tasks told, with that of more tasks; bounded, whatever the number of tasks.

    >>> one = Told(counts=Counter(quads=3))
    >>> sum(t.counts["quads"] for t in gather({("map", 0): one}, {("map", 0): one}).values())
    3
    """
    for at, told in more.items():
        all_.pop(at, None)
        held = Counter(w.kind for other in all_.values() for w in other.findings.shown)
        kept = []
        for warned in told.findings.shown:
            held[warned.kind] += 1
            if held[warned.kind] <= SHOWN:
                kept.append(warned)
        told.findings.shown = kept
        all_[at] = told
    return all_


class Gathering:
    """How an accumulator of Spark gathers what tasks told."""

    def zero(self, value: dict[At, Told]) -> dict[At, Told]:  # noqa: ARG002
        """Return what is told before anybody speaks."""
        return {}

    def addInPlace(self, one: dict[At, Told], more: dict[At, Told]) -> dict[At, Told]:  # noqa: N802
        """Return both."""
        return gather(one, more)


def sum_up(all_: Mapping[At, Told], names: list[str]) -> Told:
    """Return what all tasks told, as one; places in files are named by file and line.

    Args:
        all_: what each task told.
        names: the files' names, by number.
    """
    whole, starts = Told(), _count_lines(all_)
    shown: list[tuple[str, int, int, Warned]] = []
    for told in all_.values():
        shown += [_name_place(one, starts, names) for one in told.findings.shown]
        whole.findings.counts += told.findings.counts
        whole.packages.publishers |= told.packages.publishers
        whole.packages.licences |= told.packages.licences
        whole.packages.uris |= told.packages.uris
        whole.tally.add(told.tally)
        whole.counts += told.counts
    shown.sort(key=lambda found: (*found[:3], found[3].where, found[3].path, found[3].words))
    whole.findings.shown = [found[3] for found in shown]
    return whole


def mark_place(file: int, block: int, line: int) -> str:
    """Return a place in a file before it is known how many lines precede its block."""
    return f"{MARK}{file}:{block}:{line}"


def _count_lines(all_: Mapping[At, Told]) -> dict[tuple[int, int], int]:
    """Return (file, block) → lines of the file before the block."""
    lines: dict[tuple[int, int], int] = {}
    for told in all_.values():
        lines.update(told.blocks)
    starts, file, before = {}, -1, 0
    for at in sorted(lines):
        if at[0] != file:
            file, before = at[0], 0
        starts[at] = before
        before += lines[at]
    return starts


def _name_place(
    one: Warned, starts: Mapping[tuple[int, int], int], names: list[str]
) -> tuple[str, int, int, Warned]:
    """Return a warning with its place named, and what to sort it by: kind, file and line."""
    if not one.where.startswith(MARK):
        return one.kind, -1, 0, one
    file, block, line = (int(part) for part in one.where[1:].split(":"))
    number = starts.get((file, block), 0) + line
    where = f"{names[file]} line {number:,}"
    return one.kind, file, number, Warned(one.kind, where, one.path, one.words)
