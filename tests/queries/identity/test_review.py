"""Decisions in a store of imports: kept, acted on, and taken back."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rehabgraph.graph.errors import BadParameter, InvalidData, UnknownName
from rehabgraph.graph.imports.judged import StoreJudgements
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.record import How, drop_imports
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.graph.judgement_rows import HEADER, read_rows
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.identity.decision_files import read_decisions
from rehabgraph.queries.identity.decisions import keep_decisions, undo_decisions
from rehabgraph.queries.identity.same import read_identity

Open = Callable[[], Graph]
Decide = Callable[..., list[str]]
NUMBERED, UNNUMBERED = "GB-COH-04320853", "ocds-m-2:party-Ingeus%20UK"


def held(graph: Graph, name: str) -> list[tuple[object, ...]]:
    """Return what the suppliers of a name hold: least, most, awards, awards to several."""
    rows = graph.report("imported").rows
    return [(r["least"], r["most"], r["awards"], r["shared"]) for r in rows if r["name"] == name]


def test_accepted_ones_are_one_supplier(
    graph: Open, keeper: StoreJudgements, decide: Decide
) -> None:
    """By hand: £1,000 alone and £500 shared with another, so £1,000 at least and £1,500 at most."""
    assert held(graph(), "INGEUS UK LTD") == [(1000, 1000, 1, 0)]
    assert decide(graph(), keeper, "ingeus", NUMBERED) == ["ingeus-is-gb-coh-04320853"]
    decide(graph(), keeper, "ingeus", UNNUMBERED)
    assert held(graph(), "Ingeus") == [(1000, 1500, 2, 1)]
    assert held(graph(), "INGEUS UK LTD") == held(graph(), "Ingeus UK") == []
    notes = graph().report("imported").notes
    assert any("ingeus-is-gb-coh-04320853" in n and "Said by a test." in n for n in notes)
    why = graph().why("imported", "Ingeus")
    assert {"organisation/ingeus", f"organisation/{NUMBERED}", "award/ocds-m-1:award-1"} <= {
        r["thing"] for r in why.rows
    }
    assert any("Said by a test." in note for note in why.notes)


def test_an_award_to_both_is_an_award_to_one(
    graph: Open, keeper: StoreJudgements, decide: Decide
) -> None:
    """£70 to Birch and Birch: nothing is split any more, so it is £70 at least."""
    assert held(graph(), "Birch Homes") == [(0, 70, 1, 1)]
    decide(graph(), keeper, "Birch Homes", "ocds-m-3:party-Birch%20Homes%20Ltd")
    assert held(graph(), "Birch Homes") == [(70, 70, 1, 0)]


def test_names_find_and_show_take_them_as_one(
    graph: Open, keeper: StoreJudgements, decide: Decide
) -> None:
    """Any of the names, addresses or ids leads to the one; show says what joined them."""
    decide(graph(), keeper, "ingeus", NUMBERED)
    opened = graph()
    for text in ("ingeus", NUMBERED, f"organisation/{NUMBERED}", "INGEUS UK LTD"):
        assert opened.resolve(text).endswith("/organisation/ingeus")
    found = [f.iri.rsplit("/", 1)[-1] for f in opened.find("Ingeus UK Ltd")]
    assert found.count("ingeus") == 1
    assert NUMBERED not in found
    from rehabgraph.queries.browse import report_show

    shown = report_show(opened, NUMBERED)
    assert shown.title == "Ingeus (organisation/ingeus)"
    said = {(r["property"], r["id"]) for r in shown.rows}
    assert ("is one with, by judgement", f"organisation/{NUMBERED}") in said
    assert ("was awarded", "award/ocds-m-1:award-1") in said
    assert any("Said by a test." in note for note in shown.notes)


def test_undoing_gives_the_store_back(graph: Open, keeper: StoreJudgements, decide: Decide) -> None:
    """Every statement of the store, and the table of decisions, are as they were."""
    decide(graph(), keeper, "ingeus", UNNUMBERED, same=False)
    before, table = sorted(graph().store.quads()), keeper.path.read_bytes()
    (id_,) = decide(graph(), keeper, "ingeus", NUMBERED)
    assert sorted(graph().store.quads()) != before
    assert undo_decisions(graph(), keeper, [NUMBERED, "ingeus"]) == [id_]
    keeper.settle()
    assert sorted(graph().store.quads()) == before
    assert keeper.path.read_bytes() == table
    with pytest.raises(BadParameter, match="no decision of that id"):
        undo_decisions(graph(), keeper, [id_])


def test_one_decision_counts_once(
    graph: Open, keeper: StoreJudgements, decide: Decide, tmp_path: Path
) -> None:
    """The organisation stands in two imports; the decision on it is still one."""
    party = {"id": "s", "identifier": {"scheme": "GB-COH", "id": "04320853"}}
    release = {"ocid": "ocds-m-9", "id": "1", "date": "2021-05-01T00:00:00Z", "parties": [party]}
    file = tmp_path / "more.json"
    file.write_text(json.dumps({"releases": [release]}))
    import_ocds(Workspace(keeper.path.parent), [(file, file.name)], How())
    (id_,) = decide(graph(), keeper, "ingeus", NUMBERED)
    assert [j.id for j in read_identity(graph().store).judged if j.id == id_] == [id_]


def test_without_the_judgement(graph: Open, keeper: StoreJudgements, decide: Decide) -> None:
    """The report with it switched off says what it said before it was made."""
    before = {r["name"]: (r["least"], r["most"]) for r in graph().report("imported").rows}
    (id_,) = decide(graph(), keeper, "ingeus", NUMBERED)
    off = graph().report("imported", without_judgement=id_)
    after = {r["name"]: (r["least"], r["most"]) for r in off.rows if r["moves"] != "gone"}
    assert after == before
    assert any("Said by a test." in note for note in off.notes)


def test_decisions_outlive_imports(
    graph: Open,
    workspace: Workspace,
    keeper: StoreJudgements,
    decide: Decide,
    put: Callable[..., None],
) -> None:
    """Another import, a drop and an import anew: the decision waits where it has nobody."""
    decide(graph(), keeper, "ingeus", NUMBERED)
    put("second.json")
    assert held(graph(), "Ingeus") == [(1000, 1000, 1, 0), (8, 8, 1, 0)]
    drop_imports(workspace, ["first.json"])
    assert [r["least"] for r in graph().report("imported").rows] == [8]
    assert "ingeus-is-gb-coh-04320853" in keeper.ids()
    put("first.json")
    assert (1000, 1000, 1, 0) in held(graph(), "Ingeus")


def test_an_answer_that_was_not_folded_in_is_not_lost(
    graph: Open, keeper: StoreJudgements, decide: Decide, put: Callable[..., None]
) -> None:
    """As when a review is killed: the store is as before, the next import folds it in."""
    decide(graph(), keeper, "ingeus", NUMBERED, settle=False)
    assert held(graph(), "INGEUS UK LTD") == [(1000, 1000, 1, 0)]
    assert decide(graph(), keeper, "ingeus", NUMBERED, settle=False) == []
    put("second.json")
    assert held(graph(), "INGEUS UK LTD") == []


def test_contradictions_are_refused(graph: Open, keeper: StoreJudgements, decide: Decide) -> None:
    """Against a decision of one's own, one of the record, one that follows; nothing is written."""
    decide(graph(), keeper, "foundation-92", "ocds-m-2:party-Foundation%2092")
    table = keeper.path.read_bytes()
    with pytest.raises(BadParameter, match="foundation-not-foundation-92"):
        decide(graph(), keeper, "foundation", "ocds-m-2:party-Foundation%2092")
    with pytest.raises(BadParameter, match="undo that first"):
        decide(graph(), keeper, "foundation-92", "ocds-m-2:party-Foundation%2092", same=False)
    with pytest.raises(BadParameter, match="named twice"):
        decide(graph(), keeper, "ingeus", "ingeus")
    with pytest.raises(BadParameter, match="two rows of the tables"):
        decide(graph(), keeper, "ingeus", "nacro")
    with pytest.raises(BadParameter, match="of the record"):
        undo_decisions(graph(), keeper, ["foundation", "foundation-92"])
    assert keeper.path.read_bytes() == table


