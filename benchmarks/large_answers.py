"""Eight questions of a made-up market: DuckDB over its facts beside the stores that hold it.

`python benchmarks/large_answers.py --sizes 1e4,1e5,1e6` builds a world of each size and prints
what each engine took as a multiple of DuckDB's time, with its peak memory; all must give the
same rows. An engine that is not done at `--limit` is ended, and what it did by then is printed.
`--engines duckdb` alone goes to 1e7; then the reports are what counts.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from eight_questions import PREFIXES, QUESTIONS

HERE = Path(__file__).parent
ENGINES = ("duckdb", "memory", "disk", "rdflib")
REPORTS = (("market-share", {}), ("concentration", {"by": "lot"}),
           ("concentration", {"by": "lot,region"}))  # fmt: skip


def plain(value: object) -> str:
    """Return a cell as text that is the same whatever the engine: ids short, numbers rounded."""
    text = str(value)
    try:
        return f"{float(text):.9g}"
    except ValueError:
        return text.rsplit("/", 1)[-1]


def digest(rows: Any) -> str:  # noqa: ANN401
    """Return a short hash of rows in any order."""
    lines = sorted("\t".join(map(plain, row)) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12] + f" {len(lines)}"


def tell(step: str, seconds: float, answer: str = "") -> None:
    """Print what a step took, for the parent."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"step": step, "s": seconds, "mb": peak, "answer": answer}), flush=True)


def ask_all(engine: str, folder: Path) -> None:
    """Open a world with one engine and put the eight questions to it."""
    began = time.perf_counter()
    if engine == "duckdb":
        from rehabgraph.graph.large.facts import find_facts
        from rehabgraph.queries.large.engine import open_facts

        facts = find_facts(folder / "facts")
        if facts is None:
            raise SystemExit("no facts were written")
        with open_facts(facts) as db:
            tell("open", time.perf_counter() - began)
            for name, question in QUESTIONS.items():
                begin = time.perf_counter()
                rows = db.execute(question.sql).fetchall()
                tell(name, time.perf_counter() - begin, digest(rows))
        _time_reports(folder)
        return
    if engine == "rdflib":
        from rehabgraph.graph.rdflib_door import read_rdflib

        with (folder / "dataset.nq").open(encoding="utf-8") as lines:
            store: Any = read_rdflib(lines)
        tell("open", time.perf_counter() - began)
    else:
        from pyoxigraph import RdfFormat, Store

        store = Store() if engine == "memory" else Store.read_only(str(folder / "store"))
        if engine == "memory":
            store.bulk_load(path=str(folder / "dataset.nq"), format=RdfFormat.N_QUADS)
        tell("open", time.perf_counter() - began)
    for name, question in QUESTIONS.items():
        begin = time.perf_counter()
        if engine == "rdflib":
            rows = list(store.query(PREFIXES + question.sparql))
        else:
            found = store.query(PREFIXES + question.sparql, use_default_graph_as_union=True)
            rows = [[term.value for term in row] for row in found]
        tell(name, time.perf_counter() - begin, digest(rows))


def _time_reports(folder: Path) -> None:
    import rehabgraph

    graph = rehabgraph.open(folder)
    for name, options in REPORTS:
        begin = time.perf_counter()
        graph.report(name, round="all", **options)
        what = f"report {name} {options.get('by', '')}"
        tell(what, time.perf_counter() - begin)


def run_engine(engine: str, folder: Path, limit: float) -> dict[str, dict[str, Any]]:
    """Return step → what it took, for as many steps as were done within the limit."""
    command = [sys.executable, __file__, "--child", engine, str(folder)]
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out)  # noqa: S603 - this very file
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        out.seek(0)
        return {step["step"]: step for step in map(json.loads, out)}


def build_world(quads: str, folder: Path) -> Path:
    """Return the folder of a built world with its store and facts."""
    tables = folder / f"tables-{quads}"
    python, cache = (
        sys.executable,
        {**os.environ, "REHABGRAPH_CACHE": str(folder / f"built-{quads}")},
    )
    subprocess.run([python, str(HERE / "generate.py"), quads, str(tables)], check=True)  # noqa: S603
    for more in ([], ["--facts"]):
        command = [python, "-m", "rehabgraph", "--data", str(tables), "build", *more]
        subprocess.run(command, check=True, env=cache, stderr=subprocess.DEVNULL)  # noqa: S603
    (built,) = (p.parent for p in (folder / f"built-{quads}").glob("*/store"))
    return built


def print_size(quads: str, built: Path, engines: list[str], limit: float) -> None:
    """Print the table of one size."""
    found = {engine: run_engine(engine, built, limit) for engine in engines}
    base = found.get("duckdb", {})
    print(f"\n{quads} quads{'':22}" + "".join(f"{engine:>22}" for engine in engines))
    for name in ("open", *QUESTIONS, *(s for s in base if s.startswith("report"))):
        cells = []
        for engine in engines:
            step = found[engine].get(name)
            if step is None:
                cells.append("–" if name.startswith("report") else f"not in {limit:.0f} s")
                continue
            of = f"  {step['s'] / base[name]['s']:7.1f}×" if name in base and name != "open" else ""
            cells.append(f"{step['s']:.3f} s{of}")
        answers = {steps[name]["answer"] for steps in found.values() if name in steps}
        warn = "" if len(answers) < 2 else "  ANSWERS DIFFER"
        print(f"{name:34}" + "".join(f"{cell:>22}" for cell in cells) + warn)
    totals = []
    for engine in engines:
        steps = [s for n, s in found[engine].items() if n in QUESTIONS]
        done = f"{sum(s['s'] for s in steps):.2f} s" if len(steps) == len(QUESTIONS) else "–"
        peak = max((s["mb"] for s in found[engine].values()), default=0)
        totals.append(f"{done}, {peak:,.0f} MB")
    print(f"{'all eight, peak memory':34}" + "".join(f"{cell:>22}" for cell in totals))


def main() -> None:
    """Read the command line; build each world and print its table."""
    parser = argparse.ArgumentParser(description="Eight questions, engine beside engine.")
    parser.add_argument("--sizes", default="1e4,1e5,1e6", help="numbers of quads, by comma")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--limit", type=float, default=120, help="seconds for each engine and size")
    parser.add_argument(
        "--built", type=Path, help="folder of worlds built already, a folder a size"
    )
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        ask_all(given.child[0], Path(given.child[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        for quads in given.sizes.split(","):
            built = given.built / quads if given.built else build_world(quads, Path(name))
            print_size(quads, built, given.engines.split(","), given.limit)


if __name__ == "__main__":
    main()
