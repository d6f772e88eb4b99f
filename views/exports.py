"""The register of export formats, and the one function that writes any of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.export.files import Bundle, write_folder, write_whole, write_zip
from rehabgraph.ontology import DATA

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which the graph is written out.

    Attributes:
        ending: how its files end.
        summary: what it is for, in one line.
        options: which of `round`, `network`, `report` it takes.
        parts: `one` file; `several`, as a zip archive or a folder; or `either`.
        text: whether a terminal may show it.
    """

    ending: str
    summary: str
    options: tuple[str, ...] = ()
    parts: str = "one"
    text: bool = True


FORMATS: Mapping[str, Format] = {
    "turtle": Format(".ttl", "RDF to read and edit; all named graphs as one"),
    "trig": Format(".trig", "RDF to read, with its named graphs"),
    "nquads": Format(".nq", "RDF a line a statement, sorted, to load or compare"),
    "jsonld": Format(".jsonld", "RDF as JSON, with the context in the file"),
    "rdfxml": Format(".rdf", "RDF as XML, for older tools; all named graphs as one"),
    "graphml": Format(".graphml", "a network for yEd, igraph, Cytoscape", ("round", "network")),
    "gexf": Format(".gexf", "a network with dates, for Gephi", ("round", "network")),
    "csvw": Format(".zip", "the tables with their W3C description", parts="several", text=False),
    "xlsx": Format(".xlsx", "a workbook, one sheet a report", ("round", "report"), text=False),
    "parquet": Format(
        ".parquet",
        "market facts, one row a contract and area; in a .zip or folder with every table",
        ("round",),
        parts="either",
        text=False,
    ),
    "neo4j": Format(".zip", "nodes, relationships and Cypher", parts="several", text=False),
}
"""Every format by the name that people type."""
FACTS = "market_facts.parquet"


def choose_export(wanted: str | None, target: str | None) -> str:
    """Return the format asked for, or that of the file's ending.

    >>> choose_export(None, "graph.ttl")
    'turtle'

    Raises:
        BadParameter: there is no such format, or none is named.
    """
    if wanted is None:
        ending = Path(target or "").suffix.lower()
        named = [n for n, f in FORMATS.items() if f.ending == ending and ending != ".zip"]
        if not named:
            raise BadParameter(f"name a format with --to: {', '.join(FORMATS)}")
        return named[0]
    if wanted not in FORMATS:
        meant = {"excel": "xlsx", "xls": "xlsx", "csv": "csvw", "rdf": "rdfxml", "ttl": "turtle"}
        near = meant.get(wanted.lower())
        hint = f"did you mean {near}? " if near else ""
        raise BadParameter(f"no format {wanted!r}; {hint}there are: {', '.join(FORMATS)}")
    return wanted


def export(
    graph: "Graph",
    form: str,
    target: str | None = None,
    *,
    rounds: Iterable[str] = (),
    network: str | None = None,
    reports: Iterable[str] = (),
    folder: Path = DATA,
) -> tuple[str, ...]:
    """Write a graph in a format to a file, a folder or standard output, whole or not at all.

    Args:
        graph: the graph.
        form: one of `FORMATS`.
        target: file to write; of several files, a name that ends in .zip, or a folder; None or
            `-` for standard output.
        rounds: only these rounds, by name or id, or `all`; where the format takes them.
        network: which network, for graphml and gexf; every edge unless named.
        reports: which reports, for xlsx; all that need no option unless named.
        folder: where the description of the tables is.

    Returns:
        What was written and what to know of it, in sentences.

    Raises:
        BadParameter: an option that the format does not take.
        OutputError: the file cannot be written, or a library is missing.
    """
    spec = FORMATS[choose_export(form, target)]
    rounds = tuple(rounds)
    given: dict[str, Any] = {"round": rounds, "network": network, "report": tuple(reports)}
    for name, value in given.items():
        if value and name not in spec.options:
            others = ", ".join(n for n, f in FORMATS.items() if name in f.options)
            raise BadParameter(f"{form} takes no --{name}; those that do: {others}")
    if form in ("csvw", "neo4j") or (form == "parquet" and _is_bundle(target)):
        return _export_bundle(graph, form, target, rounds, folder)
    notes: list[str] = []
    if form in ("graphml", "gexf", "parquet") and _has_imports(graph):
        notes.append("the record alone; imported awards are in nquads, neo4j and report imported")
    write = _find_writer(graph, form, given, notes)
    write_whole(target, write)
    return tuple(notes)


def _has_imports(graph: "Graph") -> bool:
    """Say whether a store holds imports beside the record."""
    from rehabgraph.graph.imports.quads import IMPORTS

    return any(name.startswith(IMPORTS) for name in graph.store.graphs())


