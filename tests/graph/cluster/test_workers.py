"""What each task does with its rows, without Spark: the same functions, called on plain lists."""

import doctest
import importlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.cluster.lines import read_lines
from rehabgraph.graph.cluster.organisations import write_matches, write_organisations
from rehabgraph.graph.cluster.processes import Addresses, map_processes
from rehabgraph.graph.cluster.told import Told, gather, sum_up
from rehabgraph.graph.imports.findings import SHOWN, Findings
from rehabgraph.graph.imports.parties import Parties, name_key, read_mention
from rehabgraph.graph.imports.quads import QuadWriter

AT = Addresses("urn:graph", "urn:source", "urn:round")


def read(*lines: bytes, told: Told | None = None, block: int = 0) -> list[Any]:
    """Return what lines of one file become."""
    rows = [(line, "file:/a", block) for line in lines]
    return list(read_lines(rows, {"file:/a": 0}, told or Told()))


def test_a_line_is_a_release_a_record_a_package_or_a_list() -> None:
    """Whatever a line holds, its releases come out with ocid and date."""
    made = [{"ocid": f"o{n}", "id": "1", "date": "2021-01-01T00:00:00Z"} for n in range(7)]
    lines = [
        made[1],
        {"ocid": "o2", "releases": [made[2]]},
        {"uri": "u", "releases": [made[3], made[4]]},
        [made[5]],
        {"ocid": "o6", "compiledRelease": made[6]},
    ]
    found = read(*(json.dumps(line).encode() for line in lines))
    assert [row[0] for row in found] == ["o1", "o2", "o3", "o4", "o5", "o6"]
    assert {row[1] for row in found} == {"2021-01-01T00:00:00+00:00"}


def test_a_bad_line_is_named_and_loses_nothing_else() -> None:
    """Text, half an object and a deep nest are told by line; the lines around them are read."""
    told = Told()
    good = b'{"ocid": "a", "id": "1"}'
    found = read(good, b"oh no", b"", b'{"ocid": "b"', b"[" * 99, good, told=told)
    assert [row[4] for row in found] == [1, 6]
    whole = sum_up({("read", 0): told}, ["a.jsonl"])
    assert [w.where for w in whole.findings.shown] == [
        "a.jsonl line 2", "a.jsonl line 4", "a.jsonl line 5",
    ]  # fmt: skip
    assert all("the line is left out" in w.words for w in whole.findings.shown)
    assert "line 1" not in " ".join(w.words for w in whole.findings.shown)


def test_lines_are_numbered_over_the_blocks_of_a_file() -> None:
    """A file that several tasks read has one count of lines; the order of tasks is no matter."""
    parts = {}
    for partition, (block, lines) in enumerate([(900, 2), (0, 5), (400, 3)]):
        told = Told()
        read(*[b"{}"] * lines, b"bad", told=told, block=block)
        parts["read", partition] = told
    found = sum_up(parts, ["a.jsonl"]).findings.shown
    bad = [w.where for w in found if w.kind == "bad line"]
    assert sorted(bad) == ["a.jsonl line 10", "a.jsonl line 13", "a.jsonl line 6"]


def test_a_line_of_another_encoding_is_read() -> None:
    """Bytes that are no UTF-8 are read as Windows-1252, and it is said."""
    told = Told()
    (row,) = read('{"ocid": "a", "buyer": "Caf\xe9"}'.encode("cp1252"), told=told)
    assert json.loads(row[-1])["buyer"] == {"name": "Café"}
    assert told.findings.counts["encoding"] == 1


def test_a_broken_process_loses_only_itself() -> None:
    """What no cleaned release can hold loses its process, with a word; the others are whole."""
    told = Told()
    good = '{"ocid": "x", "awards": [{"id": "1", "suppliers": [{"name": "Alder"}]}]}'
    rows = [("a", good), ("b", '{"awards": [7]}'), ("c", good), ("d", good), ("d", "x" * 999)]
    found = list(map_processes(rows, AT, told, limit=900))
    assert [row[0] for row in found] == ["a", "c"]
    assert told.tally.counts["processes"] == told.tally.counts["awards"] == 2
    assert [w.where for w in told.findings.shown if w.kind == "process"] == ["b", "d"]


