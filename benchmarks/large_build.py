"""Builds and validation of large made-up tables beside their peers, with peak memory.

First the tables into memory: ours with every check of types, keys and references, and an rdflib
loop that adds statement by statement. Then into a file of statements: ours checked again;
morph-kgc with a mapping written from the same description, which checks nothing and leaves lists
of values whole. Then into a store on disk: ours, sorted on the way; what morph-kgc wrote, loaded;
and the engine alone, which is given finished N-Quads. Then the whole build, with rules, facts and
the sorted file, and the shapes as SPARQL beside pySHACL.

The first five take turns, `--rounds` times, and the best of each counts.
"""

import argparse
import csv
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import Run, fastest, run

if TYPE_CHECKING:
    import polars as pl

    from rehabgraph.graph.tables import Table

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000)
PYSHACL_UP_TO = 100_000
XSD = "http://www.w3.org/2001/XMLSchema#"


def read_columns(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield file, address template and each column that makes statements."""
    group = json.loads((folder / "csv-metadata.json").read_text(encoding="utf-8"))
    for table in group["tables"]:
        for column in table["tableSchema"]["columns"]:
            if not column.get("suppressOutput"):
                about = column.get("aboutUrl") or table["tableSchema"]["aboutUrl"]
                yield table["url"], about, column


def datatype_of(column: dict[str, Any]) -> str | None:
    """Return the address of a column's datatype; None for text."""
    kind = column.get("datatype", "string")
    base = kind if isinstance(kind, str) else kind.get("base", "string")
    return None if base == "string" else XSD + base


def build_rdflib(folder: Path) -> None:
    """Add what the tables say to an rdflib graph, statement by statement."""
    from rdflib import Graph, Literal, URIRef

    graph = Graph()
    by_file: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for file, about, column in read_columns(folder):
        by_file.setdefault(file, []).append((about, column))
    for file, columns in by_file.items():
        with (folder / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                slots = {f"+{name}": cell for name, cell in row.items()} | row
                for about, column in columns:
                    cell = row.get(column["name"], "")
                    if not cell and not column.get("virtual"):
                        continue
                    subject, predicate = URIRef(about.format_map(slots)), column["propertyUrl"]
                    if url := column.get("valueUrl"):
                        graph.add((subject, URIRef(predicate), URIRef(url.format_map(slots))))
                        continue
                    kind = datatype_of(column)
                    separator = column.get("separator")
                    for part in cell.split(separator) if separator else [cell]:
                        value = Literal(part, datatype=URIRef(kind) if kind else None)
                        graph.add((subject, URIRef(predicate), value))
    print(len(graph))


def write_morph(folder: Path, work: Path) -> None:
    """Map the tables by morph-kgc to N-Triples."""
    import runpy

    import numpy
    import pandas

    maps = []
    for number, (file, about, column) in enumerate(read_columns(folder)):
        value = f'rml:reference "{column["name"]}"'
        if url := column.get("valueUrl"):
            value = f'rr:template "{re.sub(r"{[+]", "{", url)}"'
            value = value if "{" in url else f"rr:constant <{url}>"
        elif kind := datatype_of(column):
            value += f" ; rr:datatype <{kind}>"
        maps.append(
            f'<#m{number}> rml:logicalSource [ rml:source "{folder / file}" ;'
            f' rml:referenceFormulation ql:CSV ] ; rr:subjectMap [ rr:template "{about}" ] ;'
            f" rr:predicateObjectMap [ rr:predicate <{column['propertyUrl']}> ;"
            f" rr:objectMap [ {value} ] ] ."
        )
    prefixes = (
        "@prefix rr: <http://www.w3.org/ns/r2rml#> .\n@prefix rml: <http://semweb.mmlab.be/ns/rml#>"
        " .\n@prefix ql: <http://semweb.mmlab.be/ns/ql#> .\n@base <urn:map> .\n"
    )
    (work / "map.ttl").write_text(prefixes + "\n".join(maps), encoding="utf-8")
    (work / "morph.ini").write_text(
        f"[CONFIGURATION]\noutput_file: {work / 'morph.nt'}\nlogging_level: ERROR\n"
        f"[tables]\nmappings: {work / 'map.ttl'}\n"
    )

    # morph-kgc 2.3 was made for older libraries: give it back a name that numpy has dropped, and
    # a count whose first number can be had by place (it only logs it).
    numpy.NaN = numpy.nan  # type: ignore[attr-defined]
    count = pandas.Series.value_counts
    pandas.Series.value_counts = lambda one, **how: count(one, **how).reset_index(drop=True)
    sys.argv = ["morph_kgc", str(work / "morph.ini")]
    runpy.run_module("morph_kgc", run_name="__main__")


def build_morph(folder: Path, work: Path) -> None:
    """Map the tables by morph-kgc and load what it wrote into a store on disk."""
    write_morph(folder, work)
    load_file(work / "morph.nt", work / "morph-store")


def load_file(file: Path, store: Path) -> None:
    """Load finished statements into a store on disk, as the engine alone does it."""
    from pyoxigraph import RdfFormat, Store

    form = RdfFormat.N_TRIPLES if file.suffix == ".nt" else RdfFormat.N_QUADS
    opened = Store(str(store))
    opened.bulk_load(path=str(file), format=form)
    opened.flush()


def build_ours(folder: Path, work: Path) -> None:
    """Do the first two stages of a large build: tables checked and read, store loaded."""
    from rehabgraph.graph.large.polars_build import LargeBuild
    from rehabgraph.graph.progress import Progress

    with Progress("Build") as progress:
        LargeBuild(folder, work, progress).run(until="store")


def build_memory(folder: Path) -> None:
    """Check and read the tables, and load what they say into a store in memory meanwhile."""
    from concurrent.futures import ThreadPoolExecutor

    import polars as pl
    from pyoxigraph import Store

    from rehabgraph.graph.large.polars_build import load_lines
    from rehabgraph.graph.large.sorted_runs import RUN

    store = Store()
    held: list[pl.Series] = []

    def load() -> None:
        loads.append(pool.submit(load_lines, store, pl.concat(held)))
        held.clear()

    def take(lines: pl.Series) -> None:
        held.append(lines)
        if sum(map(len, held)) >= RUN:
            load()

    loads: list[Any] = []
    with ThreadPoolExecutor(1) as pool:
        read_lines(folder, take)
        load()
    print(sum(one.result() for one in loads), len(store))


def write_ours(folder: Path, work: Path) -> None:
    """Check and read the tables, and write what they say to a file, in no order."""
    with (work / "ours.nq").open("wb") as out:

        def take(lines: "pl.Series") -> None:
            lines.to_frame().write_csv(out, include_header=False, quote_style="never")

        read_lines(folder, take)


def read_lines(folder: Path, take: "Callable[[pl.Series], None]") -> None:
    """Check the tables and hand on their statements, a column of a block of rows at a time."""
    from rehabgraph.graph.large.frame_checks import check_tables
    from rehabgraph.graph.large.frame_quads import write_lines
    from rehabgraph.graph.tables import open_metadata
    from rehabgraph.ontology import CURATED

    def write(table: "Table", frames: "Iterator[pl.DataFrame]") -> None:
        for frame in frames:
            for lines in write_lines(table.spec, frame, CURATED):
                take(lines)

    check_tables(folder, list(open_metadata(folder).tables), write)


def check(store: Path, engine: str) -> None:
    """Hold a store against the shapes."""
    from rehabgraph.graph.store import open_directory

    opened = open_directory(store)
    if engine == "pyshacl":
        from rehabgraph.graph.rdflib_door import read_rdflib
        from rehabgraph.graph.validate import validate_dataset

        found = validate_dataset(read_rdflib(opened.quads()))
    else:
        from rehabgraph.graph.shapes.check import check_store

        found = check_store(opened.raw)
    print(len(found))


def measure_size(size: int, folder: Path, limit: float, rounds: int) -> None:
    """Print the lines of one size."""

    def step(name: str, *arguments: Path | str) -> Run:
        script = str(HERE / "large_build.py")
        with tempfile.TemporaryDirectory(dir=folder) as work:
            own = [work] if name in IN_A_FOLDER else []
            command = [sys.executable, script, "--step", name, *map(str, arguments), *own]
            return run(command, limit=limit)

    def tell(what: str, ours: Run, peer: Run, name: str) -> None:
        print(f"{size:>10,}  {what:24} {ours.ratio(peer):>6}   ours {ours}; {name} {peer}")

    tables, cache = folder / "tables", folder / "cache"
    run([sys.executable, str(HERE / "generate.py"), str(size), str(tables)])
    command = [str(Path(sys.executable).parent / "rehabgraph"), "--data", str(tables), "build"]
    whole = run(command, env={"REHABGRAPH_CACHE": str(cache)}, limit=limit)
    built = next(iter(cache.glob("[!.]*")), cache)
    turns = [
        {
            name: step(name, built / "dataset.nq" if name == "bare" else tables)
            for name in ("memory", "rdflib", "lines", "morph-lines", "ours", "morph", "bare")
        }
        for _ in range(rounds)
    ]
    best = {name: fastest([turn[name] for turn in turns]) for name in turns[0]}
    tell("tables to memory", best["memory"], best["rdflib"], "rdflib")
    tell("tables to a file", best["lines"], best["morph-lines"], "morph-kgc")
    tell("tables to a store", best["ours"], best["morph"], "morph-kgc")
    tell("tables to a store", best["ours"], best["bare"], "bulk load alone")
    tell("whole build", whole, best["bare"], "bulk load alone")
    shapes = step("shapes", built / "store", "sparql")
    peer = Run(None, None, "not tried at this size")
    if size <= PYSHACL_UP_TO:
        peer = step("shapes", built / "store", "pyshacl")
    tell("shapes", shapes, peer, "pySHACL")


STEPS = {
    "memory": build_memory,
    "rdflib": build_rdflib,
    "lines": write_ours,
    "morph-lines": write_morph,
    "ours": build_ours,
    "morph": build_morph,
    "bare": lambda file, work: load_file(file, work / "store"),
    "shapes": lambda store, engine: check(store, str(engine)),
}
IN_A_FOLDER = ("lines", "morph-lines", "ours", "morph", "bare")
"""Steps that are given an empty folder to work in."""


def main() -> None:
    """Print the table; with --step, be one of the runs that it measures."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", help="numbers of quads; 10^4, 10^5, 10^6 when none")
    parser.add_argument(
        "--ten-million", action="store_true", help="also at 10^7, for an hour or so"
    )
    parser.add_argument("--limit", type=float, default=300, help="seconds that a run may take")
    parser.add_argument("--rounds", type=int, default=1, help="turns, of which the best counts")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        STEPS[given.step](*map(Path, given.sizes))
        return
    sizes = [int(float(size)) for size in given.sizes] or list(SIZES)
    print("\nlarge builds; ratio is ours / peer, seconds and peak memory of each")
    print(f"{'quads':>10}  {'job':24} {'ratio':>6}")
    for size in sizes + [10_000_000] * given.ten_million:
        with tempfile.TemporaryDirectory() as name:
            limit = given.limit * (8 if size > 1_000_000 else 1)
            measure_size(size, Path(name), limit, given.rounds)


if __name__ == "__main__":
    main()
