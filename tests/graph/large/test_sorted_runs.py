"""Lines sorted in runs are those that Python sorts in memory."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pl = pytest.importorskip("polars")


@given(
    pieces=st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n")))),
    run=st.integers(1, 9),
)
def test_ranges_are_the_sorted_lines_each_once(pieces: list[list[str]], run: int) -> None:
    """However the lines fall into runs, they come back sorted by code point and each once."""
    from rehabgraph.graph.large import sorted_runs

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_runs, "SAMPLE", 2)
        runs = sorted_runs.SortedRuns(Path(folder), run=run)
        for piece in pieces:
            runs.add(pl.Series(piece, dtype=pl.String))
        found = [line for lines in runs.ranges() for line in lines]
    assert found == sorted({line for piece in pieces for line in piece})


def test_runs_of_another_folder_are_read_along(tmp_path: Path) -> None:
    """Runs that an earlier process left, in two folders, are merged."""
    from rehabgraph.graph.large.sorted_runs import SortedRuns

    for name, lines in (("a", ["c", "a"]), ("b", ["b", "a"])):
        runs = SortedRuns(tmp_path / name)
        runs.add(pl.Series(lines))
        runs.flush()
    both = SortedRuns(tmp_path / "a", also=(tmp_path / "b",))
    assert [line for lines in both.ranges() for line in lines] == ["a", "b", "c"]


def test_a_run_is_as_long_as_the_module_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The length is asked for when a folder is opened, so that a test of short runs has many."""
    from rehabgraph.graph.large import sorted_runs

    monkeypatch.setattr(sorted_runs, "RUN", 2)
    runs = sorted_runs.SortedRuns(tmp_path)
    for line in "abcde":
        runs.add(pl.Series([line]))
    runs.flush()
    assert len(list(tmp_path.glob("*.arrow"))) == 3
