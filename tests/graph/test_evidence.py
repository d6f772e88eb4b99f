"""Checking every citation against the source texts.

The text and tables here are made by hand; line hashes are taken with `hashlib` straight from
the bytes. The curated tables and the real texts stand in `test_evidence_texts.py`.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.evidence import (
    EvidenceCheck,
    check_evidence,
    hash_line,
    read_locator,
    stands_on,
)
from rehabgraph.graph.text_files import MAX_BYTES, MAX_LINE_BYTES

LINES = (
    "A made-up list",
    "",
    "North",
    "Housing",
    "Alder Trust – £1,200 (Eastshire)",
    "Birch Ltd – £800 (Westshire)",
    "Services elsewhere come later.",
)
KINDS = ("prose", "blank", "region-heading", "lot-heading", "award", "award", "statement")
TEXT = ("\n".join(LINES) + "\n").encode()

Row = dict[str, str]
Tables = dict[str, list[Row]]
Check = Callable[[Tables], EvidenceCheck]


def cite(id_: str, locator: str, printed: str, source: str = "made-up") -> Row:
    """Return one row with its evidence."""
    return {"id": id_, "source": source, "locator": locator, "printed": printed}


def record(text: bytes = TEXT, source: str = "made-up") -> Tables:
    """Return the `sources` and `lines` tables of a text, hashed here and not by the checker."""
    lines = text.decode().removesuffix("\n").split("\n")
    row = {"id": source, "sha256": hashlib.sha256(text).hexdigest(), "lines": str(len(lines))}
    return {
        "sources": [row],
        "lines": [
            {
                "id": f"{source}.L{n}",
                "of": source,
                "number": str(n),
                "sha256": hashlib.sha256(line.encode()).hexdigest()[:16],
                "kind": KINDS[n - 1] if n <= len(KINDS) else "prose",
            }
            for n, line in enumerate(lines, start=1)
        ],
    }


def tables() -> Tables:
    """Return sound tables: two awards, a contract, a range, and a source without a text."""
    contract = cite("", "L5", "Eastshire") | {"reference": "PRJ_1"}
    del contract["id"]
    return {
        **record(),
        "awards": [cite("alder", "L5", "Alder Trust|£1,200"), cite("birch", "L6", "£800")],
        "contracts": [contract],
        "events": [cite("list", "L3-L5", "North|Housing|£1,200")],
        "organisations": [cite("oak", "record 7", "", "register")],
    }


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return the check over a folder that holds the hand-made text."""
    (tmp_path / "made-up.txt").write_bytes(TEXT)
    return lambda given_: check_evidence(given_, tmp_path)


def failed(found: EvidenceCheck) -> set[tuple[str, str]]:
    """Return the table and id of every failure."""
    return {(failure.table, failure.row) for failure in found.failures}


def test_sound_tables_pass_whole(check: Check) -> None:
    """Every citation holds; what cannot be checked is counted by source, never passed."""
    found = check(tables())
    assert (found.checked, found.passed, found.failures) == (4, 4, ())
    assert found.not_checkable == (("register", 1),)
    assert (found.hash_mismatches, found.altered) == ((), ())


def test_line_hashes_are_of_the_bytes_without_the_line_end() -> None:
    """The first 16 digits of SHA-256; the value for `abc` is the one NIST publishes."""
    assert hash_line(b"abc") == "ba7816bf8f01cfea"


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        (1, set()),
        (3, {("events", "list")}),
        (5, {("awards", "alder"), ("contracts", "PRJ_1"), ("events", "list")}),
        (6, {("awards", "birch")}),
    ],
)
def test_one_changed_character_fails_exactly_the_rows_on_its_line(
    line: int, rows: set[tuple[str, str]], tmp_path: Path
) -> None:
    """A copy with one other character: its line is named, the rows on it fail, no others do."""
    copy = [*LINES]
    copy[line - 1] = copy[line - 1][:-1] + "~"
    (tmp_path / "made-up.txt").write_text("\n".join(copy) + "\n", encoding="utf-8")
    found = check_evidence(tables(), tmp_path)
    assert failed(found) == rows
    assert found.altered == (f"made-up.L{line}",)
    assert [mismatch.source for mismatch in found.hash_mismatches] == ["made-up"]
    assert found.passed == 4 - len(rows)
    assert all("differs from its recorded hash" in each.reason for each in found.failures)


def test_other_line_ends_change_the_file_and_no_fact(tmp_path: Path) -> None:
    """A copy with CRLF is another file, and that is said; every line still holds."""
    (tmp_path / "made-up.txt").write_bytes(TEXT.replace(b"\n", b"\r\n"))
    found = check_evidence(tables(), tmp_path)
    assert (found.passed, found.altered, len(found.hash_mismatches)) == (4, (), 1)


