"""Every way in which Open Contracting data are put together reads as the same releases.

The releases are made by hand; the figures expected are counted in them by eye.
"""

import gzip
import json
import os
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports import ocds_shape as shape
from rehabgraph.graph.imports.findings import ImportResult
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.reader import inspect_file, read_text
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.splitter import split_json
from rehabgraph.graph.imports.workspace import Workspace

R1 = {
    "ocid": "ocds-a-1",
    "id": "1",
    "date": "2021-01-01T00:00:00Z",
    "tag": ["award"],
    "awards": [
        {
            "id": "x",
            "suppliers": [{"id": "s", "name": 'Alder [a] {b} " \\'}],
            "value": {"amount": 10.10, "currency": "GBP"},
        }
    ],
}
R2 = {**R1, "ocid": "ocds-a-2", "id": "2"}
PACKAGE = {"uri": "https://example.org/1", "releases": [R1, R2], "license": "OGL"}
RECORD = {"ocid": "ocds-a-1", "releases": [R1], "compiledRelease": R1}
LINKED = {
    "ocid": "ocds-a-2",
    "releases": [{"url": "https://example.org/r2", "date": "2021-01-01T00:00:00Z"}],
    "compiledRelease": R2,
}
one, two = json.dumps(R1), json.dumps(R2)
FORMS = {
    "release package": json.dumps(PACKAGE),
    "package on many lines": json.dumps(PACKAGE, indent=2),
    "package, metadata last": json.dumps(dict(reversed(PACKAGE.items()))),
    "record package": json.dumps({"records": [RECORD, LINKED]}),
    "records alone": json.dumps(RECORD) + json.dumps(LINKED),
    "list of records": json.dumps([RECORD, LINKED]),
    "list of releases": f"[{one}, {two}]",
    "list of packages": json.dumps([{"releases": [R1]}, {"releases": [R2]}]),
    "JSON Lines": f"{one}\n{two}\n",
    "JSON Lines of packages": f'{{"releases": [{one}]}}\r\n{{"releases": [{two}]}}\r\n',
    "concatenated": one + two,
    "record separators": f"\x1e{one}\n\x1e{two}\n",
    "search results": json.dumps({"results": [{"releases": [R1]}, {"releases": [R2]}]}),
    "with nulls": f'{{"releases": [null, {one}, null, {two}], "uri": null}}',
    "byte order mark": "\ufeff" + json.dumps(PACKAGE),
}


