"""`make bench`: what a user waits for, as ratios against a peer in the same run.

Machines differ and drift, so nothing here is a verdict in seconds: each command runs in turn with
its peer, and the median of the pairwise ratios is printed.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTHON = sys.executable
COMMAND = [str(Path(PYTHON).parent / "rehabgraph")]
RUNS = 11

RDFLIB = """
import rehabgraph, rdflib
from rehabgraph.graph.build import NQUADS, open_built
from rehabgraph.graph.rdflib_door import read_rdflib
from rehabgraph.queries.catalogue import read_question
with (open_built() / NQUADS).open(encoding="utf-8") as lines:
    dataset = read_rdflib(lines)
assert len(list(dataset.query(read_question("shares-by-provider").sparql))) == 26
"""


def measure_seconds(command: list[str], env: dict[str, str]) -> float:
    """Return the wall time of one run of a command, which must succeed."""
    begin = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)  # noqa: S603
    return time.perf_counter() - begin


def compare(name: str, ours: list[str], peer: list[str], env: dict[str, str], runs: int) -> None:
    """Print the median ratio of two commands run in turn, with the spread."""
    measure_seconds(ours, env), measure_seconds(peer, env)  # warm-up
    pairs = [(measure_seconds(ours, env), measure_seconds(peer, env)) for _ in range(runs)]
    ratios = [a / b for a, b in pairs]
    print(
        f"{name:58} {statistics.median(ratios):6.2f}  "
        f"({min(ratios):.2f} to {max(ratios):.2f}; {statistics.median(a for a, _ in pairs):.3f} s "
        f"against {statistics.median(b for _, b in pairs):.3f} s)"
    )


def main() -> None:
    """Run every comparison with a cache of its own."""
    with tempfile.TemporaryDirectory() as cache:
        env = {**os.environ, "REHABGRAPH_CACHE": cache}
        click = [PYTHON, "-c", "import click"]
        report = [*COMMAND, "report", "market-share", "--format", "json"]
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores; ratio is ours / peer\n")
        print(f"{'what':58} {'ratio':>6}")
        help_ = [*COMMAND, "--help"]
        compare("start of --help / python -c 'import click'", help_, click, env, RUNS)
        compare("warm market-share report / python -c 'import click'", report, click, env, RUNS)
        compare(
            "warm market-share report / the same shares through rdflib",
            report,
            [PYTHON, "-c", RDFLIB],
            env,
            3,
        )
    print()
    subprocess.run([PYTHON, str(Path(__file__).with_name("pages.py"))], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