def test_judged_pairs_are_counted_and_not_proposed(
    graph: Open, keeper: StoreJudgements, decide: Decide
) -> None:
    """One accepted, one rejected: both leave the proposals, and the notes count them."""

    def pairs() -> set[tuple[str, str]]:
        return {(r["one"], r["other"]) for r in graph().report("match").rows}

    def told(word: str) -> int:
        (note,) = [n for n in graph().report("match").notes if n.startswith("Judged already")]
        return int(note.split(f" as {word}")[0].rsplit(" ", 3)[-1 if word == "not" else -3])

    assert {("ingeus", NUMBERED), ("foundation-92", "ocds-m-2:party-Foundation%2092")} <= pairs()
    first = graph().report("match").rows[0]
    assert (first["one"], first["other"], first["decision"]) == ("ingeus", NUMBERED, "certain")
    before = told("the same"), told("not")
    decide(graph(), keeper, "ingeus", NUMBERED)
    decide(graph(), keeper, "foundation-92", "ocds-m-2:party-Foundation%2092", same=False)
    assert (
        not {
            ("ingeus", NUMBERED),
            ("foundation-92", "ocds-m-2:party-Foundation%2092"),
        }
        & pairs()
    )
    assert told("the same") == before[0] + 1
    assert told("not") > before[1]


