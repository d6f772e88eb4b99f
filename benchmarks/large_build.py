"""Builds and validation of large made-up tables beside their peers, with peak memory.

First the tables into memory: ours with every check of types, keys and references, and an rdflib
loop that adds statement by statement. Then into a store on disk: ours again; morph-kgc with a
mapping written from the same description, which checks nothing and leaves lists of values whole;
the engine alone, which is given finished N-Quads. Then the whole build, with rules and the sorted
file, and the shapes as SPARQL beside pySHACL.
"""

import argparse
import csv
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import Run, run

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


def build_morph(folder: Path, work: Path) -> None:
    """Map the tables by morph-kgc to N-Triples and load them into a store on disk."""
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


def build_memory(folder: Path, work: Path) -> None:
    """Check and read the tables, then load them into a store in memory."""
    from pyoxigraph import Store

    from rehabgraph.graph.large.polars_build import LargeBuild, load_lines
    from rehabgraph.graph.progress import Progress

    with Progress("Build") as progress:
        build = LargeBuild(folder, work, progress)
        build.run(until="runs")
        store = Store()
        for lines in build.open_runs("base").runs():
            load_lines(store, lines)
    print(len(store))


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


def measure_size(size: int, folder: Path, limit: float) -> None:
    """Print the lines of one size."""

    def step(name: str, *arguments: Path | str) -> Run:
        script = str(HERE / "large_build.py")
        command = [sys.executable, script, "--step", name, *map(str, arguments)]
        return run(command, limit=limit)

    def tell(what: str, ours: Run, peer: Run, name: str) -> None:
        print(f"{size:>10,}  {what:24} {ours.ratio(peer):>6}   ours {ours}; {name} {peer}")

    tables, cache = folder / "tables", folder / "cache"
    run([sys.executable, str(HERE / "generate.py"), str(size), str(tables)])
    (folder / "ours").mkdir()
    (folder / "memory").mkdir()
    command = [str(Path(sys.executable).parent / "rehabgraph"), "--data", str(tables), "build"]
    whole = run(command, env={"REHABGRAPH_CACHE": str(cache)}, limit=limit)
    built = next(iter(cache.glob("[!.]*")), cache)
    ours = step("ours", tables, folder / "ours")
    bare = step("bare", built / "dataset.nq", folder / "bare")
    memory = step("memory", tables, folder / "memory")
    tell("tables to memory", memory, step("rdflib", tables), "rdflib")
    tell("tables to a store", ours, step("morph", tables, folder), "morph-kgc")
    tell("tables to a store", ours, bare, "bulk load alone")
    tell("whole build", whole, bare, "bulk load alone")
    shapes = step("shapes", built / "store", "sparql")
    peer = Run(None, None, "not tried at this size")
    if size <= PYSHACL_UP_TO:
        peer = step("shapes", built / "store", "pyshacl")
    tell("shapes", shapes, peer, "pySHACL")


STEPS = {
    "ours": build_ours,
    "memory": build_memory,
    "rdflib": build_rdflib,
    "morph": build_morph,
    "bare": load_file,
    "shapes": lambda store, engine: check(store, str(engine)),
}


def main() -> None:
    """Print the table; with --step, be one of the runs that it measures."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", help="numbers of quads; 10^4, 10^5, 10^6 when none")
    parser.add_argument(
        "--ten-million", action="store_true", help="also at 10^7, for an hour or so"
    )
    parser.add_argument("--limit", type=float, default=300, help="seconds that a run may take")
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
            measure_size(size, Path(name), given.limit * (8 if size > 1_000_000 else 1))


if __name__ == "__main__":
    main()