def read(path: Path, folder: Path) -> ImportResult:
    """Import a file without keeping anything."""
    return import_ocds(Workspace(folder), [(path, path.name)], How(dry_run=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_form_reads_the_same(form: str, packed: bool, tmp_path: Path) -> None:
    """Two processes, two awards, £20.20 (JSON drops the last nought), whatever the form."""
    data = FORMS[form].encode()
    path = tmp_path / "data"
    path.write_bytes(gzip.compress(data) if packed else data)
    found = read(path, tmp_path / "mine")
    assert [found.count(w) for w in ("processes", "awards", "releases")] == [2, 2, 2]
    assert found.sums == (("GBP", "not stated", "20.2", 2),)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "utf-16-le"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    """A name with an accent survives; ISO-8859-1 is told of."""
    path = tmp_path / "data.json"
    release = {**R1, "buyer": {"name": "Café"}}
    path.write_bytes(json.dumps(release, ensure_ascii=False).encode(encoding))
    found = read(path, tmp_path / "mine")
    assert found.count("awards") == 1
    assert ("encoding" in found.findings.counts) == (encoding != "utf-8-sig")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_blocks_may_end_anywhere(size: int) -> None:
    """Cut into blocks of any size, the elements are the same."""
    for text in FORMS.values():
        blocks = [text[n : n + size] for n in range(0, len(text), size)]
        assert list(split_json(blocks, "x")) == list(split_json([text], "x"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"releases": [{"ocid": "a"}', "ends in the middle"),
        ('{"ocid": "a', "ends in the middle"),
        ('{"ocid": "a"}}', "closes nothing"),
        ('{"ocid": ]', "closes nothing"),
        ('{"ocid": a}', "not JSON"),
        ("<html>no</html>", "not JSON"),
        ('{"releases": [1, 2]}', "not JSON"),
        ('{"releases": [[{}]]}', "array inside"),
        ("[[{}]]", "array of arrays"),
        ('{"a":' * 100 + "1" + "}" * 100, "nested over"),
        ('{"a": {"b": "' + "x" * (17 << 20) + '"}}', "characters"),
        ("PK\x03\x04zip", "unpack it first"),
        ("", "no release"),
        ('{"releases": []}', "no release"),
        ('{"type": "FeatureCollection", "features": []}', "not a release"),
    ],
)
def test_damaged_files_are_one_line(text: str, words: str, tmp_path: Path) -> None:
    """What is not JSON, or passes a limit, is refused with the place, and nothing is kept."""
    path = tmp_path / "data.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidData, match=words) as caught:
        read(path, tmp_path / "mine")
    assert "data.json" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "mine").exists()


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """A hundred million spaces in a small gzip file are not unpacked to the end."""
    path = tmp_path / "data.json.gz"
    path.write_bytes(gzip.compress(b" " * 100_000_000))
    with pytest.raises(InvalidData, match="no ordinary file"):
        read(path, tmp_path / "mine")


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    """A gzip file that ends early is one line too."""
    path = tmp_path / "data.json.gz"
    path.write_bytes(gzip.compress(json.dumps(PACKAGE).encode())[:-20])
    with pytest.raises(InvalidData, match="cannot be read"):
        read(path, tmp_path / "mine")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe cannot be read twice; it is refused with what to do, and nothing waits for it."""
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("pipe", "save it as one first"), ("none", "no such file"), (".", "folder")):
        with pytest.raises(InvalidData, match=why):
            read(tmp_path / name, tmp_path / "mine")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """What was hashed is not what stands there any more, so it would be a false source."""
    path = tmp_path / "data.json"
    path.write_text(one)
    opened = inspect_file(path)
    path.write_text(two + " ")
    with pytest.raises(InvalidData, match=r"data.json: changed while it was read"):
        list(read_text(opened))


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """Its one award has no id, so a second reading would make two of it."""
    bare = {**R1, "awards": [{"value": {"amount": 4, "currency": "GBP"}}]}
    paths = [tmp_path / name for name in ("a.json", "copy.json")]
    for path in paths:
        path.write_text(json.dumps(bare))
    named = [(path, path.name) for path in (*paths, paths[0])]
    found = import_ocds(Workspace(tmp_path / "mine"), named, How(dry_run=True))
    assert (found.count("releases"), found.sums) == (1, (("GBP", "not stated", "4", 1),))


def test_what_is_no_release_is_told(tmp_path: Path) -> None:
    """An object without an ocid, and a record of links alone, are named and left out."""
    path = tmp_path / "data.json"
    links = {"ocid": "ocds-a-9", "releases": LINKED["releases"]}
    path.write_text(f'{json.dumps(links)}{{"awards": []}}{{"type": "Feature"}}{one}')
    found = read(path, tmp_path / "mine")
    assert found.count("processes") == 1
    assert found.findings.counts["not read"] == 3
    words = " ".join(map(str, found.findings.shown))
    assert "only links" in words
    assert "without an ocid" in words
    assert "its keys: type" in words


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FORMS)), st.randoms(use_true_random=False))
def test_damage_of_any_kind_is_no_traceback(tmp_path: Path, form: str, rnd: Random) -> None:
    """Bytes changed, doubled, moved or cut: read, or refused in one line."""
    data = bytearray(FORMS[form].encode())
    for _ in range(rnd.randrange(1, 6)):
        at = rnd.randrange(len(data))
        kind = rnd.randrange(4)
        if kind == 0:
            data[at] = rnd.randrange(256)
        elif kind == 1:
            data[at:at] = rnd.choice([b"null", b"[", b"}", b'"', b"1e9999", b"\\ud800", b"{}"])
        elif kind == 2:
            del data[at : at + rnd.randrange(1, 20)]
        else:
            data += data[at : at + 50]
        data = data or bytearray(b"{")
    path = tmp_path / "data.json"
    path.write_bytes(bytes(data))
    with suppress(InvalidData):
        read(path, tmp_path / "mine")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*shape.RELEASE, *shape.AWARD, *shape.PARTY, *shape.VALUE]), inner
        )
    ),
    max_leaves=20,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from([*shape.RELEASE]), JSON), min_size=1, max_size=3))
def test_any_values_in_any_field_are_no_traceback(
    tmp_path: Path, releases: list[dict[str, object]]
) -> None:
    """Whatever stands in the fields that are read, the releases of one process merge."""
    path = tmp_path / "data.json"
    path.write_text(json.dumps([{**release, "ocid": "ocds-any"} for release in releases]))
    assert read(path, tmp_path / "mine").count("processes") == 1
