"""Every citation checked against the source texts, where somebody holds them.

The project does not contain the texts. It holds the hash of each file and of each line that
a row cites, so that anybody with a copy can check every fact down to its line.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.text_files import read_text_bytes, split_lines

LIST_KINDS = ("award", "region-heading", "lot-heading", "statement")

_LOCATOR = re.compile(r"L([1-9][0-9]{0,8})(?:-L([1-9][0-9]{0,8}))?")
_SOURCE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Tables = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class EvidenceFailure:
    """One row whose citation does not hold, and why."""

    table: str
    row: str
    source: str
    locator: str
    reason: str


@dataclass(frozen=True, slots=True)
class HashMismatch:
    """One text that is not the file we read: its hash or its number of lines differs."""

    source: str
    expected: str
    found: str
    expected_lines: str
    found_lines: int


@dataclass(frozen=True, slots=True)
class UnusedLine:
    """One line of an award list that no row cites; `kind` says what the line holds."""

    line: str
    kind: str


@dataclass(frozen=True, slots=True)
class EvidenceCheck:
    """What the check found.

    `checked` counts the rows that cite a text we were given; `passed` those that hold.
    `not_checkable` gives the number of rows for each source without a text. `altered` names
    the recorded lines that read differently in the copy. Headings among `unused` are
    expected; an award or a statement there is a fact that nobody entered.
    """

    checked: int
    passed: int
    failures: tuple[EvidenceFailure, ...]
    not_checkable: tuple[tuple[str, int], ...]
    hash_mismatches: tuple[HashMismatch, ...]
    altered: tuple[str, ...]
    unused: tuple[UnusedLine, ...]

    @property
    def unused_by_kind(self) -> dict[str, int]:
        """Return how many lines of each kind nobody cites."""
        count = Counter(line.kind for line in self.unused)
        return {kind: count[kind] for kind in LIST_KINDS}


@dataclass(frozen=True, slots=True)
class _Text:
    """The lines of one text, and for each whether its recorded hash agrees."""

    lines: tuple[str, ...]
    recorded: Mapping[int, bool]


def hash_line(line: bytes) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a line without its end.

    >>> hash_line(b"")
    'e3b0c44298fc1c14'
    """
    return sha256(line).hexdigest()[:16]


def read_locator(locator: str) -> tuple[int, int] | None:
    """Return the first and last line of a locator, or None when it names no lines.

    >>> read_locator("L50"), read_locator("L37-L39"), read_locator("page 2")
    ((50, 50), (37, 39), None)
    """
    found = _LOCATOR.fullmatch(locator)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if first <= last else None


def stands_on(token: str, line: str) -> bool:
    """Tell whether a printed token stands whole on a line: no part of a longer word or number.

    >>> stands_on("£6,021,064", "Ingeus - £6,021,064 (Derbyshire)")
    True
    >>> stands_on("£6,021", "Ingeus - £6,021,064 (Derbyshire)")
    False
    """
    before = r"(?<!\w)(?<!\d[.,])" if token[:1].isdigit() else r"(?<!\w)" * token[:1].isalnum()
    after = r"(?!\w)(?![.,]\d)" if token[-1:].isdigit() else r"(?!\w)" * token[-1:].isalnum()
    return re.search(before + re.escape(token) + after, line) is not None


def check_evidence(tables: Tables, texts_dir: Path | None) -> EvidenceCheck:
    """Return how far the rows agree with the texts that they cite.

    Args:
        tables: table name → raw rows; `sources` and `lines` among them.
        texts_dir: folder with the texts, each named `<source id>.txt`; without one, nothing
            can be checked, and every citation is counted as such.

    Raises:
        InvalidData: there is no such folder, a needed table is missing, or a text is binary,
            not UTF-8, or longer than the limits.

    >>> check_evidence({"sources": [], "lines": []}, Path(__file__).parent).checked
    0
    """
    if texts_dir is not None and not texts_dir.is_dir():
        raise InvalidData([f"{texts_dir}: no such folder; name the folder of the source texts"])
    if missing := [name for name in ("sources", "lines") if name not in tables]:
        raise InvalidData([f"table {missing[0]} is missing; the check of evidence needs it"])
    mismatches: list[HashMismatch] = []
    altered: list[str] = []
    found = _read_texts(tables, texts_dir, mismatches, altered) if texts_dir else ()
    texts = dict(found)
    failures: list[EvidenceFailure] = []
    without: Counter[str] = Counter()
    cited: dict[str, list[tuple[int, int]]] = {}
    checked = 0
    for table, row in _citations(tables):
        source, locator = _cell(row, "source"), _cell(row, "locator")
        if span := read_locator(locator):
            cited.setdefault(source, []).append(span)
        if source not in texts:
            without[source] += 1
            continue
        checked += 1
        if reasons := _problems(locator, _cell(row, "printed"), source, texts[source]):
            name = _cell(row, "id") or _cell(row, "reference")
            failures.append(EvidenceFailure(table, name, source, locator, "; ".join(reasons)))
    return EvidenceCheck(
        checked,
        checked - len(failures),
        tuple(failures),
        tuple(sorted(without.items())),
        tuple(mismatches),
        tuple(altered),
        tuple(_unused_lines(tables, cited)),
    )


