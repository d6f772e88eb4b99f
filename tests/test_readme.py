"""The README says what the program does."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_readme_has_three_examples() -> None:
    """A newcomer sees at least three commands with their output."""
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS)
def test_example_prints_what_the_readme_shows(block: str, tmp_path: Path) -> None:
    """Each example, run as written, prints the lines shown; `...` stands for any lines."""
    command, *shown = block.rstrip("\n").split("\n")
    words = shlex.split(command.removeprefix("$ "))
    assert words[0] == "rehabgraph"
    done = subprocess.run(
        [sys.executable, "-m", "rehabgraph", *words[1:], "--format", "table"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "100"},
    )
    printed = done.stdout.decode("utf-8")
    pattern = re.escape("\n".join(shown)).replace(r"\.\.\.", ".*")
    assert re.match(pattern, printed, re.DOTALL), printed