def test_facts_hold_the_award_undivided() -> None:
    """An award to two has two rows of its whole value; one to nobody has a row of its own."""
    suppliers = [{"id": "1", "name": "Alder"}, {"id": "2", "name": "Birch"}]
    value = {"amount": "12.3", "currency": "GBP"}
    awards = [{"id": "1", "suppliers": suppliers, "value": value}, {"id": "2"}]
    fine = [{"id": "3", "value": {"amount": "0.0000000000001", "currency": "GBP"}}]
    body = json.dumps({"ocid": "a", "id": "1", "awards": [*awards, *fine]})
    told = Told()
    (mapped,) = map_processes([("a", body)], AT, told)
    rows = [
        (r[0].rsplit("-")[-1], r[1] and r[1][-1], r[2], r[3] and f"{r[3]:f}") for r in mapped[3]
    ]
    assert rows == [
        ("1", "1", 2, "12.3"), ("1", "2", 2, "12.3"), ("2", None, 0, None), ("3", None, 0, None),
    ]  # fmt: skip
    assert told.findings.counts["decimals"] == 1
    assert '"0.0000000000001"^^' in mapped[1]


def test_a_task_that_runs_twice_counts_once() -> None:
    """The last word of a task counts, and no number of tasks is more than a bounded list."""
    all_: dict[Any, Told] = {}
    for partition in (0, 1, 2, 1):
        told = Told()
        for n in range(SHOWN):
            told.findings.warn("kind", f"{partition}", f"{n}", "words")
        told.counts["releases"] = 5
        gather(all_, {("read", partition): told})
    whole = sum_up(all_, [])
    assert (whole.findings.total, len(whole.findings.shown)) == (3 * SHOWN, SHOWN)
    assert whole.counts["releases"] == 15


def test_findings_add_up() -> None:
    """Those of two parts are as if one had told them all."""
    one, other, whole = Findings(), Findings(), Findings()
    for number, part in ((150, one), (SHOWN + 70, other)):
        for n in range(number):
            part.warn("kind", "w", str(n), "words")
            whole.warn("kind", "w", str(n), "words")
    both = Findings()
    both.add(one)
    both.add(other)
    assert (both.shown, both.counts) == (whole.shown, whole.counts)


IDS = st.lists(
    st.builds(lambda n: {"scheme": "GB-COH", "id": f"{n:08}"}, st.integers(0, 3)), max_size=2
)
PARTY = st.fixed_dictionaries(
    {"name": st.sampled_from(["Alder", "Alder Ltd", "ALDER", "Birch", ""])},
    optional={"id": st.sampled_from("xy"), "additionalIdentifiers": IDS},
)


@given(
    st.lists(st.tuples(st.integers(0, 4), PARTY), max_size=14),
    st.lists(
        st.tuples(st.sampled_from("kl"), st.sampled_from(["Alder", "GB-COH-00000001", "Birch"])),
        max_size=3,
    ),
)
def test_organisations_are_those_of_one_machine(
    parties: list[tuple[int, dict[str, Any]]], known: list[tuple[str, str]]
) -> None:
    """Grouped by organisation and by value, the statements are those of one pass in order."""
    record = tuple(
        (f"https://w3id.org/rehabgraph/id/organisation/{iri}", text, "-" in text)
        for iri, text in known
    )
    parties.sort(key=lambda pair: pair[0])
    out, findings = io.StringIO(), Findings()
    single = Parties(Path(":memory:"), QuadWriter(out, AT.graph), AT.source, findings)
    single.know(record)
    mentions = []
    for n, (process, party) in enumerate(parties):
        single.add(party, f"o{process}", str(n))
        mention = read_mention(party, f"o{process}", str(n), Findings())
        if mention:
            mentions.append((mention.iri, f"o{process}", n, mention))
    count = single.count
    proposed = single.propose()
    single.close()

    told = Told()
    rows = [
        (iri, m.spelled, m.legal, m.place, list(m.ids))
        for iri, _, _, m in sorted(mentions, key=lambda row: row[:3])
    ]
    found = list(write_organisations(rows, AT, record, told))
    text = [row[2] for row in found]
    held = {iri: (keys, ids, 1) for iri, _, _, keys, ids in found}
    for iri, name, is_id in record:
        keys, ids, own = held.get(iri, ([], [], 0))
        held[iri] = (
            [*keys, *([] if is_id else [name_key(name)])],
            [*ids, *([name] if is_id else [])],
            own,
        )
    for shared in ("id", "name"):
        values = {
            (value, own, iri, tuple(ids if shared == "name" else ()))
            for iri, (keys, ids, own) in held.items()
            for value in (ids if shared == "id" else keys)
        }
        text += [one for (one,) in write_matches(sorted(values), AT, shared, told)]
    assert {line for part in text for line in part.splitlines()} == set(out.getvalue().splitlines())
    assert (told.counts["organisations"], told.counts["proposed matches"]) == (count, proposed)


@pytest.mark.parametrize(
    "name", ["cluster.lines", "cluster.processes", "cluster.session", "cluster.told",
             "imports.parties", "imports.ocds_read"],
)  # fmt: skip
def test_the_examples_are_true(name: str) -> None:
    """Each `>>>` prints what stands below it."""
    result = doctest.testmod(importlib.import_module(f"rehabgraph.graph.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