def _cell(row: Mapping[str, str], column: str) -> str:
    return row.get(column) or ""


def _citations(tables: Tables) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield every row that names its evidence, with its table."""
    for table, rows in tables.items():
        if table not in {"sources", "lines"}:
            yield from ((table, row) for row in rows if "source" in row)


def _read_texts(
    tables: Tables, folder: Path, mismatches: list[HashMismatch], altered: list[str]
) -> Iterator[tuple[str, _Text]]:
    """Yield each text that the folder holds; note what differs from the record."""
    records = {_cell(row, "id"): row for row in tables["sources"]}
    hashes: dict[str, dict[int, str]] = {}
    for row in tables["lines"]:
        if (number := _cell(row, "number")).isdecimal() and len(number) < 10:
            hashes.setdefault(_cell(row, "of"), {})[int(number)] = _cell(row, "sha256")
    wanted = records.keys() | {_cell(row, "source") for _, row in _citations(tables)}
    for source in sorted(wanted):
        path = folder / f"{source}.txt"
        if not _SOURCE.fullmatch(source) or not path.exists():
            continue
        data = read_text_bytes(path)
        lines = split_lines(data, str(path))
        record: Mapping[str, str] = records.get(source, {})
        expected, number = _cell(record, "sha256"), _cell(record, "lines")
        found = sha256(data).hexdigest()
        if found != expected or str(len(lines)) != number:
            mismatches.append(HashMismatch(source, expected, found, number, len(lines)))
        recorded = {
            n: 1 <= n <= len(lines) and hash_line(lines[n - 1]) == digest
            for n, digest in hashes.get(source, {}).items()
        }
        altered += [f"{source}.L{n}" for n, same in sorted(recorded.items()) if not same]
        yield source, _Text(tuple(line.decode() for line in lines), recorded)


def _problems(locator: str, printed: str, source: str, text: _Text) -> list[str]:
    """Return why a citation does not hold; nothing when it does."""
    span = read_locator(locator)
    if not span:
        return ["the locator names no line; write L50 or L37-L39"]
    first, last = span
    if last > len(text.lines):
        return [f"there is no line {last}: the text has {len(text.lines)}"]
    reasons: list[str] = []
    for number in range(first, last + 1):
        if number not in text.recorded:
            reasons.append(f"line {source}.L{number} has no row in the table lines")
        elif not text.recorded[number]:
            reasons.append(f"line {source}.L{number} differs from its recorded hash")
    tokens = printed.split("|")
    if not all(token.strip() for token in tokens):
        reasons.append("a printed token is empty; give the words or figures of the line")
    lines = text.lines[first - 1 : last]
    reasons += [
        f"{token!r} does not stand there"
        for token in tokens
        if token.strip() and not any(stands_on(token, line) for line in lines)
    ]
    return reasons


def _unused_lines(
    tables: Tables, cited: Mapping[str, list[tuple[int, int]]]
) -> Iterator[UnusedLine]:
    """Yield the lines of the award lists that no citation takes in."""
    for row in tables["lines"]:
        number, kind = _cell(row, "number"), _cell(row, "kind")
        if kind not in LIST_KINDS or not number.isdecimal() or len(number) > 9:
            continue
        spans = cited.get(_cell(row, "of"), [])
        if not any(first <= int(number) <= last for first, last in spans):
            yield UnusedLine(_cell(row, "id"), kind)
