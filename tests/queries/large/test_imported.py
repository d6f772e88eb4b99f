"""Imported awards by supplier: the same from the facts as from the store, to the penny."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.graph.large.facts import find_facts, write_facts, write_store_facts
from rehabgraph.graph.store import open_memory
from rehabgraph.queries.graph import Graph, open_graph
from rehabgraph.queries.large.engine import choose_facts
from rehabgraph.queries.report import Report
from rehabgraph.queries.report_imported import tidy_sum

Both = Callable[[Callable[[], Report]], tuple[Any, Any]]
ID, RG = "https://w3id.org/rehabgraph/id/", "https://w3id.org/rehabgraph/ontology#"


def award(number: str, suppliers: list[str], value: dict[str, Any] | None) -> dict[str, Any]:
    """Return an award to suppliers of these names."""
    named = [{"id": name.lower(), "name": name} for name in suppliers]
    whole: dict[str, Any] = {"id": number, "suppliers": named}
    return whole | ({"value": value} if value else {})


PARTIES = [
    {"id": name.lower(), "name": name, "identifier": {"scheme": "GB-COH", "id": f"0123456{n}"}}
    for n, name in enumerate(("Alder", "Birch", "Cedar"))
]
RELEASES = [
    {
        "ocid": f"ocds-made-{n}", "id": f"r{n}", "date": "2021-05-01T00:00:00Z", "tag": ["award"],
        "buyer": {"id": "b", "name": "Ministry of Tests"}, "parties": PARTIES, "awards": awards,
    }
    for n, awards in enumerate([
        [award("1", ["Alder"], {"amount": 100.5, "currency": "GBP"}),
         award("2", ["Alder", "Birch"], {"amount": 40, "currency": "GBP"})],
        [award("1", ["Birch"], {"amount": 33.333333, "currency": "EUR"}),
         award("2", ["Cedar"], None), award("3", [], {"amount": 7, "currency": "GBP"})],
        [award("1", ["Alder"], {"amount": 99.5, "amountGross": 120, "currency": "GBP"}),
         award("2", ["Alder"], {"amount": 10, "currency": "GBP"})],
    ])
]  # fmt: skip


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    """Return a workspace with two imports and facts beside its generation."""
    workspace = Workspace(tmp_path / "mine")
    for name, releases in (("one.json", RELEASES[:2]), ("two.json", RELEASES[2:])):
        file = tmp_path / name
        file.write_text(json.dumps({"releases": releases}))
        import_ocds(workspace, [(file, name)], How())
    write_store_facts(open_graph(workspace.folder).store)
    return workspace.folder


def test_facts_stand_beside_the_generation(imported: Path) -> None:
    """Facts of a workspace are of the generation that counts: seven awards, one of them to two."""
    facts = open_graph(imported).store.facts  # type: ignore[attr-defined]
    found = find_facts(facts)
    assert found is not None
    assert found.rows["imported"] == 8
    assert not found.refused


@pytest.mark.parametrize("of", ["", "one.json", "two.json"])
def test_same_report(imported: Path, both: Both, of: str) -> None:
    """Least, most, counts, addresses, notes and order are the same, for all and for one file."""
    graph = open_graph(imported)
    store, facts = both(lambda: graph.report("imported", of=of))
    assert facts == store
    assert store["rows"]


def test_by_hand(imported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alder surely has £110.50 untaxed-or-not, at most £150.50; its net £99.50 stands apart.

    100.50 and 10 alone, 40 shared with Birch; 99.50 is net, for its gross is stated beside it.
    """
    monkeypatch.setenv("REHABGRAPH_FACTS", "always")
    rows = {
        (r["name"], r["currency"], r["basis"]): r
        for r in open_graph(imported).report("imported").rows
    }
    alder = rows["Alder", "GBP", "not stated"]
    assert (alder["least"], alder["most"]) == (Decimal("110.50"), Decimal("150.50"))
    assert (alder["awards"], alder["shared"], alder["unvalued"]) == (3, 1, 0)
    assert rows["Alder", "GBP", "net"]["least"] == Decimal("99.50")
    assert rows["Birch", "GBP", "not stated"]["least"] == 0
    assert rows["Birch", "EUR", "not stated"]["most"] == Decimal("33.333333")
    assert rows["Cedar", None, None]["least"] is None


