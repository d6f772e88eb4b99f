"""Tables of one's own: a copy of the packaged ones with cells changed.

Sums are held against the cells themselves, added up with `csv` and `Decimal` in the test.
"""

import csv
import io
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

import rehabgraph
from rehabgraph.graph.build import build_quads
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.large.facts import write_facts
from rehabgraph.graph.store import OxigraphStore, open_directory, open_memory
from rehabgraph.ontology import DATA, ID, RG
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.pictures.matrix import build_items, measure_totals
from rehabgraph.views.output import render
from rehabgraph.views.pictures import Wishes, render_view
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.thing import summarise
from rehabgraph.views.words import describe_totals

LINE = f"{ID}award/day-one-l044"
PENCE = {"day-one-l044": "544992.55", "day-one-l045": "1240656.1", "day-one-l050": "0.01"}
XSD = "http://www.w3.org/2001/XMLSchema#"


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a table, with nothing but `csv`."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def change(folder: Path, name: str, key: str, /, **cells: str) -> None:
    """Change cells of the row of a table whose first column is the key; no cells: drop the row."""
    rows = read_table(folder, name)
    first = next(iter(rows[0]))
    for row in rows:
        if row[first] == key:
            row.update(cells)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0], lineterminator="\n")
        out.writeheader()
        out.writerows(row for row in rows if cells or row[first] != key)


def add(folder: Path, name: str, like: str, /, **cells: str) -> None:
    """Add a row to a table, like another but for some cells."""
    rows = read_table(folder, name)
    row = next(r for r in rows if next(iter(r.values())) == like)
    with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, rows[0], lineterminator="\n").writerow(row | cells)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Return a copy of the packaged tables."""
    shutil.copytree(DATA, tmp_path / "own", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "own"


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the packaged tables with pence in three prices."""
    folder = tmp_path_factory.mktemp("pence") / "own"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for award, value in PENCE.items():
        change(folder, "awards", award, value=value)
    return folder


@pytest.fixture(scope="module")
def pence(priced: Path, cache: Path) -> Graph:
    """Return the graph of the tables with pence."""
    assert cache.is_dir()
    return rehabgraph.open(data=priced)


def add_up(folder: Path, column: str) -> dict[str, Decimal]:
    """Return the sum of prices by a column of awards.csv."""
    sums: dict[str, Decimal] = {}
    for row in read_table(folder, "awards"):
        sums[row[column]] = sums.get(row[column], Decimal(0)) + Decimal(row["value"])
    return sums


@pytest.mark.parametrize(("by", "column"), [("provider", "lead"), ("lot", "lot")])
def test_pence_add_up(pence: Graph, priced: Path, by: str, column: str) -> None:
    """Sums with pence are exact, as values, as JSON, as CSV, in a workbook and in the coverage."""
    sums = add_up(priced, column)
    report = pence.report("market-share", by=by)
    assert {row["id"]: Decimal(row["value"]) for row in report.rows} == sums
    assert report.coverage is not None
    assert report.coverage.pounds_known == sum(sums.values())
    told = json.loads(str(render(report, "json")), parse_float=Decimal)
    assert {row["id"]: Decimal(row["value"]) for row in told["rows"]} == sums
    assert [c["type"] for c in told["columns"] if c["name"] == "value"] == ["number"]
    lines = csv.DictReader(io.StringIO(str(render(report, "csv"))))
    assert [Decimal(line["value"]) for line in lines] == [sums[row["id"]] for row in report.rows]
    book = render(report, "xlsx")
    assert isinstance(book, bytes)
    cells = [row[1] for row in openpyxl.load_workbook(io.BytesIO(book))["Table"].iter_rows(2)]
    assert [Decimal(str(c.value)) for c in cells] == [sums[row["id"]] for row in report.rows]
    assert {c.number_format for c in cells} == {"£#,##0.00"}
    assert all(isinstance(row["share_value"], float) for row in report.rows)


def test_pence_are_shown_where_there_are_some(pence: Graph) -> None:
    """By hand: £544,992.55 has its pence and £6,021,064, another line's price, has none."""
    shown = str(render(pence.report("profile", about="Lincolnshire Action Trust"), "table"))
    assert "£544,992.55" in shown
    why = str(render(pence.why("market-share", "Changing Lives"), "md"))
    assert "£1,240,656.10" in why
    assert ".00" not in why


def test_slices_keep_pence(pence: Graph, priced: Path) -> None:
    """The value of each lot in the report of concentration has its pence."""
    rows = pence.report("concentration", by="lot", basis="value").rows
    assert {r["id"].partition(":")[0]: r["value"] for r in rows} == add_up(priced, "lot")


def test_pictures_keep_pence(pence: Graph, priced: Path) -> None:
    """The totals of a page, and the rows that its script adds up, have the pence."""
    total = sum(add_up(priced, "currency").values())
    items = build_items(pence.market(), Filters(), {})
    assert f"£{total:,}" in describe_totals(measure_totals(items))
    page = render_view(pence, "network", Filters(), Wishes(of="delivery"))
    assert '"value":544992.55,' in page
    assert f"£{total:,}" in page


