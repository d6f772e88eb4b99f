"""More lines than fit in memory, sorted and each once: sorted runs on disk, then ranges of them.

Runs are sorted pieces in files of their own. The finished file is written range by range: each
range takes its slice out of every run, so that no more than one range is in memory. Nothing is
compared line by line in Python.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

RUN = 250_000
"""Lines that are sorted at once, and loaded at once."""
BATCH = 10_000
"""Lines of a run that are read together at least."""
SAMPLE = 1000
"""One line in so many says how the lines are spread."""


class SortedRuns:
    """Collects lines in a folder and gives them back in order.

    Args:
        folder: where the runs are, or go; made when it is not there.
        also: further folders of runs, to be read with these.
        run: how many lines are sorted at once; `RUN` when not said.
    """

    def __init__(self, folder: Path, also: tuple[Path, ...] = (), run: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.run = folder, run or RUN
        self.length = 0
        """Lines taken in so far."""
        self._held: list[pl.Series] = []
        self._held_length = 0
        self.files = [path for place in (folder, *also) for path in sorted(place.glob("*.arrow"))]
        """The runs, each sorted; a line stands in several perhaps."""

    def add(self, lines: "pl.Series") -> None:
        """Take lines in; they go to a file when enough are held."""
        self._held.append(lines.rename("line"))
        self._held_length += len(lines)
        self.length += len(lines)
        if self._held_length >= self.run:
            self.flush()

    def flush(self) -> None:
        """Write the lines that are held as a sorted run."""
        import polars as pl

        if self._held:
            path = self.folder / f"run-{len(self.files):05}.arrow"
            lines = sort_once(pl.concat(self._held))
            lines.to_frame().write_ipc(path, record_batch_size=BATCH)
            self.files.append(path)
            self._held, self._held_length = [], 0

    def ranges(self) -> "Iterator[pl.Series]":
        """Yield the lines in order, each once, in pieces of about one run's length."""
        import polars as pl

        self.flush()
        if not self.files:
            return
        counts, samples = [], []
        for lines in map(read_run, self.files):
            counts.append(len(lines))
            samples.append(lines.gather_every(SAMPLE))
        sample = pl.concat(samples).sort()
        pieces = max(1, sum(counts) // self.run)
        bounds = sample.gather_every(max(1, len(sample) // pieces))[1:].unique().sort()
        cuts = [
            [0, *lines.search_sorted(bounds, side="left").to_list(), len(lines)]
            for lines in map(read_run, self.files)
        ]
        for start in range(len(bounds) + 1):
            some = [
                pl.scan_ipc(path).slice(cut[start], cut[start + 1] - cut[start]).collect()["line"]
                for path, cut in zip(self.files, cuts, strict=True)
                if cut[start + 1] > cut[start]
            ]
            if some:
                yield sort_once(pl.concat(some))


def read_run(path: Path) -> "pl.Series":
    """Return the lines of a run."""
    import polars as pl

    return pl.read_ipc(path)["line"]


def sort_once(lines: "pl.Series") -> "pl.Series":
    """Return lines in order, each once: equal ones lie side by side then, and none is looked up."""
    lines = lines.sort()
    return lines.filter(lines.ne_missing(lines.shift()))