def test_a_file_of_decisions(graph: Open, keeper: StoreJudgements, tmp_path: Path) -> None:
    """As match writes it, with accept and reject in the column decision; all rows or none."""
    from rehabgraph.views.output import write_report

    file = tmp_path / "pairs.csv"
    write_report(graph().report("match"), "csv", str(file))
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    words = {("ingeus", NUMBERED): "accept", ("foundation-92", "ocds-m-2:party-Foundation%2092"):
             "Reject"}  # fmt: skip
    for row in rows:
        row["decision"] = words.get((row["one"], row["other"]), row["decision"])

    def write() -> None:
        with file.open("w", newline="", encoding="utf-8") as text:
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    write()
    found = read_decisions(graph(), file)
    assert [(d.same, d.reason[:9]) for d in found] == [(True, "both have"), (False, "Not the s")]
    assert len(keep_decisions(graph(), keeper, found)) == 2
    rows[-1] |= {"decision": "perhaps"}
    write()
    with pytest.raises(InvalidData, match=f"row {len(rows) + 1}.*'perhaps' is not accept"):
        read_decisions(graph(), file)
    assert len(read_rows(keeper.path)) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"", "no column one"),
        (b"one,other\n", "no column decision"),
        (b"one,other,decision,reasons\nnobody,ingeus,accept,x\n", "row 2"),
        (b"one,other,decision\ningeus,nacro,accept\n", "row 2.*say why"),
    ],
)
def test_a_bad_file_is_one_line(graph: Open, tmp_path: Path, content: bytes, words: str) -> None:
    """Damaged, of other columns, of nobody, without a reason: what, where, what to do."""
    file = tmp_path / "pairs.csv"
    file.write_bytes(content)
    with pytest.raises(InvalidData, match=words):
        read_decisions(graph(), file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a-is-b,same-as,organisation/a", "3 cells"),
        ("A b,same-as,organisation/a,organisation/b,,,R,decisions,a,", "column id"),
        ("a,reads-as,organisation/a,organisation/b,,,R,decisions,a,", "column kind"),
        ("a,same-as,award/a,organisation/b,,,R,decisions,a,", "column subject"),
        ("a,same-as,organisation/a,organisation/a,,,R,decisions,a,", "column object"),
        ("a,same-as,organisation/a,organisation/b,,,,decisions,a,", "column reason"),
        ("a,same-as,organisation/a,organisation/b,,,=1+1,decisions,a,", "formula"),
        ("a,same-as,organisation/a,organisation/b> <x,,,R,decisions,a,", "column object"),
    ],
)
def test_a_damaged_row_is_named(tmp_path: Path, line: str, words: str) -> None:
    """By its row and column."""
    (tmp_path / "judgements.csv").write_text(f"{','.join(HEADER)}\n{line}\n")
    with pytest.raises(InvalidData, match=f"row 2.*{words}"):
        read_rows(tmp_path / "judgements.csv")


def test_a_damaged_table_changes_nothing(
    graph: Open, keeper: StoreJudgements, put: Callable[..., None]
) -> None:
    """The next import is refused, and the store is as it was."""
    before = sorted(graph().store.quads())
    keeper.path.write_text("id\n")
    with pytest.raises(InvalidData, match="row 1: must be id,kind"):
        put("second.json")
    assert sorted(graph().store.quads()) == before


def test_a_source_of_ones_own(graph: Open, keeper: StoreJudgements) -> None:
    """A named source must be one of the store; without one the store itself is the source."""
    from rehabgraph.ontology import ID
    from rehabgraph.queries.identity.decisions import Decision

    pair = (f"{ID}organisation/ingeus", f"{ID}organisation/{NUMBERED}")
    with pytest.raises(UnknownName, match="no source"):
        keep_decisions(graph(), keeper, [Decision(*pair, True, "R", source="nowhere")])
    (row,) = keep_decisions(
        graph(), keeper, [Decision(*pair, True, "R", source="moj-providers", locator="INGEUS")]
    )
    assert (row.source, row.locator) == ("moj-providers", "INGEUS")
    keeper.settle()
    assert ("moj-providers INGEUS") in {
        r["value"] for r in _show(graph(), "judgement/ingeus-is-gb-coh-04320853")
    }


def _show(graph: Graph, name: str) -> list[dict[str, object]]:
    from rehabgraph.queries.browse import report_show

    return [dict(r) for r in report_show(graph, name).rows]


def test_decisions_conform_to_the_shapes(
    graph: Open, keeper: StoreJudgements, decide: Decide
) -> None:
    """Judgement, citation and source of a store's own decisions break no shape."""
    from rehabgraph.graph.rdflib_door import read_rdflib
    from rehabgraph.graph.validate import validate_dataset

    decide(graph(), keeper, "ingeus", NUMBERED)
    decide(graph(), keeper, "foundation-92", "ocds-m-2:party-Foundation%2092", same=False)
    broken = {str(v.thing) for v in validate_dataset(read_rdflib(list(graph().store.quads())))}
    assert not [t for t in broken if "/judgement/" in t or t.endswith("/source/decisions")]
