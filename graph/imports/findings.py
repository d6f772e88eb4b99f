"""What an import has to say: each loss by name, all of them by number."""

from collections import Counter
from dataclasses import dataclass, field

SHOWN = 200
"""So many warnings of one kind are kept in words; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: its kind, the process or row, the place in it, and what was done."""

    kind: str
    where: str
    path: str
    words: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.where, self.path) if part)
        return f"{place}: {self.words}" if place else self.words


@dataclass(slots=True)
class Findings:
    """All warnings of one import, bounded in memory.

    >>> found = Findings()
    >>> found.warn("number", "ocds-1", "awards/0/value/amount", "1e9999 is no sum; left out")
    >>> str(found.shown[0]), found.total
    ('ocds-1 awards/0/value/amount: 1e9999 is no sum; left out', 1)
    """

    shown: list[Warned] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def warn(self, kind: str, where: str, path: str, words: str) -> None:
        """Add a warning."""
        self.counts[kind] += 1
        if self.counts[kind] <= SHOWN:
            self.shown.append(Warned(kind, where, path, words))

    def add(self, more: "Findings") -> None:
        """Add the warnings of a part of the import."""
        for warned in more.shown:
            self.warn(warned.kind, warned.where, warned.path, warned.words)
        for kind, number in more.counts.items():
            self.counts[kind] += max(0, number - SHOWN)  # those that had no words

    @property
    def total(self) -> int:
        """The number of all warnings."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of what an import understood: `awards`, 3."""

    what: str
    number: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a file says of a contract that the record does not: `differs`, `new` or `gone`."""

    contract: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import understood, would not guess, and added.

    Attributes:
        key: the import's id in the store, empty when nothing was there to import.
        files: names of the files.
        state: `added`, `already there`, `dropped`, `replaced` or `dry run`.
        counts: figures in a stable order.
        sums: currency, tax basis, sum of award values as exact decimal text, number of awards.
        findings: warnings.
        quads: statements that the import makes.
        changes: how what was read differs from the record, where that is asked.
    """

    key: str
    files: tuple[str, ...]
    state: str
    counts: tuple[Count, ...] = ()
    sums: tuple[tuple[str, str, str, int], ...] = ()
    findings: Findings = field(default_factory=Findings)
    quads: int = 0
    changes: tuple["Change", ...] = ()

    def count(self, what: str) -> int:
        """Return one figure by name; 0 where there is none."""
        return next((c.number for c in self.counts if c.what == what), 0)
