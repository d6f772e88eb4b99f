"""Tables to quads by the W3C's rules, against quads written by hand and an independent reading."""

import csv
import io
import json
import random
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.csv2rdf import expand, literal, write_quads
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.store import parse_literal
from rehabgraph.graph.tables import read_tables
from rehabgraph.ontology import CURATED, DATA, METADATA

EX = "https://example.org/"
GRAPH = EX + "graph"
XSD = "http://www.w3.org/2001/XMLSchema#"

TREES: list[dict[str, Any]] = [
    {"name": "id", "datatype": "string", "required": True, "suppressOutput": True},
    {"name": "label", "datatype": "string", "propertyUrl": EX + "label"},
    {"name": "height", "datatype": {"base": "decimal", "minimum": 0}, "propertyUrl": EX + "height"},
    {"name": "planted", "datatype": "date", "propertyUrl": EX + "planted"},
    {"name": "rings", "datatype": "integer", "propertyUrl": EX + "rings"},
    {"name": "felled", "datatype": "boolean", "propertyUrl": EX + "felled"},
    {"name": "aliases", "datatype": "string", "separator": "|", "propertyUrl": EX + "alias"},
    {
        "name": "wood",
        "datatype": "string",
        "propertyUrl": EX + "in",
        "valueUrl": EX + "wood/{wood}",
    },
    {"name": "kin", "separator": "|", "propertyUrl": EX + "kin", "valueUrl": EX + "tree/{kin}"},
    {
        "name": "page",
        "datatype": "string",
        "aboutUrl": EX + "tree/{id}#evidence",
        "propertyUrl": EX + "page",
    },
    {"name": "type", "virtual": True, "propertyUrl": EX + "a", "valueUrl": EX + "Tree"},
    {
        "name": "cite",
        "virtual": True,
        "propertyUrl": EX + "cite",
        "valueUrl": EX + "tree/{id}#evidence",
    },
]
HEADER = [c["name"] for c in TREES if "virtual" not in c]


