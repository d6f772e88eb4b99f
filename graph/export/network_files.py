"""Networks as GraphML and GEXF: ids, labels, kinds, dates, and every parallel edge.

Two rows that join the same two things stay two edges. An edge's id is the row behind it; a
row that gives several edges gets `~2`, `~3` after the first, and `row` holds the id alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from rehabgraph.graph.export.text import xml_text
from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID, RG

if TYPE_CHECKING:
    import networkx as nx

Value: TypeAlias = "str | int | float | bool"
DATES = (
    ("start", "https://schema.org/startDate"),
    ("end", "https://schema.org/endDate"),
    ("date", "http://purl.org/dc/terms/issued"),
    ("date", f"{RG}statedOn"),
    ("date", f"{RG}announced"),
)
_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}
_HEAD = b"<?xml version='1.0' encoding='utf-8'?>\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A node or an edge: its id, the ends of an edge, and its attributes by name."""

    id: str
    values: Mapping[str, Value]
    source: str = ""
    target: str = ""


def list_parts(
    net: "nx.MultiDiGraph[str]", dates: Mapping[str, Mapping[str, str]]
) -> tuple[list[Part], list[Part]]:
    """Return the nodes and the edges of a network in a fixed order, with ids of their own.

    Args:
        net: a network made by `build_network`.
        dates: `kind/id` → dates by name, see `read_dates`.
    """
    nodes = [Part(node, _values(node, data, dates)) for node, data in sorted(net.nodes(data=True))]
    count: dict[str, int] = {}
    edges = []
    found = sorted((str(k), s, t, data) for s, t, k, data in net.edges(keys=True, data=True))
    for key, source, target, data in found:
        count[key] = number = count.get(key, 0) + 1
        id_ = key if number == 1 else f"{key}~{number}"
        edges.append(Part(id_, {**_values(key, data, dates), "row": key}, source, target))
    return nodes, edges


def _values(
    id_: str, data: Mapping[str, Any], dates: Mapping[str, Mapping[str, str]]
) -> dict[str, Value]:
    values = {**dates.get(id_, {}), **{k: v for k, v in data.items() if v is not None}}
    if "~" not in id_:
        values["iri"] = ID + id_
    return {k: v if type(v) in _TYPES else str(v) for k, v in sorted(values.items())}


def read_dates(store: Store) -> dict[str, dict[str, str]]:
    """Return the dates of every thing as ISO text: `start`, `end`, and `date` for one day."""
    found: dict[str, dict[str, str]] = {}
    for name, predicate in DATES:
        rows = store.select(
            f"SELECT ?thing ?date WHERE {{ ?thing <{predicate}> ?date }} ORDER BY ?thing ?date"
        )
        for row in rows:
            if hasattr(row["thing"], "short"):
                found.setdefault(row["thing"].short, {}).setdefault(name, str(row["date"]))
    return found


def write_graphml(nodes: list[Part], edges: list[Part], out: IO[bytes]) -> None:
    """Write a directed network as GraphML, for yEd, igraph, networkx, Cytoscape or Gephi."""
    write = _writer(out)
    out.write(_HEAD)
    write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
    keys: dict[tuple[str, str], str] = {}
    for what, parts in (("node", nodes), ("edge", edges)):
        for name, kind in _attributes(parts).items():
            key = keys[what, name] = f"{what[0]}_{name}"
            write(
                f"<key id={_quote(key)} for={_quote(what)} attr.name={_quote(name)} "
                f"attr.type={_quote(kind)}/>"
            )
    write('<graph edgedefault="directed">')
    for part in nodes:
        write(f"<node id={_quote(part.id)}>{_data(part, 'node', keys)}</node>")
    for part in edges:
        ends = f"source={_quote(part.source)} target={_quote(part.target)}"
        write(f"<edge id={_quote(part.id)} {ends}>{_data(part, 'edge', keys)}</edge>")
    write("</graph>\n</graphml>")


def _data(part: Part, what: str, keys: Mapping[tuple[str, str], str]) -> str:
    return "".join(
        f"<data key={_quote(keys[what, name])}>{escape(_text(value), _LINE_ENDS)}</data>"
        for name, value in part.values.items()
    )


def write_gexf(nodes: list[Part], edges: list[Part], out: IO[bytes]) -> None:
    """Write a directed network as GEXF 1.3 with its dates, for Gephi's timeline."""
    write = _writer(out)
    out.write(_HEAD)
    write('<gexf xmlns="http://gexf.net/1.3" version="1.3">')
    write("<meta><creator>rehabgraph</creator></meta>")
    write('<graph defaultedgetype="directed" mode="dynamic" timeformat="date">')
    keys: dict[tuple[str, str], str] = {}
    for what, parts in (("node", nodes), ("edge", edges)):
        write(f'<attributes class={_quote(what)} mode="static">')
        names = {n: k for n, k in _attributes(parts).items() if n not in ("label", "start", "end")}
        for name, kind in names.items():
            key = keys[what, name] = f"{what[0]}_{name}"
            write(f"<attribute id={_quote(key)} title={_quote(name)} type={_quote(kind)}/>")
        write("</attributes>")
    write("<nodes>")
    for part in nodes:
        write(f"<node id={_quote(part.id)}{_span(part)}>{_gexf_data(part, 'node', keys)}</node>")
    write("</nodes>\n<edges>")
    for part in edges:
        ends = f"source={_quote(part.source)} target={_quote(part.target)}"
        kind = f" kind={_quote(str(part.values['kind']))}" if "kind" in part.values else ""
        data = _gexf_data(part, "edge", keys)
        write(f"<edge id={_quote(part.id)} {ends}{kind}{_span(part)}>{data}</edge>")
    write("</edges>\n</graph>\n</gexf>")


def _span(part: Part) -> str:
    """Return the label and the dates of a part as attributes; a part without dates always is."""
    found = (
        f" {name}={_quote(_text(part.values[name]))}"
        for name in ("label", "start", "end")
        if name in part.values
    )
    return "".join(found)


def _gexf_data(part: Part, what: str, keys: Mapping[tuple[str, str], str]) -> str:
    cells = "".join(
        f"<attvalue for={_quote(keys[what, name])} value={_quote(_text(value))}/>"
        for name, value in part.values.items()
        if (what, name) in keys
    )
    return f"<attvalues>{cells}</attvalues>"


def _attributes(parts: list[Part]) -> dict[str, str]:
    """Return the type of each attribute by name; one that is not always of one type is text."""
    found: dict[str, set[str]] = {}
    for part in parts:
        for name, value in part.values.items():
            found.setdefault(name, set()).add(_TYPES[type(value)])
    return {n: next(iter(k)) if len(k) == 1 else "string" for n, k in sorted(found.items())}


_LINE_ENDS = {"\r": "&#13;"}
_IN_QUOTES = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else xml_text(str(value))


def _quote(text: str) -> str:
    return quoteattr(xml_text(text), _IN_QUOTES)


def _writer(out: IO[bytes]) -> Callable[[str], int]:
    return lambda text: out.write(f"{text}\n".encode("utf-8", "replace"))
