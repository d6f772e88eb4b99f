"""Statements of a store in a fixed order, however many there are.

Up to a bound the lines are sorted in memory; beyond it sorted runs go to temporary files and
are merged, so that an export never needs the whole graph in memory.
"""

import heapq
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rehabgraph.graph.store import Store

if TYPE_CHECKING:
    from pyoxigraph import Quad

RUN = 500_000
"""Lines that are sorted in memory at once."""
_END = re.compile(
    r'(?:".*"(?:@[\w-]+|\^\^<[^<>]*>)?|<[^<>]*>|_:\S+|<<.*>>)(?: (<[^<>]*>|_:\S+))? \.\n?$',
    re.DOTALL,
)


def graph_of(line: str) -> str:
    """Return the graph of an N-Quads line as written; empty for the default graph.

    >>> graph_of('<urn:s> <urn:p> "a <b> ." <urn:g> .')
    '<urn:g>'
    >>> graph_of('<urn:s> <urn:p> <urn:o> .')
    ''
    """
    found = _END.match(line.split(" ", 2)[2])
    return (found.group(1) or "") if found else ""


def sort_lines(
    lines: Iterable[str], key: Callable[[str], str] | None = None, run: int = RUN
) -> Iterator[str]:
    r"""Yield lines in order, each once, with bounded memory.

    Args:
        lines: N-Quads lines, each ending in a line feed.
        key: what goes before the line itself in the order.
        run: how many lines may be held in memory.

    >>> list(sort_lines(["b\n", "a\n", "b\n"], run=1))
    ['a\n', 'b\n']
    """
    order = key or (lambda _: "")
    with ExitStack() as stack:
        runs: list[Iterable[tuple[str, str]]] = []
        held: list[tuple[str, str]] = []
        for line in lines:
            held.append((order(line), line))
            if len(held) >= run:
                runs.append(_spill(stack, sorted(held), order))
                held = []
        last = None
        for pair in heapq.merge(*runs, sorted(held)):
            if pair != last:
                yield pair[1]
            last = pair


def _spill(
    stack: ExitStack, pairs: list[tuple[str, str]], order: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115
    stack.enter_context(file)
    file.writelines(line for _, line in pairs)
    file.seek(0)
    return ((order(line), line) for line in file)


def name_blanks(lines: Iterable[str]) -> Iterator[str]:
    """Yield N-Quads lines, blank nodes named by what is said of them (RDFC-1.0).

    A store gives them new names each time it is loaded; these names are the same every time.
    """
    from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

    blank = []
    for line in lines:
        if line.startswith("_:") or " _:" in line:
            blank.append(line)
        else:
            yield line
    quads = Dataset(parse(input="".join(blank), format=RdfFormat.N_QUADS))
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    named = serialize(quads, format=RdfFormat.N_QUADS) or b""
    yield from io.StringIO(named.decode(), newline="\n")


class _LineFile(io.RawIOBase):
    """Lines as a file that can be read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._rest:
            line = next(self._lines, None)
            if line is None:
                return 0
            self._rest = line.encode()
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def read_sorted(store: Store, *, by_graph: bool = False) -> "Iterator[Quad]":
    """Yield the statements of a store, sorted as text; by graph first where asked.

    Statements that differ only in their graph follow one another when not sorted by graph.
    """
    from pyoxigraph import RdfFormat, parse

    lines = sort_lines(name_blanks(store.quads()), graph_of if by_graph else None)
    return parse(input=io.BufferedReader(_LineFile(lines), 1 << 16), format=RdfFormat.N_QUADS)