def write_folder(folder: Path, rows: list[dict[str, str]]) -> Path:
    """Write a folder with one table of trees."""
    schema = {"aboutUrl": EX + "tree/{id}", "primaryKey": ["id"], "columns": TREES}
    group = {
        "@context": "http://www.w3.org/ns/csvw",
        "tables": [{"url": "trees.csv", "tableSchema": schema}],
    }
    folder.mkdir(exist_ok=True)
    (folder / METADATA).write_text(json.dumps(group), encoding="utf-8")
    with (folder / "trees.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def quads_of(folder: Path) -> list[str]:
    """Return the quads of a folder, sorted."""
    return sorted(write_quads(read_tables(folder), GRAPH))


ROOT_QUADS = [
    f"<{EX}tree/oak> <{EX}a> <{EX}Tree> <{GRAPH}> .\n",
    f"<{EX}tree/oak> <{EX}cite> <{EX}tree/oak#evidence> <{GRAPH}> .\n",
]
CASES: list[tuple[str, dict[str, str], list[str]]] = [
    ("only the key: virtual columns still speak", {}, []),
    ("text", {"label": "Oak"}, [f'<{EX}tree/oak> <{EX}label> "Oak"']),
    (
        "quotes and backslashes are escaped",
        {"label": 'a "b" \\c'},
        [f'<{EX}tree/oak> <{EX}label> "a \\"b\\" \\\\c"'],
    ),
    (
        "letters of any script stand as they are",
        {"label": "Ysgol £ – 語"},
        [f'<{EX}tree/oak> <{EX}label> "Ysgol £ – 語"'],
    ),
    ("decimal", {"height": "12.50"}, [f'<{EX}tree/oak> <{EX}height> "12.50"^^<{XSD}decimal>']),
    (
        "date",
        {"planted": "1987-10-16"},
        [f'<{EX}tree/oak> <{EX}planted> "1987-10-16"^^<{XSD}date>'],
    ),
    ("integer", {"rings": "7"}, [f'<{EX}tree/oak> <{EX}rings> "7"^^<{XSD}integer>']),
    ("boolean", {"felled": "false"}, [f'<{EX}tree/oak> <{EX}felled> "false"^^<{XSD}boolean>']),
    (
        "a list makes one statement each",
        {"aliases": "Quercus|Derw"},
        [f'<{EX}tree/oak> <{EX}alias> "Quercus"', f'<{EX}tree/oak> <{EX}alias> "Derw"'],
    ),
    (
        "a value address",
        {"wood": "ash wood"},
        [f"<{EX}tree/oak> <{EX}in> <{EX}wood/ash%20wood>"],
    ),
    (
        "a list of value addresses",
        {"kin": "elm|yew"},
        [f"<{EX}tree/oak> <{EX}kin> <{EX}tree/elm>", f"<{EX}tree/oak> <{EX}kin> <{EX}tree/yew>"],
    ),
    (
        "simple expansion hides slashes and angle brackets",
        {"wood": "../a>b"},
        [f"<{EX}tree/oak> <{EX}in> <{EX}wood/..%2Fa%3Eb>"],
    ),
    (
        "a column about something else",
        {"page": "p. 4"},
        [f'<{EX}tree/oak#evidence> <{EX}page> "p. 4"'],
    ),
]


@pytest.mark.parametrize(("name", "cells", "want"), CASES, ids=[c[0] for c in CASES])
def test_quads_by_hand(name: str, cells: dict[str, str], want: list[str], tmp_path: Path) -> None:
    """Each feature of the description gives the statements of the W3C's minimal mode."""
    assert name
    got = quads_of(write_folder(tmp_path / "trees", [{"id": "oak", **cells}]))
    assert got == sorted(ROOT_QUADS + [f"{w} <{GRAPH}> .\n" for w in want])


def test_an_empty_cell_makes_no_statement(tmp_path: Path) -> None:
    """Unknown is not the empty text: no literal `""` is ever written."""
    got = "".join(quads_of(write_folder(tmp_path / "trees", [{"id": "oak"}])))
    assert '""' not in got


@pytest.mark.parametrize(
    ("template", "cells", "want"),
    [
        ("https://e.org/{a}/{b}", {"a": "1", "b": "2"}, "https://e.org/1/2"),
        ("https://e.org/{a}", {"a": "£"}, "https://e.org/%C2%A3"),
        ("https://e.org/{+a}", {"a": "x/y"}, "https://e.org/x/y"),
        ("https://e.org/{+a}", {"a": "a> <b"}, "https://e.org/a%3E%20%3Cb"),
        ("https://e.org/fixed", {}, "https://e.org/fixed"),
        ("https://e.org/{a}", {}, "https://e.org/"),
    ],
)
def test_expand(template: str, cells: dict[str, str], want: str) -> None:
    """Templates expand as RFC 6570, levels 1 and 2, says."""
    assert expand(template, cells) == want


def test_literal_escapes_what_n_quads_must() -> None:
    """Line breaks and tabs in text are escaped, as the N-Quads grammar asks."""
    assert literal('a\nb\r\tc\\"') == '"a\\nb\\r\\tc\\\\\\""'


# ---- what must always hold

plain = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp", "Cs")), min_size=1
).filter(lambda s: s == s.strip() and not s.startswith(("=", "+", "-", "@")))
part = plain.filter(lambda s: "|" not in s)
row = st.fixed_dictionaries(
    {},
    optional={
        "label": plain,
        "height": st.decimals(0, 10**9, places=2, allow_nan=False).map(lambda d: f"{d:f}"),
        "planted": st.dates(date(1000, 1, 1)).map(date.isoformat),
        "rings": st.integers(0, 10**12).map(str),
        "felled": st.sampled_from(["true", "false"]),
        "aliases": st.lists(part, min_size=1, max_size=4, unique=True).map("|".join),
        "page": plain,
    },
)


def values_of(cells: dict[str, str]) -> dict[str, set[Any]]:
    """Return what a row says, as plain values by property."""
    found: dict[str, set[Any]] = {}
    for name, cell in cells.items():
        match name:
            case "height":
                found[name] = {Decimal(cell)}
            case "planted":
                found[name] = {date.fromisoformat(cell)}
            case "rings":
                found[name] = {int(cell)}
            case "felled":
                found[name] = {cell == "true"}
            case "aliases":
                found["alias"] = set(cell.split("|"))
            case _:
                found[name] = {cell}
    return found


