"""An announcement of awards, read into proposals that a person confirms.

The form is a region heading, lot headings under it, and under those lines of
`Name - £value (areas – until …) (notes)`. Nothing is repaired in silence, nothing is split,
and what fits nothing is listed with its line number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehabgraph.graph.award_line import NotUnderstoodLine, looks_priced, read_priced_line
from rehabgraph.graph.award_results import (
    AreaGroup,
    AwardList,
    ProposedContract,
    ProposedLine,
    Repair,
    Statement,
)
from rehabgraph.graph.award_words import Names, index_names, key, nearest_name, plain
from rehabgraph.graph.text_files import check_size, read_text_bytes, split_lines

__all__ = ["COHORTS", "AwardList", "ProposedContract", "ProposedLine", "Statement"]
__all__ += ["read_award_list"]

COHORTS: Mapping[str, str] = {"Young Adults": "young-adults", "26+": "adults-26-plus"}
_SHORTEST_STATEMENT = 5  # words
_LONGEST_HEADING = 120  # letters; nothing longer is compared with the known headings


@dataclass(frozen=True, slots=True)
class _Words:
    """The vocabularies by key, and the form of a line that they decide."""

    regions: dict[str, str]
    areas: dict[str, str]
    lots: dict[str, str]
    cohorts: dict[str, str]
    names: Names

    @property
    def headings(self) -> dict[str, str]:
        """Every known heading by key."""
        return self.lots | self.regions

    def read_lot(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the lot of a heading and the cohorts in its brackets."""
        if lot := self.lots.get(key(text)):
            return lot, ()
        base, bracket, inner = plain(text).rstrip().removesuffix(")").rpartition("(")
        lot = self.lots.get(key(base)) if bracket and plain(text).rstrip().endswith(")") else None
        names = [word.strip() for word in key(inner).replace(" and ", ",").split(",")]
        cohorts = tuple(self.cohorts.get(name, "") for name in names)
        known = all(cohorts) and len(set(cohorts)) == len(cohorts)
        return (lot, cohorts) if lot and known else None

    def read_kind(self, text: str) -> str:
        """Return `blank`, `region`, `lot`, `priced`, `sentence` or `other`."""
        if not text.strip():
            return "blank"
        if key(text) in self.regions:
            return "region"
        if self.read_lot(text):
            return "lot"
        if "£" in text:
            return "priced" if looks_priced(text) else "other"
        ends = text.rstrip(" \t\u00a0\"'”’").endswith((".", "!", "?"))
        return "sentence" if ends and len(text.split()) >= _SHORTEST_STATEMENT else "other"


@dataclass(slots=True)
class _State:
    """Where the reader stands, and what it has found so far."""

    region: str | None = None
    lot: str | None = None
    cohorts: tuple[str, ...] = ()
    cohort_text: str = ""
    why_none: str = ""
    lines: list[ProposedLine] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    not_understood: list[tuple[int, str]] = field(default_factory=list)
    # Past an unknown paragraph the list may be over: what follows waits for a priced line.
    doubt: bool = False
    headed: bool = False
    waiting_statements: list[Statement] = field(default_factory=list)
    waiting: list[tuple[int, str]] = field(default_factory=list)

    def settle(self) -> None:
        """Count everything that waited as part of the list."""
        self.statements += self.waiting_statements
        self.not_understood += self.waiting
        self.waiting_statements, self.waiting, self.doubt = [], [], False


def read_award_list(
    path_or_bytes: str | Path | bytes,
    regions: Mapping[str, str],
    areas: Mapping[str, str],
    lots: Mapping[str, str],
    organisations: Mapping[str, str],
    *,
    cohorts: Mapping[str, str] = COHORTS,
) -> AwardList:
    r"""Return the lines and contracts that an announcement proposes.

    Args:
        path_or_bytes: the announcement, as a path or as its bytes (UTF-8).
        regions: name or alias of a region → id.
        areas: name or alias of an area → id.
        lots: heading or alias of a lot → id.
        organisations: name or alias of an organisation → id.
        cohorts: words for a cohort in the brackets of a lot heading → id.

    Raises:
        InvalidData: the file cannot be read as text within the limits, or a vocabulary gives
            one name to two ids.

    >>> text = "Wales\n\nAccommodation\nNacro - £633,425 (North Wales)\n".encode()
    >>> found = read_award_list(text, {"Wales": "wales"}, {"North Wales": "north-wales"},
    ...                         {"Accommodation": "ACC"}, {"Nacro": "nacro"})
    >>> found.lines[0].match.organisation, [contract.area for contract in found.contracts]
    ('nacro', ['north-wales'])
    """
    if isinstance(path_or_bytes, bytes):
        name, data = "the announcement", path_or_bytes
        check_size(data, name)
    else:
        name, data = str(path_or_bytes), read_text_bytes(Path(path_or_bytes))
    texts = [line.decode() for line in split_lines(data.removeprefix(b"\xef\xbb\xbf"), name)]
    words = _Words(
        index_names(regions, "region"),
        index_names(areas, "area"),
        index_names(lots, "lot"),
        index_names(cohorts, "cohort"),
        Names(organisations),
    )
    kinds = [words.read_kind(text) for text in texts]
    first = _find_start(kinds)
    state = _State(doubt=True)
    for number, (kind, text) in enumerate(zip(kinds[:first], texts, strict=False), start=1):
        if kind == "priced":
            _read_priced(number, text, words, state)
    state.doubt, state.waiting = False, []
    _read_list(kinds, texts, first, words, state)
    lines = tuple(state.lines)
    contracts = tuple(contract for line in lines for contract in _propose_contracts(line))
    not_understood = tuple(sorted(state.not_understood))
    return AwardList(lines, contracts, tuple(state.statements), not_understood)