def test_a_shorter_copy_fails_the_rows_on_the_lost_lines(tmp_path: Path) -> None:
    """Lines that the copy does not have are said to be missing, with the number it has."""
    (tmp_path / "made-up.txt").write_text("\n".join(LINES[:5]) + "\n", encoding="utf-8")
    found = check_evidence(tables(), tmp_path)
    assert failed(found) == {("awards", "birch")}
    assert found.failures[0].reason == "there is no line 6: the text has 5"
    assert (found.hash_mismatches[0].expected_lines, found.hash_mismatches[0].found_lines) == (
        "7",
        5,
    )
    assert found.altered == ("made-up.L6", "made-up.L7")


@pytest.mark.parametrize(
    ("locator", "printed", "reason"),
    [
        ("L99", "North", "there is no line 99: the text has 7"),
        ("L5-L99", "Alder Trust", "there is no line 99"),
        ("L1-L999999999", "North", "there is no line 999999999"),
        ("L6-L5", "£800", "the locator names no line"),
        ("L0", "North", "the locator names no line"),
        ("5", "Alder Trust", "the locator names no line"),
        ("page 2", "Alder Trust", "the locator names no line"),
        ("", "Alder Trust", "the locator names no line"),
        ("L6", "Alder Trust", "'Alder Trust' does not stand there"),
        ("L5", "Alder Trust|£1,201", "'£1,201' does not stand there"),
        ("L5", "£1", "'£1' does not stand there"),
        ("L5", "200", "'200' does not stand there"),
        ("L5", "Alder Tru", "'Alder Tru' does not stand there"),
        ("L5", "alder trust", "'alder trust' does not stand there"),
        ("L3-L4", "North Housing", "'North Housing' does not stand there"),
        ("L5", "", "a printed token is empty"),
        ("L5", "Alder Trust|", "a printed token is empty"),
    ],
)
def test_a_citation_that_does_not_hold_is_named_with_its_reason(
    check: Check, locator: str, printed: str, reason: str
) -> None:
    """Only that row fails; table, id, source and locator say where it is."""
    given_ = tables() | {"claims": [cite("wrong", locator, printed)]}
    found = check(given_)
    assert (found.checked, found.passed) == (5, 4)
    (failure,) = found.failures
    assert (failure.table, failure.row, failure.locator) == ("claims", "wrong", locator)
    assert reason in failure.reason


def test_a_cited_line_without_a_record_fails(check: Check) -> None:
    """A line whose hash nobody recorded cannot be verified."""
    given_ = tables()
    given_["lines"] = [row for row in given_["lines"] if row["id"] != "made-up.L6"]
    found = check(given_)
    assert failed(found) == {("awards", "birch")}
    assert "made-up.L6 has no row in the table lines" in found.failures[0].reason


def test_a_wrong_recorded_hash_fails_like_a_changed_line(check: Check) -> None:
    """It makes no difference on which side the hash is wrong."""
    given_ = tables()
    given_["lines"][5]["sha256"] = "0" * 16
    found = check(given_)
    assert (failed(found), found.altered) == ({("awards", "birch")}, ("made-up.L6",))
    assert found.hash_mismatches == ()


def test_lines_of_the_list_that_nobody_cites_are_counted_by_kind(check: Check) -> None:
    """Headings are expected there; an award or a statement would be a fact left out."""
    given_ = tables()
    given_["events"] = []
    given_["awards"] = given_["awards"][:1]
    assert check(given_).unused_by_kind == {
        "award": 1,
        "region-heading": 1,
        "lot-heading": 1,
        "statement": 1,
    }
    assert [each.line for each in check(tables()).unused] == ["made-up.L7"]


def test_a_text_that_the_sources_table_does_not_know_is_a_mismatch(tmp_path: Path) -> None:
    """A text beside the cited ones is checked, and its unknown hash is said."""
    (tmp_path / "other.txt").write_bytes(b"Oak\n")
    found = check_evidence(
        {"sources": [], "lines": [], "events": [cite("e", "L1", "Oak", "other")]}, tmp_path
    )
    assert [each.source for each in found.hash_mismatches] == ["other"]
    assert "has no row in the table lines" in found.failures[0].reason


def test_a_folder_without_the_texts_checks_nothing_and_says_so(tmp_path: Path) -> None:
    """No text: every citation is counted as not checkable, none as passed."""
    found = check_evidence(tables(), tmp_path)
    assert (found.checked, found.passed) == (0, 0)
    assert found.not_checkable == (("made-up", 4), ("register", 1))