def test_site_keeps_pence(pence: Graph) -> None:
    """The page of a line says its price to the penny."""
    site = Site(pence, live=False)
    assert "£1,240,656.10 for" in summarise(site.facts, site.names, f"{ID}award/day-one-l045")


def test_facts_say_the_same(pence: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports computed on facts have the same pence as those of the store."""
    assert pence.store.path is not None
    store = open_directory(pence.store.path)
    store.facts = tmp_path / "facts"
    write_facts(store, store.facts)
    for name, options in (("market-share", {}), ("market-share", {"area": "kent"}),
                          ("concentration", {"by": "lot,region"}), ("layers", {})):  # fmt: skip
        monkeypatch.setenv("REHABGRAPH_FACTS", "never")
        said = Graph(store).report(name, **options).to_json()
        monkeypatch.setenv("REHABGRAPH_FACTS", "always")
        assert Graph(store).report(name, **options).to_json() == said


def foreign(world: Graph, tmp_path: Path) -> OxigraphStore:
    """Return a store whose one line is priced in euros, with facts beside it."""
    quads = [
        q.replace('"GBP"', '"EUR"') if q.startswith(f"<{LINE}> <{RG}currency>") else q
        for q in world.store.quads()
    ]
    store = open_memory(quads)
    store.facts = tmp_path / "facts"
    write_facts(store, store.facts)
    return store


@pytest.mark.parametrize("mode", ["never", "always"])
def test_currencies_are_never_added(
    world: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """A store or facts with a line in euros is refused by every report and question of prices."""
    monkeypatch.setenv("REHABGRAPH_FACTS", mode)
    graph = Graph(foreign(world, tmp_path))
    said = r"^award/day-one-l044: its currency is EUR, not GBP: .*across currencies"
    for name in ("market-share", "concentration", "layers", "dependency", "reconcile"):
        with pytest.raises(InvalidData, match=said):
            graph.report(name)
    for name in ("value-by-lot", "shares-by-provider"):
        with pytest.raises(InvalidData, match=said):
            graph.query(name)
    rounds = ["london-womens-2021"]
    assert graph.report("market-share", round=rounds).rows  # a round without such a line
    assert graph.query("regions-and-areas").rows


def test_tables_refuse_another_currency(tables: Path) -> None:
    """Euros in awards.csv are refused by row and column, with where they may go instead."""
    change(tables, "awards", "day-one-l044", currency="EUR")
    with pytest.raises(InvalidData) as refused:
        build_quads(tables)
    (problem,) = refused.value.problems
    assert problem.startswith("awards.csv: row 2, column currency: 'EUR' is not ")
    assert "import table or import ocds" in problem


def test_a_price_that_is_no_number(world: Graph) -> None:
    """A store whose price is no number is refused in one line."""
    changed = [
        q.replace('"544992"', '"544,992"') if q.startswith(f"<{LINE}> <{RG}value>") else q
        for q in world.store.quads()
    ]
    with pytest.raises(InvalidData, match=r"^award/day-one-l044: its value '544,992' is no number"):
        Graph(open_memory(changed)).report("market-share")


@pytest.mark.parametrize(
    "more",
    [
        f'<{LINE}> <{RG}value> "1"^^<{XSD}decimal>',
        f"<{ID}contract/PRJ_5813> <{RG}lead> <{ID}organisation/nacro>",
    ],
)
def test_nothing_counts_twice(world: Graph, more: str) -> None:
    """A store with two prices for a line, or two leads of a contract, is refused."""
    store = open_memory([*world.store.quads(), f"{more} <{ID}dataset/x> .\n"])
    with pytest.raises(InvalidData, match=r"(award/day-one-l044|contract/PRJ_5813): two answers"):
        Graph(store).report("market-share")


def drop_lead(folder: Path) -> None:
    """Leave a contract without its lead."""
    change(folder, "participations", "PRJ_5813-lead")


def second_lead(folder: Path) -> None:
    """Give a contract a second lead."""
    add(folder, "participations", "PRJ_5813-lead", id="again", organisation="nacro")


def empty_award(folder: Path) -> None:
    """Add a priced line that no contract names."""
    add(folder, "awards", "day-one-l044", id="day-one-none")


def second_term(folder: Path) -> None:
    """Add a second term for a lot of a round."""
    add(folder, "terms", "day-one-womens-services", id="longer", term="P5Y")


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "lead": (drop_lead, "contracts.csv: row 2, column reference: contract/PRJ_5813 has no lead"),
    "leads": (second_lead, "contracts.csv: row 2, column reference: contract/PRJ_5813 has 2 leads"),
    "award": (empty_award, "awards.csv: row 68, column id: award/day-one-none covers no contract"),
    "term": (second_term, "terms.csv: row 6, column lot: term/longer is a second term"),
    "round": (
        lambda f: change(f, "contracts", "PRJ_5813", round="london-womens-2021"),
        "contracts.csv: row 2, column round: contract/PRJ_5813 is not of the round of its award",
    ),
    "area": (
        lambda f: change(f, "contracts", "PRJ_5813", area="kent"),
        "contracts.csv: row 2, column area: contract/PRJ_5813 lies in the region kent-surrey-and",
    ),
    "awarded": (
        lambda f: change(f, "awards", "day-one-l044", lead="nacro"),
        "contracts.csv: row 2, column award: contract/PRJ_5813 is led by another than its award",
    ),
    "end": (
        lambda f: change(f, "contracts", "PRJ_5813", end="2020-01-01", end_precision="day",
                         end_basis="stated"),
        "contracts.csv: row 2: contract/PRJ_5813 ends before it starts (2021-06-26 to 2020-01-01)",
    ),
    "any": (
        lambda f: change(f, "crc_areas", "C01", to="2010-01-01"),
        "crc_areas.csv: row 2: crc-area/C01 ends before it starts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_rows_that_contradict_one_another(tables: Path, name: str) -> None:
    """What would make a figure untrue in silence is refused by file, row and column."""
    spoil, said = BROKEN[name]
    spoil(tables)
    with pytest.raises(InvalidData) as refused:
        build_quads(tables)
    assert refused.value.problems[0].startswith(said)


def test_large_tables_are_refused_alike(tables: Path, tmp_path: Path) -> None:
    """Tables that Polars builds are held to the same rules, in the same words."""
    pytest.importorskip("polars")
    from rehabgraph.graph.large.polars_build import build_large

    drop_lead(tables)
    with pytest.raises(InvalidData) as refused:
        build_large(tables, tmp_path / "cache" / "built")
    assert refused.value.problems[0].startswith(BROKEN["lead"][1])
    assert not (tmp_path / "cache" / "built").exists()


def test_a_lot_worth_nothing(tables: Path) -> None:
    """Prices of nought: the other lots keep their figures, and this one has none, with £0."""
    for row in read_table(DATA, "awards"):
        if row["lot"] == "accommodation":
            change(tables, "awards", row["id"], value="0")
    graph = rehabgraph.open(data=tables)
    rows = {r["id"]: r for r in graph.report("concentration", by="lot", basis="all").rows}
    nothing, other = rows["accommodation:value"], rows["womens-services:value"]
    assert (nothing["value"], nothing["hhi"], nothing["hhi_high"]) == (0, None, None)
    assert other["hhi"] is not None
    for award in (r["id"] for r in read_table(DATA, "awards")):
        change(tables, "awards", award, value="0")
    graph = rehabgraph.open(data=tables)
    assert graph.report("dependency", by="area", basis="all").rows
    assert {r["basis"] for r in graph.report("layers", basis="all").rows} == {"contracts", "areas"}
    assert "£0 over 1 priced lines" in str(render(graph.report("profile", about="thirteen"), "md"))


def test_sums_in_other_currencies_keep_their_code(tables: Path) -> None:
    """A stated sum in euros is no pounds: not on its page, not as a headline, not for a claim."""
    change(tables, "amounts", "day-one-initial", currency="EUR")
    change(tables, "claims", "moj-title-200", unit="usd")
    graph = rehabgraph.open(data=tables)
    site = Site(graph, live=False)
    assert site.names(f"{ID}amount/day-one-initial").startswith("195,000,000 EUR,")
    shares = graph.report("market-share")
    assert shares.coverage is not None
    assert shares.coverage.pounds_headline is None
    claim = next(r for r in graph.report("reconcile").rows if r["id"] == "moj-title-200")
    assert (claim["computed"], claim["result"]) == (None, "not comparable")


def test_names_of_columns_that_move_stand_in_order(world: Graph) -> None:
    """Without a judgement the cells stand in the order of the columns, the same on every run."""
    report = world.report("market-share", without_judgement=["value-l179"])
    order = [c.name for c in report.columns if c.name.endswith("_with")]
    assert len(order) > 2
    assert [name for name in report.rows[0] if name.endswith("_with")] == order


def test_two_regions_of_one_name_stay_two(tables: Path) -> None:
    """Each provider, lot and region has a row of its own, whatever regions are called."""
    before = len(rehabgraph.open(data=tables).query("providers-of-lot-in-region").rows)
    change(tables, "regions", "east-midlands", name="East of England")
    graph = rehabgraph.open(data=tables)
    assert len(graph.query("providers-of-lot-in-region").rows) == before


def test_exported_facts_keep_pence(
    cli: Callable[..., Result], priced: Path, tmp_path: Path
) -> None:
    """The Parquet file of market facts has each price to the penny."""
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "facts.parquet"
    assert cli("--data", str(priced), "export", "--to", "parquet", "-o", str(file)).exit_code == 0
    rows = parquet.read_table(file, columns=["award", "award_value"]).to_pylist()
    prices = {row["id"]: Decimal(row["value"]) for row in read_table(priced, "awards")}
    assert {r["award"]: r["award_value"] for r in rows if r["award"]} == prices