def _find_start(kinds: list[str]) -> int:
    """Return where the list starts: headings, sentences under them, then a priced line."""
    start = previous = None
    lot = False
    for at, kind in enumerate(kinds):
        if kind == "blank":
            continue
        if kind == "region":
            start, lot = (at if start is None else start), False
        elif kind == "lot":
            lot = start is not None
        elif kind == "priced" and start is not None and lot:
            return start
        elif kind != "sentence" or previous not in {"region", "lot"}:
            start, lot = None, False
        previous = kind
    return len(kinds)


def _read_list(
    kinds: list[str], texts: list[str], first: int, words: _Words, state: _State
) -> None:
    previous, gap = "blank", False
    for number in range(first + 1, len(texts) + 1):
        kind, text = kinds[number - 1], texts[number - 1]
        if kind == "blank":
            gap = True
            continue
        if kind == "region":
            state.region, state.lot, state.headed = words.regions[key(text)], None, True
            state.why_none = f"stands under no lot heading of {text.strip()}"
        elif kind == "lot" and (heading := words.read_lot(text)):
            state.lot, state.cohorts = heading
            state.cohort_text = text[text.rindex("(") :].strip() if state.cohorts else ""
            state.headed = True
        elif kind == "priced":
            _read_priced(number, text, words, state)
        elif kind == "sentence" and previous in {"region", "lot"} and state.region:
            said = Statement(number, state.region, state.lot, text.strip())
            (state.waiting_statements if state.doubt else state.statements).append(said)
        else:
            apart = gap and previous != "region"
            _read_other(number, text, words, state, kind=kind, apart=apart)
        previous, gap = kind, False


def _read_priced(number: int, text: str, words: _Words, state: _State) -> None:
    """Read a priced line under the headings that stand above it."""
    outside = state.doubt and not state.headed
    if not outside:
        state.settle()
    try:
        priced = read_priced_line(text, words.areas)
    except NotUnderstoodLine as reason:
        (state.waiting if outside else state.not_understood).append((number, str(reason)))
        return
    if outside:
        why = "is priced but stands outside the list: under no known region and lot heading"
        state.not_understood.append((number, why))
        return
    if state.region is None or state.lot is None:
        why = state.why_none or "stands under no known region heading"
        state.not_understood.append((number, why))
        return
    repairs = list(priced.repairs)
    if len(state.cohorts) > 1:
        per = f"{len(state.cohorts)} contracts for each area"
        why = "the brackets of the lot heading name several cohorts"
        repairs.append(Repair("counts-as", state.cohort_text, per, why))
    state.lines.append(
        ProposedLine(
            number,
            state.region,
            state.lot,
            state.cohorts,
            priced.name,
            words.names.match(priced.name),
            priced.value_as_printed,
            priced.value,
            tuple(priced.groups),
            priced.status,
            tuple(priced.notes),
            tuple(repairs),
        )
    )


def _read_other(
    number: int, text: str, words: _Words, state: _State, *, kind: str, apart: bool
) -> None:
    """Keep a line that fits nothing; when it stands apart, the list may be over."""
    reason = "is no heading, no statement and no `Name - £value` line"
    if kind == "other" and "£" in text:
        reason = "has a price but not in the form `Name - £value`"
    elif kind == "other":  # it may be a heading that we do not know
        base = key(text.partition("(")[0])
        near = nearest_name(base, words.headings) if len(base) < _LONGEST_HEADING else ""
        reason = f"is no known heading{near}"
        if apart:
            state.region = None
        state.lot, state.why_none = None, f"stands under line {number}, which is no known heading"
    if apart:
        state.doubt, state.headed = True, False
    (state.waiting if state.doubt else state.not_understood).append((number, reason))


def _propose_contracts(line: ProposedLine) -> Iterator[ProposedContract]:
    """Yield one contract for each area (or the region) and cohort of a line."""
    for group in line.groups or (AreaGroup("", ()),):
        for area in group.areas or (None,):
            for cohort in line.cohorts or (None,):
                yield ProposedContract(
                    line.line, line.region, line.lot, area, cohort, group.until, group.precision
                )