def test_a_source_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    """An id with slashes or dots names no text."""
    (tmp_path / "secret.txt").write_bytes(b"Oak\n")
    inside = tmp_path / "texts"
    inside.mkdir()
    row = cite("e", "L1", "Oak", "../secret")
    found = check_evidence({"sources": [], "lines": [], "events": [row]}, inside)
    assert (found.checked, found.not_checkable) == (0, (("../secret", 1),))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"North\n\0", "line 2 holds a NUL byte"),
        (b"North\n\xa3800", "line 2 is not UTF-8"),
        (b"x" * (MAX_LINE_BYTES + 1), "line 1 is longer than"),
        (b"x" * (MAX_BYTES + 1), "is larger than"),
    ],
    ids=["nul", "latin-1", "long line", "large"],
)
def test_an_unreadable_text_is_one_clear_line(data: bytes, message: str, tmp_path: Path) -> None:
    """The message names the file and says what to do."""
    (tmp_path / "made-up.txt").write_bytes(data)
    with pytest.raises(InvalidData, match=message) as caught:
        check_evidence(tables(), tmp_path)
    assert "made-up.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_folders_and_missing_tables_are_one_clear_line(tmp_path: Path) -> None:
    """A missing folder, a file in its place, a folder in a text's place, a missing table."""
    file = tmp_path / "file"
    file.write_bytes(b"")
    for folder in (tmp_path / "none", file):
        with pytest.raises(InvalidData, match="no such folder"):
            check_evidence(tables(), folder)
    with pytest.raises(InvalidData, match="table lines is missing"):
        check_evidence({"sources": []}, tmp_path)
    (tmp_path / "made-up.txt").mkdir()
    with pytest.raises(InvalidData, match="is a folder"):
        check_evidence(tables(), tmp_path)


# --- what always holds


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0|"), min_size=1, max_size=20)


@given(WORDS, WORDS, WORDS)
def test_a_token_stands_on_the_line_that_was_built_around_it(
    token: str, before: str, after: str
) -> None:
    """With spaces about it any token is found; a token that is not part of a line never is."""
    assert stands_on(token, f"{before} {token} {after}")
    if token not in before:
        assert not stands_on(token, before)


@given(st.integers(1, 10**9 - 1), st.integers(1, 10**9 - 1))
def test_locators_read_back_as_their_lines(first: int, last: int) -> None:
    """L with a number is that line; a range must run forwards."""
    assert read_locator(f"L{first}") == (first, first)
    assert read_locator(f"L{first}-L{last}") == ((first, last) if first <= last else None)


@given(st.text(max_size=20))
def test_any_locator_is_read_or_refused(text: str) -> None:
    """No locator, however odd, ends in a traceback or in a backward range."""
    span = read_locator(text)
    assert span is None or 1 <= span[0] <= span[1]


@given(st.data())
def test_a_changed_line_fails_its_rows_and_no_others(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever the text and whichever line changes, the failures are the rows that cite it."""
    letters = st.characters(codec="utf-8", exclude_characters="\n\r\0")
    lines = data.draw(st.lists(st.text(letters, max_size=15), min_size=1, max_size=8))
    text = "".join(f"x{line}\n" for line in lines).encode()
    last = len(lines)
    spans = data.draw(
        st.lists(st.tuples(st.integers(1, last), st.integers(1, last)).map(sorted), max_size=6)
    )
    rows = [
        cite(str(n), f"L{a}" if a == b else f"L{a}-L{b}", "x") | {"printed": f"x{lines[a - 1]}"}
        for n, (a, b) in enumerate(spans)
        if "|" not in lines[a - 1]
    ]
    kept = [(a, b) for a, b in spans if "|" not in lines[a - 1]]
    folder = tmp_path_factory.mktemp("texts")
    given_ = record(text) | {"claims": rows}
    (folder / "made-up.txt").write_bytes(text)
    assert check_evidence(given_, folder).failures == ()
    changed = data.draw(st.integers(1, last))
    copy = text.split(b"\n")
    copy[changed - 1] += b"!"
    (folder / "made-up.txt").write_bytes(b"\n".join(copy))
    found = check_evidence(given_, folder)
    touched = [a <= changed <= b for a, b in kept]
    assert [each.row for each in found.failures] == [
        row["id"] for row, hit in zip(rows, touched, strict=True) if hit
    ]
    assert found.checked == found.passed + len(found.failures) == len(rows)
    assert found.altered == (f"made-up.L{changed}",)