@settings(max_examples=60)
@given(row)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, cells: dict[str, str]) -> None:
    """Row → N-Quads → pyoxigraph and rdflib gives back the row's values, whatever the text."""
    from pyoxigraph import Literal, RdfFormat, parse
    from rdflib import Dataset
    from rdflib import Literal as RdflibLiteral

    text = "".join(
        quads_of(write_folder(tmp_path_factory.mktemp("t") / "f", [{"id": "x", **cells}]))
    )
    want = values_of(cells)
    oxigraph: dict[str, set[Any]] = {}
    for quad in parse(text.encode(), format=RdfFormat.N_QUADS):
        if isinstance(quad.object, Literal):
            name = quad.predicate.value.removeprefix(EX)
            value = parse_literal(quad.object.value, quad.object.datatype.value)
            oxigraph.setdefault(name, set()).add(value)
    assert oxigraph == want
    dataset = Dataset()
    dataset.parse(data=text, format="nquads")
    rdflib: dict[str, set[Any]] = {}
    for _, predicate, value, _ in dataset.quads():
        if isinstance(value, RdflibLiteral):
            rdflib.setdefault(str(predicate).removeprefix(EX), set()).add(value.toPython())
    assert rdflib == want


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_order_of_rows_does_not_change_the_dataset(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Shuffling the rows of every table gives the same set of statements."""
    chance = random.Random(seed)  # noqa: S311 - an order of rows, no secret
    folder = tmp_path_factory.mktemp("shuffled")
    (folder / METADATA).write_bytes((DATA / METADATA).read_bytes())
    for path in DATA.glob("*.csv"):
        head, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
        chance.shuffle(rest)
        (folder / path.name).write_text(head + "".join(rest), encoding="utf-8")
    assert set(write_quads(read_tables(folder), GRAPH)) == set(write_quads(read_tables(), GRAPH))


def read_independently(folder: Path, graph: str) -> set[str]:
    """Return the quads of a folder by a second reading of the metadata.

    It shares no code with the package: JSON and CSV from Python itself, templates by regular
    expression, and terms written out by rdflib.
    """
    from urllib.parse import quote

    from rdflib import Literal, URIRef
    from rdflib.plugins.serializers.nt import _quoteLiteral

    def fill(template: str, cells: dict[str, str]) -> str:
        text = re.sub(
            r"\{\+(\w+)\}", lambda m: quote(cells[m[1]], safe="/:?#[]@!$&'()*+,;=~"), template
        )
        return re.sub(r"\{(\w+)\}", lambda m: quote(cells[m[1]], safe="~"), text)

    quads = set()
    group = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    for table in group["tables"]:
        schema = table["tableSchema"]
        text = (folder / table["url"]).read_text(encoding="utf-8")
        for cells in csv.DictReader(io.StringIO(text)):
            for column in schema["columns"]:
                if column.get("suppressOutput"):
                    continue
                about = URIRef(fill(column.get("aboutUrl", schema["aboutUrl"]), cells)).n3()
                verb = URIRef(column["propertyUrl"]).n3()
                if column.get("virtual"):
                    values = [""]
                elif not cells[column["name"]]:
                    continue
                else:
                    cell = cells[column["name"]]
                    values = cell.split(column["separator"]) if "separator" in column else [cell]
                for value in values:
                    if url := column.get("valueUrl"):
                        term = URIRef(fill(url, {**cells, column["name"]: value})).n3()
                    else:
                        base = column.get("datatype", "string")
                        base = base if isinstance(base, str) else base["base"]
                        kind = None if base == "string" else URIRef(XSD + base)
                        term = _quoteLiteral(Literal(value, datatype=kind, normalize=False))
                    quads.add(f"{about} {verb} {term} <{graph}> .\n")
    return quads


def test_the_packaged_tables_agree_with_an_independent_reading() -> None:
    """The real tables give the same quads by code that shares nothing with the package."""
    assert set(write_quads(read_tables(), CURATED)) == read_independently(DATA, CURATED)


def test_a_bad_row_gives_no_quads_at_all(tmp_path: Path) -> None:
    """One bad cell refuses the whole table: nothing half right is built."""
    bad: Callable[[], list[str]] = lambda: quads_of(  # noqa: E731
        write_folder(tmp_path / "t", [{"id": "oak", "label": "Oak"}, {"id": "elm", "rings": "x"}])
    )
    with pytest.raises(InvalidData, match=r"trees\.csv: row 3, column rings"):
        bad()