def _is_bundle(target: str | None) -> bool:
    """Say whether a target takes several files: an archive, or a folder."""
    if target in (None, "-"):
        return False
    path = Path(str(target))
    return path.suffix.lower() == ".zip" or path.is_dir() or str(target).endswith(("/", "\\"))


def _find_writer(
    graph: "Graph", form: str, given: Mapping[str, Any], notes: list[str]
) -> Callable[[IO[bytes]], None]:
    """Return what writes one file; what is to be said of it comes into `notes`."""
    if form in ("graphml", "gexf"):
        return _network_writer(graph, form, given, notes)
    if form == "xlsx":
        return _book_writer(graph, given, notes)
    if form == "parquet":
        return lambda out: notes.append(_write_facts(graph, given["round"], out))
    module = "jsonld" if form == "jsonld" else "rdf"
    function = getattr(import_module(f"rehabgraph.graph.export.{module}"), f"write_{form}")
    return lambda out: notes.extend(function(graph.store, out) or ())


def _network_writer(
    graph: "Graph", form: str, given: Mapping[str, Any], notes: list[str]
) -> Callable[[IO[bytes]], None]:
    from rehabgraph.graph.export import network_files
    from rehabgraph.graph.network import build_network

    network, rounds = given["network"] or "all", given["round"]
    if network == "all" and rounds:
        raise BadParameter(
            "the network of every edge has no round; add --network provider-area or another"
        )
    if len(rounds) > 1:
        raise BadParameter("a network takes one --round, or all")
    wanted: str | None = "day-one"
    if rounds:
        wanted = next(iter(graph.filters(round=rounds).rounds), None)
    net = build_network(graph.store, network, wanted)
    nodes, edges = network_files.list_parts(net, network_files.read_dates(graph.store))
    notes.append(f"{len(nodes):,} nodes, {len(edges):,} edges")
    write = network_files.write_graphml if form == "graphml" else network_files.write_gexf
    return lambda out: write(nodes, edges, out)


def _book_writer(
    graph: "Graph", given: Mapping[str, Any], notes: list[str]
) -> Callable[[IO[bytes]], None]:
    from rehabgraph.queries.reports import REPORTS
    from rehabgraph.views.workbook_book import write_book

    found, left_out = [], {}
    for name in dict.fromkeys(given["report"] or REPORTS):
        entry = REPORTS.get(name)
        options = {"round": given["round"]} if entry is None or entry.filtered else {}
        try:
            found.append(graph.report(name, **options))
        except BadParameter as e:
            if given["report"]:
                raise
            left_out[name] = f"{e}"
    notes.append(f"{len(found)} reports")
    if left_out:
        notes.append(f"left out, as they need options: {', '.join(left_out)}")
    return lambda out: write_book(found, out, left_out)


def _export_bundle(
    graph: "Graph", form: str, target: str | None, rounds: tuple[str, ...], folder: Path
) -> tuple[str, ...]:
    notes: list[str] = []

    def fill(bundle: Bundle) -> None:
        if form == "neo4j":
            from rehabgraph.graph.export.neo4j import write_neo4j

            nodes, links = write_neo4j(graph.store, bundle)
            notes.append(f"{nodes:,} nodes, {links:,} relationships")
            return
        from rehabgraph.graph.export.tables_zip import read_out_tables, write_csvw

        found = read_out_tables(graph.store, folder)
        if form == "csvw":
            write_csvw(found, bundle)
        else:
            from rehabgraph.graph.export.parquet import write_table

            with bundle.open(FACTS) as out:
                notes.append(_write_facts(graph, rounds, out))
            for table in found.tables:
                with bundle.open(f"tables/{table.name}.parquet") as out:
                    write_table(table, out)
        rows = sum(len(table.rows) for table in found.tables)
        notes.append(f"{len(found.tables)} tables, {rows:,} rows")
        if found.left_over:
            notes.append(f"{found.left_over:,} statements fit no table; nquads holds everything")

    if _is_bundle(target) and Path(str(target)).suffix.lower() != ".zip":
        write_folder(str(target), fill)
    elif target in (None, "-") or Path(str(target)).suffix:
        write_whole(target, lambda out: write_zip(out, fill))
    else:
        write_folder(str(target), fill)
    return tuple(notes)


def _write_facts(graph: "Graph", rounds: tuple[str, ...], out: IO[bytes]) -> str:
    from rehabgraph.graph.export.parquet import write_rows
    from rehabgraph.queries.market_facts import list_facts, type_facts

    filters = graph.filters(round=rounds or "all")
    market = graph.market()
    return f"{write_rows(type_facts(market), list_facts(market, filters), out):,} market facts"
