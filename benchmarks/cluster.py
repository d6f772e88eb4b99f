"""The Spark jobs beside the same work on one machine, at one size, in one run.

`python benchmarks/cluster.py [PROCESSES] [QUADS]` imports made-up procurement and reports on a
made-up world, once with Spark in `local-cluster[2,1,1024]` (two workers of one core and 1 GB,
each a process of its own, on this machine) and once without. The ratio is Spark / one machine: it
says what a cluster costs where none is needed. Memory is that of all processes together.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
COMMAND = str(Path(sys.executable).parent / "rehabgraph")
MASTER = "local-cluster[2,1,1024]"
LIMIT = 900
"""Seconds after which a run is ended and counts as not finished."""
FACTS = """
import sys
from pathlib import Path
from rehabgraph.graph.build import open_built
print(open_built(Path(sys.argv[1])) / "facts")
"""


@dataclass(frozen=True, slots=True)
class Took:
    """What a run took: seconds, None where it did not finish, and megabytes at its peak."""

    seconds: float | None
    megabytes: float

    def __str__(self) -> str:
        if self.seconds is None:
            return "did not finish"
        return f"{self.seconds:6.1f} s {self.megabytes:6,.0f} MB"


def measure(command: list[str], env: dict[str, str]) -> Took:
    """Return the time of a run, and the most memory that it and all its children had at once."""
    began, most = time.perf_counter(), 0.0
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    ) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, _add_memory(watched))
            if time.perf_counter() - began > LIMIT:
                for child in [*watched.children(recursive=True), watched]:
                    child.kill()
            time.sleep(0.5)
        seconds = time.perf_counter() - began
        said = process.stderr.read().decode(errors="replace") if process.stderr else ""
    if process.returncode:
        print(f"  {' '.join(command[1:4])}: {said.strip().splitlines()[-1:]}")
        return Took(None, most)
    return Took(seconds, most)


def _add_memory(process: psutil.Process) -> float:
    """Return what a process and its children hold of their own, in MB."""
    total = 0.0
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return total
    for one in family:
        try:
            total += one.memory_full_info().uss
        except psutil.Error:
            continue
    return total / 1e6


def compare(what: str, spark: Took, one: Took) -> None:
    """Print one line of the table."""
    ratio = spark.seconds / one.seconds if spark.seconds and one.seconds else None
    shown = f"{ratio:6.2f}" if ratio else "     –"
    print(f"{what:44} {shown}   {spark} | {one}", flush=True)


def main() -> None:
    """Measure the import and the reports."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("processes", type=int, nargs="?", default=10_400)
    parser.add_argument("quads", type=float, nargs="?", default=1e6)
    asked = parser.parse_args()
    print(f"Spark in {MASTER} beside one machine, {os.cpu_count()} cores; ratio is Spark / one\n")
    print(f"{'what':44} {'ratio':>6}   {'Spark':>18} | one machine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {**os.environ, "REHABGRAPH_CACHE": str(folder / "cache")}
        subprocess.run([COMMAND, "build"], env=env, check=True, capture_output=True)  # noqa: S603
        compare_imports(folder, asked.processes, env)
        compare_reports(folder, asked.quads, env)


def compare_imports(folder: Path, processes: int, env: dict[str, str]) -> None:
    """Import one file both ways, and report on it both ways."""
    lines, store, out = folder / "lines.jsonl", folder / "store", folder / "out"
    make = [sys.executable, str(HERE / "generate_ocds.py"), str(processes), str(lines)]
    subprocess.run(make, check=True, capture_output=True)  # noqa: S603
    job = [COMMAND, "cluster", "import", "--master", MASTER, "--input", str(lines)]
    one = [COMMAND, "--store", str(store), "import", "ocds", str(lines)]
    what = f"import of {processes:,} processes, {lines.stat().st_size / 1e6:.0f} MB"
    compare(what, measure([*job, "--output", str(out)], env), measure(one, env))
    place = ["--master", MASTER, "--input", str(out), "--output", str(folder / "imported")]
    job = [COMMAND, "cluster", "report", "imported", *place]
    one = [COMMAND, "--store", str(store), "report", "imported"]
    compare("imported", measure(job, env), measure(one, env))


def compare_reports(folder: Path, quads: float, env: dict[str, str]) -> None:
    """Report on one world both ways: Spark, DuckDB where it is chosen, and the store."""
    world = str(folder / "world")
    make = [sys.executable, str(HERE / "generate.py"), str(int(quads)), world]
    subprocess.run(make, check=True, capture_output=True)  # noqa: S603
    one = [COMMAND, "--data", world]
    subprocess.run([*one, "build", "--facts"], env=env, check=True, capture_output=True)  # noqa: S603
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", FACTS, world], env=env, check=True, capture_output=True, text=True
    )
    store = {**env, "REHABGRAPH_FACTS": "never"}
    for n, report in enumerate(("market-share", "concentration")):
        place = ["--master", MASTER, "--round", "all", "--input", found.stdout.strip()]
        job = [*one, "cluster", "report", report, *place, "--output", str(folder / f"r{n}")]
        spark, asked = measure(job, env), [*one, "report", report, "--round", "all"]
        compare(f"{report}, {quads:,.0f} quads, facts", spark, measure(asked, env))
        compare(f"{report}, {quads:,.0f} quads, store", spark, measure(asked, store))


if __name__ == "__main__":
    main()
