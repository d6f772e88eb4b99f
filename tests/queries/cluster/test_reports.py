"""A cluster's reports have the rows of the same reports on one machine, on the same facts."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import rehabgraph
from rehabgraph.graph.errors import BadParameter, EmptyMarket, InvalidData, UnknownName
from rehabgraph.graph.large.facts import write_facts
from rehabgraph.graph.large.facts_schema import IMPORTED
from rehabgraph.graph.store import open_memory
from rehabgraph.ontology import ID, RG
from rehabgraph.queries.cluster.facts import ClusterFacts, open_cluster_facts
from rehabgraph.queries.cluster.reports import Asked, answer_report, list_reports, write_answers
from rehabgraph.queries.facts import read_frame
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.partnerships import Part, measure_partners, measure_ties
from rehabgraph.queries.parts import keep_closest, read_parts
from rehabgraph.queries.report import Report

QUADS = 100_000
GENERATOR = Path(__file__).parents[3] / "benchmarks" / "generate.py"
Known = tuple[Graph, ClusterFacts]


@pytest.fixture(scope="module")
def record(spark: Any, world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Known:  # noqa: ANN401
    """Return the graph of the packaged record, and its facts as a cluster reads them."""
    folder = tmp_path_factory.mktemp("record") / "facts"
    write_facts(world.store, folder)
    return world, open_cluster_facts(spark, str(folder))


@pytest.fixture(scope="module")
def large(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Known:  # noqa: ANN401
    """Return the graph of a made-up world, and its facts."""
    folder = tmp_path_factory.mktemp("large")
    command = [sys.executable, str(GENERATOR), str(QUADS), str(folder / "data"), "--seed", "1"]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REHABGRAPH_FACTS", "never")
        graph = rehabgraph.open(None, str(folder / "data"))
    write_facts(graph.store, folder / "facts")
    return graph, open_cluster_facts(spark, str(folder))


def rows(report: Report) -> list[dict[str, Any]]:
    """Return the rows without the addresses behind them, which a cluster leaves out."""
    return [{k: v for k, v in row.items() if k != "ids"} for row in report.rows]


def check(spark: Any, known: Known, name: str, by: str, filters: Filters, **same: Any) -> None:  # noqa: ANN401
    """Hold a report of the cluster against the same report of the store, row by row, exactly."""
    graph, facts = known
    asked = Asked(filters, by, frame=read_frame(graph.store))
    mine = answer_report(spark, facts, name, asked).report
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REHABGRAPH_FACTS", "never")
        theirs = graph.report(name, by=by, **same)
    assert rows(mine) == rows(theirs)
    assert (mine.title, mine.columns, mine.method) == (theirs.title, theirs.columns, theirs.method)
    assert set(theirs.notes) <= set(mine.notes)
    assert mine.coverage is not None
    assert theirs.coverage is not None
    assert mine.coverage.pounds_known == theirs.coverage.pounds_known


PLACES = {"area": ("Kent", "Essex")}


@pytest.mark.parametrize(
    ("name", "by", "filters", "same"),
    [
        ("market-share", "provider", Filters(), {}),
        ("market-share", "group", Filters(areas=("kent", "essex")), PLACES),
        ("market-share", "kind", Filters(as_of=date(2023, 7, 1)), {"as_of": "2023-07-01"}),
        ("concentration", "area", Filters(areas=("kent", "essex")), PLACES),
    ],
)
def test_rows_are_those_of_the_store(
    spark: Any,  # noqa: ANN401
    record: Known,
    name: str,
    by: str,
    filters: Filters,
    same: dict[str, Any],
) -> None:
    """On the packaged record, with prices whole and prices cut by a filter, to the last digit."""
    check(spark, record, name, by, filters, **same)


def test_pence_and_currencies(spark: Any, world: Graph, tmp_path: Path) -> None:  # noqa: ANN401
    """A price with pence is exact, as on one machine; a line in euros is refused by its id."""
    quads = [q.replace('"544992"', '"544992.55"') for q in world.store.quads()]
    pence = Graph(open_memory(quads))
    write_facts(pence.store, tmp_path / "pence")
    known = pence, open_cluster_facts(spark, str(tmp_path / "pence"))
    for name, by in (("market-share", "provider"), ("concentration", "lot")):
        check(spark, known, name, by, Filters())
    own = f"<{ID}award/day-one-l044> <{RG}currency>"
    euros = [q.replace('"GBP"', '"EUR"') if q.startswith(own) else q for q in quads]
    write_facts(open_memory(euros), tmp_path / "euros")
    facts = open_cluster_facts(spark, str(tmp_path / "euros"))
    with pytest.raises(InvalidData, match="award/day-one-l044: its currency is EUR, not GBP"):
        answer_report(spark, facts, "market-share", Asked(Filters()))


@pytest.mark.parametrize(("name", "by"), [("market-share", "provider"), ("concentration", "lot")])
def test_rows_of_a_larger_world(spark: Any, large: Known, name: str, by: str) -> None:  # noqa: ANN401
    """On a made-up world of a hundred thousand statements, over all its rounds."""
    check(spark, large, name, by, Filters(rounds=()), round="all")


def test_pairs_are_those_of_the_contracts(spark: Any, large: Known) -> None:  # noqa: ANN401
    """Who delivers with whom, against the measure of partnerships over the parts of contracts."""
    graph, facts = large
    listed = read_parts(graph.store, ())
    names = {p.organisation: p.name for p in listed}
    parts = [Part(of, who, mine[0].role) for (of, who), mine in keep_closest(listed).items()]
    want = [
        (p.first, p.second, p.shared, ", ".join(p.kinds), f"{names[p.first]} – {names[p.second]}")
        for p in measure_partners(measure_ties(parts))
    ]
    asked = Asked(Filters(rounds=()))
    found = answer_report(spark, facts, "co-delivery", asked).report.rows
    keys = ("first", "second", "shared", "kinds", "name")
    assert [tuple(row[key] for key in keys) for row in found] == want
    assert len(want) > 1_000


@pytest.fixture
def imported(spark: Any, tmp_path: Path) -> ClusterFacts:  # noqa: ANN401
    """Return facts of five awards made by hand: three to Alder, one of them to Birch too."""
    at = "https://w3id.org/rehabgraph/id/"
    columns = "award ocid round supplier supplier_name suppliers value currency tax_basis buyer"
    day = date(2021, 1, 1)

    def row(n: int, who: str | None, sharing: int, value: str | None, currency: str = "GBP") -> Any:  # noqa: ANN401
        sum_ = None if value is None else Decimal(value)
        iri = None if who is None else f"{at}organisation/{who.lower()}"
        return (
            f"{at}award/{n}",
            "o",
            "r",
            iri,
            who,
            sharing,
            sum_,
            currency,
            "net",
            None,
            day,
            day,
        )

    table = [
        row(1, "Alder", 1, "100"), row(2, "Alder", 1, "50.0001"), row(3, "Alder", 2, "30"),
        row(3, "Birch", 2, "30"), row(4, "Birch", 1, None), row(5, None, 0, "7", "EUR"),
    ]  # fmt: skip
    types = ["string"] * 5 + ["bigint", IMPORTED["value"]] + ["string"] * 3 + ["date"] * 2
    names = [*columns.split(), "start", "end"]
    schema = ", ".join(f"{n} {t}" for n, t in zip(names, types, strict=True))
    spark.createDataFrame(table, schema).write.parquet(str(tmp_path / "in" / "imported.parquet"))
    return open_cluster_facts(spark, str(tmp_path / "in"))


def test_imported_awards_are_never_divided(spark: Any, imported: ClusterFacts) -> None:  # noqa: ANN401
    """Alder has 150.0001 to 180.0001, Birch nothing to 30; counted by hand."""
    assert list_reports(imported) == ("imported", "concentration", "co-delivery")
    report = answer_report(spark, imported, "imported", Asked(Filters())).report
    keys = ("name", "least", "most", "awards", "shared", "unvalued", "id")
    assert [tuple(row[key] for key in keys) for row in report.rows] == [
        ("Alder", Decimal("150.0001"), Decimal("180.0001"), 3, 1, 0, "organisation/alder GBP net"),
        ("Birch", 0, 30, 2, 1, 1, "organisation/birch GBP net"),
    ]
    assert "1 awards name no supplier and are in no row." in report.notes


def test_concentration_of_imported_awards_has_bounds(spark: Any, imported: ClusterFacts) -> None:  # noqa: ANN401
    """Of £180.0001 Alder has 150.0001 or more: the true index, for any split, lies within."""
    report = answer_report(spark, imported, "concentration", Asked(Filters())).report
    value, awards = report.rows
    assert (value["basis"], value["holders"], value["hhi"]) == ("value", 2, None)
    for alder in (150.0001, 165.0, 180.0001):
        shares = (alder / 180.0001, 1 - alder / 180.0001)
        assert value["hhi_low"] <= 10_000 * sum(s * s for s in shares) <= value["hhi_high"]
    assert (awards["holders"], awards["hhi"]) == (2, 10_000 * (9 + 4) / 25)


def test_suppliers_of_one_award_are_a_pair(spark: Any, imported: ClusterFacts) -> None:  # noqa: ANN401
    """One award has two suppliers, so there is one pair."""
    (pair,) = answer_report(spark, imported, "co-delivery", Asked(Filters())).report.rows
    assert (pair["name"], pair["shared"], pair["kinds"]) == ("Alder – Birch", 1, "joint award")


def test_answers_are_written_in_three_forms(
    spark: Any,  # noqa: ANN401
    imported: ClusterFacts,
    tmp_path: Path,
) -> None:
    """Parquet and CSV have the same rows, JSON is the published form of the report."""
    import duckdb

    answers = [answer_report(spark, imported, "imported", Asked(Filters()))]
    write_answers(spark, f"file:{tmp_path}/out", answers)
    written = json.loads((tmp_path / "out" / "imported.json").read_text())
    assert [row["name"] for row in written["rows"]] == ["Alder", "Birch"]
    for kind in ("parquet", "csv"):
        files = f"{tmp_path}/out/imported.{kind}/part-*"
        read = duckdb.read_parquet(files) if kind == "parquet" else duckdb.read_csv(files)
        found = read.project("name, most").order("name").fetchall()
        assert [(n, float(m)) for n, m in found] == [
            ("Alder", 180.0001), ("Birch", 30.0),
        ]  # fmt: skip
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["reports"]["imported"]["rows"] == 2


def test_what_cannot_be_answered_is_one_line(
    spark: Any,  # noqa: ANN401
    record: Known,
    imported: ClusterFacts,
    tmp_path: Path,
) -> None:
    """An unknown lot, an empty part, a missing table, no facts and a wrong table say what is so."""
    facts, asked = record[1], Asked(Filters())
    unknown = replace(asked, filters=Filters(lots=("accomodation",)))
    with pytest.raises(UnknownName, match="nearest: accommodation"):
        answer_report(spark, facts, "market-share", unknown)
    empty = replace(asked, filters=Filters(lots=("dependency-recovery",)))
    with pytest.raises(EmptyMarket):
        answer_report(spark, facts, "market-share", empty)
    with pytest.raises(BadParameter, match=r"has no market\.parquet"):
        answer_report(spark, imported, "market-share", asked)
    with pytest.raises(BadParameter, match="takes no filters"):
        answer_report(spark, imported, "imported", unknown)
    with pytest.raises(BadParameter, match="choose one of market-share"):
        answer_report(spark, facts, "shares", asked)
    with pytest.raises(InvalidData, match="no facts there"):
        open_cluster_facts(spark, str(tmp_path))
    spark.range(1).write.parquet(str(tmp_path / "lines.parquet"))
    with pytest.raises(InvalidData, match="column row is not there, not bigint"):
        open_cluster_facts(spark, str(tmp_path))


Cli = Callable[..., Any]


def test_the_commands_import_and_report(
    spark: Any,  # noqa: ANN401
    cli: Cli,
    tmp_path: Path,
) -> None:
    """From a line of JSON to a printed report and a folder of all that its facts can say."""
    assert spark
    award = {"id": "1", "suppliers": [{"id": "s", "name": "Alder"}], "value": {"amount": 5}}
    (tmp_path / "a.jsonl").write_text(json.dumps({"ocid": "o", "id": "1", "awards": [award]}))
    base = ["--input", str(tmp_path / "a.jsonl"), "--output", str(tmp_path / "facts")]
    done = cli("cluster", "import", *base, "--format", "csv")
    assert (done.exit_code, "understood,awards,1" in done.stdout) == (0, True)
    place = ["--input", str(tmp_path / "facts")]
    shown = cli("cluster", "report", "imported", *place, "--format", "csv")
    assert "Alder" in shown.stdout
    cli("cluster", "report", *place, "--output", str(tmp_path / "all"))
    assert {p.name for p in (tmp_path / "all").iterdir()} == {
        "manifest.json",
        *(f"{n}.{f}" for n in ("imported", "concentration", "co-delivery")
          for f in ("parquet", "csv", "json")),
    }  # fmt: skip
    again = cli("cluster", "import", *base)
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)
    assert "say --replace" in again.stderr
