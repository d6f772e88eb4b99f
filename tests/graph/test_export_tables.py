"""Tables taken out of the graph: csvw's own validator and reader, and DuckDB, read them back."""

import csv
import io
import json
import sys
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.build import build_quads
from rehabgraph.graph.errors import OutputError
from rehabgraph.graph.export.files import Bundle, write_folder, write_zip
from rehabgraph.graph.export.parquet import write_rows, write_table
from rehabgraph.graph.export.tables_zip import OutTables, read_out_tables, write_csvw
from rehabgraph.graph.store import OxigraphStore, open_memory
from rehabgraph.ontology import DATA, METADATA
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_facts import COLUMNS, list_facts

HOSTILE = Path(__file__).parents[1] / "data" / "hostile.nq"


@pytest.fixture(scope="module")
def hostile() -> OxigraphStore:
    """Return a store of names and values that break careless writers."""
    return open_memory([HOSTILE.read_text(encoding="ascii")])


@pytest.fixture(scope="module")
def whole(world: Graph) -> OutTables:
    """Return the tables of the packaged data, taken out of its graph."""
    return read_out_tables(world.store)


@pytest.fixture(scope="module")
def folder(whole: OutTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the packaged data as a folder of tables that was written from the graph."""
    return csvw_folder(whole, tmp_path_factory.mktemp("csvw") / "tables")


def csvw_folder(found: OutTables, target: Path) -> Path:
    """Write tables into a folder through an archive, as a user would unpack it."""
    out = io.BytesIO()
    write_zip(out, lambda bundle: write_csvw(found, bundle))
    with zipfile.ZipFile(out) as archive:
        archive.extractall(target)
    return target


def read_csv(file: Path) -> list[dict[str, str]]:
    """Return the rows of a table as written."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def validate(folder: Path) -> Any:  # noqa: ANN401
    """Return the group of tables, held valid by the library csvw without reaching out."""
    from csvw import CSVW

    found = CSVW(str(folder / METADATA), validate=True)
    assert found.is_valid, [str(w.message) for w in found.warnings]
    return found


def test_the_tables_come_out_as_they_went_in(folder: Path) -> None:
    """Each packaged table is there, row for row and cell for cell; lists in any order."""
    document = json.loads((DATA / METADATA).read_text(encoding="utf-8"))
    lists = {
        (t["url"], c["name"])
        for t in document["tables"]
        for c in t["tableSchema"]["columns"]
        if c.get("separator")
    }
    for file in sorted(DATA.glob("*.csv")):
        sides = []
        for rows in (read_csv(file), read_csv(folder / file.name)):
            for row in rows:
                for name, cell in row.items():
                    if (file.name, name) in lists:
                        row[name] = "|".join(sorted(cell.split("|")))
            sides.append(sorted(tuple(r.items()) for r in rows))
        assert sides[0] == sides[1], file.name
    assert {p.name for p in folder.glob("*.csv")} == {p.name for p in DATA.glob("*.csv")}


def test_the_tables_make_the_same_graph(folder: Path, world: Graph) -> None:
    """What was taken out can be given back: `--data` on the folder builds the same dataset."""
    assert len(build_quads(folder)) == world.store.size()
    assert build_quads(folder) == build_quads(DATA)


def test_csvw_finds_them_valid(folder: Path) -> None:
    """The standard's validator accepts types, keys and references of all tables."""
    document = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    packaged = json.loads((DATA / METADATA).read_text(encoding="utf-8"))
    assert len(validate(folder).tables) == len(packaged["tables"])
    for written, own in zip(document["tables"], packaged["tables"], strict=True):
        assert written["tableSchema"]["columns"] == own["tableSchema"]["columns"]
        keys = own["tableSchema"].get("foreignKeys", [])
        assert all(key in keys for key in written["tableSchema"].get("foreignKeys", []))
    assert sum(len(t["tableSchema"].get("foreignKeys", ())) for t in document["tables"]) > 30


@pytest.fixture(scope="module")
def odd(hostile: OxigraphStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tables of the hostile store as a folder."""
    return csvw_folder(read_out_tables(hostile), tmp_path_factory.mktemp("odd") / "tables")


def test_hostile_tables_are_valid_too(odd: Path) -> None:
    """References to nothing, two values in a cell and missing cells are said in the metadata."""
    assert validate(odd).is_valid


def test_hostile_cells_start_no_formula(odd: Path) -> None:
    """No cell starts with a mark of a formula, but for the negative numbers of number columns."""
    names = {r["id"]: r["name"] for r in read_csv(odd / "organisations.csv")}
    assert names["h01"] == '\'=HYPERLINK("http://example.org","x")'
    assert names["h07"] == "'@SUM(1+1)"
    assert names["h10"] == "'-2+3"
    assert names["h02"] == '"O\'Brien" \\ Sons\\'
    assert names["h03"] == "Control \ufffd\ufffd\ufffd\ufffd\x7f\x85 end"
    assert names["h06"] == "Line\nbreak\ttab\rreturn"
    for file in odd.glob("*.csv"):
        for row in read_csv(file):
            starts = {k for k, v in row.items() if v.startswith(("=", "+", "-", "@", "\t", "\r"))}
            assert starts <= {"value", "share", "lon"}, (file.name, row)


def test_a_cell_with_two_values_says_how_they_are_parted(odd: Path) -> None:
    """Awards to two organisations get a separator; identifiers with `|` and `;` get another."""
    document = json.loads((odd / METADATA).read_text(encoding="utf-8"))
    marks = {
        (t["url"], c["name"]): c.get("separator")
        for t in document["tables"]
        for c in t["tableSchema"]["columns"]
    }
    assert marks["awards.csv", "lead"] == "|"
    assert marks["organisations.csv", "identifiers"] == "¦"
    (award,) = (r for r in read_csv(odd / "awards.csv") if r["id"] == "odd")
    assert award["lead"] == "h00|h01"
    rows = validate(odd).tables
    (found,) = (t for t in rows if str(t.url) == "organisations.csv")
    (spaced,) = (r for r in found if r["id"] == "a b")
    assert spaced["identifiers"] == ["GB-CHC;2", "GB-COH|1"]


def test_what_fits_no_table_is_counted(hostile: OxigraphStore, whole: OutTables) -> None:
    """Ten statements, by hand, are not in the tables, and the command says so.

    Two of blank nodes; an award's weight, start and end; a Welsh label; sameAs; the label of
    another vocabulary; hearsay and population, which organisations have not.
    """
    assert whole.left_over == 0
    assert read_out_tables(hostile).left_over == 10


def test_archives_are_equal_byte_for_byte(whole: OutTables) -> None:
    """The same tables give the same archive, its entries dated 1980."""
    sides = []
    for _ in range(2):
        out = io.BytesIO()
        write_zip(out, lambda bundle: write_csvw(whole, bundle))
        sides.append(out.getvalue())
    assert sides[0] == sides[1]
    with zipfile.ZipFile(io.BytesIO(sides[0])) as archive:
        assert {i.date_time[0] for i in archive.infolist()} == {1980}
        assert all("/" not in name and ".." not in name for name in archive.namelist())


def facts_file(graph: Graph, target: Path, filters: Filters | None = None) -> Path:
    """Write the market facts of a graph as Parquet."""
    with target.open("wb") as out:
        write_rows(COLUMNS, list_facts(graph.market(), filters), out)
    return target


def ask(query: str, *files: Path) -> list[tuple[Any, ...]]:
    """Return the rows of a DuckDB query; `{}` stands for a file."""
    import duckdb

    with duckdb.connect(config={"enable_external_access": "true"}) as link:
        return list(link.execute(query.format(*(f"'{f}'" for f in files))).fetchall())


def test_duckdb_reads_the_facts_of_the_tiny_market(tiny: Graph, tmp_path: Path) -> None:
    """By hand: 6 contracts in 8 areas; 1,800,000 pounds, each award once; birch 600,000."""
    file = facts_file(tiny, tmp_path / "facts.parquet")
    assert ask("SELECT count(*), count(DISTINCT contract) FROM {}", file) == [(8, 6)]
    once = "SELECT sum(award_value) FROM (SELECT DISTINCT award, award_value FROM {})"
    assert ask(once, file) == [(1_800_000,)]
    per = """SELECT lead, sum(award_value) FROM
        (SELECT DISTINCT award, award_value, lead FROM {} WHERE award_value IS NOT NULL)
        GROUP BY lead ORDER BY 2 DESC"""
    assert ask(per, file) == [
        ("birch", 600_000),
        ("cedar", 500_000),
        ("alder", 400_000),
        ("dogwood", 300_000),
    ]
    rows = ask("SELECT award_rows, count(*) FROM {} GROUP BY 1 ORDER BY 1", file)
    assert rows == [(1, 1), (2, 6), (None, 1)]
    assert ask("SELECT \"end\" FROM {} WHERE contract = 'T_0001'", file) == [(date(2025, 3, 31),)]


def test_a_filter_takes_whole_contracts(tiny: Graph, tmp_path: Path) -> None:
    """Of the round day-one five contracts are left, in seven areas."""
    file = facts_file(tiny, tmp_path / "f.parquet", Filters(rounds=("day-one",)))
    assert ask("SELECT count(*), count(DISTINCT contract) FROM {}", file) == [(7, 5)]


def test_duckdb_reads_the_facts_of_the_record(world: Graph, tmp_path: Path) -> None:
    """Contracts, awards and their sum are those of the packaged tables, read with csv alone."""
    file = facts_file(world, tmp_path / "facts.parquet")
    contracts = read_csv(DATA / "contracts.csv")
    awards = {r["id"]: int(r["value"]) for r in read_csv(DATA / "awards.csv")}
    wanted = {r["award"] for r in contracts if r["award"]}
    assert ask("SELECT count(DISTINCT contract) FROM {}", file) == [(len(contracts),)]
    once = """SELECT count(*), sum(award_value) FROM
        (SELECT DISTINCT award, award_value FROM {} WHERE award IS NOT NULL)"""
    assert ask(once, file) == [(len(wanted), sum(awards[a] for a in wanted))]
    named = Counter(bool(r["area"]) for r in contracts)
    rows = named[True] + sum(
        sum(1 for a in read_csv(DATA / "areas.csv") if _is_in(a, r["region"]))
        for r in contracts
        if not r["area"]
    )
    assert ask("SELECT count(*) FROM {}", file) == [(rows,)]


def _is_in(area: dict[str, str], region: str) -> bool:
    return area["region"] == region and area["commissioned"] == "true"


def test_duckdb_reads_every_table(whole: OutTables, tmp_path: Path) -> None:
    """Rows, dates, amounts and lists of each table are those of the packaged file."""
    for table in whole.tables:
        file = tmp_path / f"{table.name}.parquet"
        with file.open("wb") as out:
            write_table(table, out)
        wanted = read_csv(DATA / f"{table.name}.csv")
        assert ask("SELECT count(*) FROM {}", file) == [(len(wanted),)]
    awards = read_csv(DATA / "awards.csv")
    assert ask("SELECT sum(value) FROM {}", tmp_path / "awards.parquet") == [
        (Decimal(sum(int(r["value"]) for r in awards)),)
    ]
    found = ask(
        "SELECT id, moj_codes FROM {} WHERE moj_codes IS NOT NULL", tmp_path / "lots.parquet"
    )
    assert {k: sorted(v) for k, v in found} == {
        r["id"]: sorted(r["moj_codes"].split("|"))
        for r in read_csv(DATA / "lots.csv")
        if r["moj_codes"]
    }
    types = dict(
        ask(
            "SELECT column_name, column_type FROM (DESCRIBE FROM {})",
            tmp_path / "contracts.parquet",
        )
    )
    assert types["start"] == types["end"] == "DATE"


def test_hostile_values_stay_whole_in_parquet(hostile: OxigraphStore, tmp_path: Path) -> None:
    """Parquet takes text as it is, and a number that no column type holds stays text."""
    tables = {t.name: t for t in read_out_tables(hostile).tables}
    for name in ("organisations", "awards"):
        with (tmp_path / f"{name}.parquet").open("wb") as out:
            write_table(tables[name], out)
    names = dict(ask("SELECT id, name FROM {}", tmp_path / "organisations.parquet"))
    assert names["h01"] == '=HYPERLINK("http://example.org","x")'
    assert names["h03"] == "Control \x00\x01\x0b\x1f\x7f\x85 end"
    assert names["h05"] == "\u202eRTL \u05d0\u05d1\u05d2 \u0627\u0644"
    values = dict(ask("SELECT id, value FROM {}", tmp_path / "awards.parquet"))
    assert values == {"odd": ["-5.25"], "huge": ["7", "9" * 45 + ".5"]}


def test_parquet_without_its_library_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tiny: Graph
) -> None:
    """Who has not installed the extra is told what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(OutputError, match=r"pip install 'rehabgraph\[parquet\]'"):
        write_rows(COLUMNS, list_facts(tiny.market()), io.BytesIO())


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """A failure in the middle leaves nothing behind; a full folder is never written into."""

    def fail(bundle: Bundle) -> None:
        with bundle.open("one.csv") as out:
            out.write(b"1")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_folder(str(tmp_path / "new"), fail)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(OutputError, match="there is something already"):
        write_folder(str(tmp_path), fail)
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]