def test_judged_to_be_one(imported: Path, both: Both, tmp_path: Path) -> None:
    """Suppliers judged one are one row, and an award to both of them is no longer shared."""
    quads = list(open_graph(imported).store.quads())
    names = {
        line.split('"')[1]: line.split(">")[0][1:]
        for line in quads
        if "rdf-schema#label" in line and "/id/organisation/" in line.split(">")[0]
    }
    judgement = f"<{ID}judgement/j1>"
    told = [
        (f"<{RG}judgementKind>", f"<{ID}judgement-kind/same-as>"),
        (f"<{RG}subject>", f"<{names['Alder']}>"),
        (f"<{RG}object>", f"<{names['Birch']}>"),
        ("<http://www.w3.org/2000/01/rdf-schema#comment>", '"One firm."'),
    ]
    quads += [f"{judgement} {p} {o} <{ID}x> .\n" for p, o in told]
    store = open_memory(quads)
    store.facts = tmp_path / "facts"
    write_facts(store, store.facts)
    asked, found = both(lambda: Graph(store).report("imported"))
    assert found == asked
    assert sum(row["shared"] for row in found["rows"]) == 0


def test_an_award_in_two_imports_counts_once(both: Both, tmp_path: Path, imported: Path) -> None:
    """The same award in two rounds is one award, whatever is asked."""
    quads = list(open_graph(imported).store.quads())
    rounds = sorted(
        {q.split(">")[2].strip(" <") for q in quads if f"<{RG}round> <{ID}round/import" in q}
    )
    awards = {q.split(">")[0][1:] for q in quads if f"<{RG}round> <{ID}round/import" in q}
    quads += [f"<{iri}> <{RG}round> <{r}> <{ID}x> .\n" for iri in awards for r in rounds]
    store = open_memory(quads)
    store.facts = tmp_path / "facts"
    write_facts(store, store.facts)
    asked, found = both(lambda: Graph(store).report("imported"))
    assert found == asked
    assert max(row["awards"] for row in found["rows"]) == 3


def test_a_later_import_leaves_old_facts_behind(imported: Path, tmp_path: Path) -> None:
    """After another import the facts of the generation before are not read for the new one."""
    file = tmp_path / "three.json"
    file.write_text(json.dumps({"releases": [{**RELEASES[0], "ocid": "ocds-made-9"}]}))
    before = len(open_graph(imported).report("imported").rows[0]["ids"])
    import_ocds(Workspace(imported), [(file, "three.json")], How())
    assert choose_facts(open_graph(imported).store, "imported").facts is None
    assert len(open_graph(imported).report("imported").rows[0]["ids"]) >= before


def test_too_many_digits(both: Both, tmp_path: Path, imported: Path) -> None:
    """A value that the table cannot hold leaves the imported awards to the store, and says so."""
    quads = list(open_graph(imported).store.quads())
    at = next(i for i, q in enumerate(quads) if f"<{RG}value>" in q and '"40"' in q)
    quads[at] = quads[at].replace('"40"', '"0.00000000000000000000001"')
    store = open_memory(quads)
    store.facts = tmp_path / "facts"
    assert "more digits" in write_facts(store, store.facts).refused["imported"]
    asked, found = both(lambda: Graph(store).report("imported"))
    assert found == asked


def test_market_share_of_an_import(imported: Path) -> None:
    """Imported rounds are in no market: one line names the report that answers."""
    graph = open_graph(imported)
    for name in ("market-share", "concentration", "partnerships"):
        with pytest.raises(BadParameter, match="report imported --of"):
            graph.report(name, round="Imported from one.json")


@pytest.mark.parametrize(
    ("given", "shown"),
    [("100.000", "100"), ("0", "0"), ("100.5", "100.50"), ("0.1250", "0.125"), ("1E+3", "1E+3")],
)
def test_tidy_sum(given: str, shown: str) -> None:
    """No decimals, or two at least; never another number."""
    assert str(tidy_sum(Decimal(given))) == shown


def test_credits_and_cancelled_awards(both: Both, tmp_path: Path) -> None:
    """A shared credit of £5 is from -5 to 0 of each; a cancelled award is nobody's, by hand."""
    credit = award("1", ["Alder", "Birch"], {"amount": -5, "currency": "GBP"})
    gone = award("2", ["Alder"], {"amount": 90, "currency": "GBP"}) | {"status": "cancelled"}
    release = {"ocid": "ocds-made-9", "id": "r", "date": "2021-05-01T00:00:00Z", "tag": ["award"]}
    file = tmp_path / "credit.json"
    file.write_text(json.dumps({"releases": [release | {"awards": [credit, gone]}]}))
    workspace = Workspace(tmp_path / "credits")
    import_ocds(workspace, [(file, file.name)], How())
    write_store_facts(open_graph(workspace.folder).store)
    graph = open_graph(workspace.folder)
    store, facts = both(lambda: graph.report("imported"))
    assert facts == store
    found = [(r["name"], r["least"], r["most"], r["awards"]) for r in store["rows"]]
    assert found == [("Alder", -5, 0, 1), ("Birch", -5, 0, 1)]
    assert "1 award is left out as cancelled or unsuccessful." in store["notes"]
