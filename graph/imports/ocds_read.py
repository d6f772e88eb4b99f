"""Elements of JSON to releases: packages, records, lists and single releases alike.

A record's releases are used where they are inside it, else its compiled release. A link
alone is not followed: nothing is fetched.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.ocds_clean import safe_text, without_mail
from rehabgraph.graph.imports.reader import Opened, read_text
from rehabgraph.graph.imports.splitter import STREAMED, Element, split_json

LINKS = "only links to releases; nothing is fetched"
_PARTS = ("tender", "awards", "contracts", "planning", "parties", "buyer", "tag")


@dataclass(slots=True)
class Packages:
    """What the packages of a file say of themselves; sets, because files are put together."""

    publishers: set[str] = field(default_factory=set)
    licences: set[str] = field(default_factory=set)
    uris: set[str] = field(default_factory=set)

    def note(self, value: dict[str, Any]) -> None:
        """Take what a package says, as far as it is text of a sensible length."""
        publisher = value.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else publisher
        for text, known in (
            (name, self.publishers),
            (value.get("license"), self.licences),
            (value.get("uri"), self.uris),
        ):
            if isinstance(text, str) and text and len(text) < 500 and len(known) < 20:
                known.add(without_mail(safe_text(text)))


def read_releases(
    opened: Opened, packages: Packages, findings: Findings
) -> Generator[tuple[str, dict[str, Any]], None, None]:
    """Yield (ocid, release as parsed) from a file, one after another.

    Args:
        opened: the file.
        packages: told what the packages say of themselves.
        findings: told what was left out.

    Raises:
        InvalidData: the file is not JSON or passes a limit.
    """
    with closing(read_text(opened)) as text:
        yield from split_releases(text, opened.name, packages, findings)


def split_releases(
    text: Iterable[str], name: str, packages: Packages, findings: Findings
) -> Generator[tuple[str, dict[str, Any]], None, None]:
    """Yield (ocid, release as parsed) from JSON text that comes in blocks.

    Args:
        text: the text.
        name: what to call it in warnings.
        packages: told what the packages say of themselves.
        findings: told what was left out.

    Raises:
        InvalidData: it is not JSON or passes a limit.

    >>> found = split_releases(['{"ocid": "a", "id": "1"}'], "x.json", Packages(), Findings())
    >>> list(found)
    [('a', {'ocid': 'a', 'id': '1'})]
    """
    used = links = 0  # the document that gave releases of its own, or links to some
    with closing(split_json(text, name)) as elements:
        for element in elements:
            if element.key:
                if _is_link(
                    element.value
                ):  # a record's compiled release comes at the end, if at all
                    links = element.number
                    continue
                for ocid, release in _from_inner(element, name, findings):
                    used = element.number
                    yield ocid, release
                continue
            packages.note(element.value)
            if used == element.number:
                continue
            if (
                any(key in element.value for key in STREAMED)
                and "compiledRelease" not in element.value
            ):
                if links == element.number:
                    ocid = str(element.value.get("ocid", ""))[:80]
                    findings.warn("not read", name, ocid, LINKS)
                continue
            yield from _from_document(element.value, name, findings)


def _is_link(value: dict[str, Any]) -> bool:
    return "url" in value and set(value) <= {"url", "date", "tag"}


def _from_inner(
    element: Element, name: str, findings: Findings
) -> Iterator[tuple[str, dict[str, Any]]]:
    value = element.value
    inner = value.get("releases")
    if isinstance(inner, list):
        whole = [r for r in inner if isinstance(r, dict) and not _is_link(r)]
        for release in whole:
            yield from _from_document({"ocid": value.get("ocid"), **release}, name, findings)
        if whole:
            return
    yield from _from_document(value, name, findings)


def _from_document(
    value: dict[str, Any], name: str, findings: Findings
) -> Iterator[tuple[str, dict[str, Any]]]:
    ocid = value.get("ocid")
    compiled = value.get("compiledRelease")
    if isinstance(compiled, dict):
        value, ocid = compiled, compiled.get("ocid") or ocid
    elif "versionedRelease" in value:
        findings.warn("not read", name, str(ocid), "only a versioned release; left out")
        return
    elif "releases" in value or "records" in value:
        findings.warn("not read", name, str(ocid or "")[:80], LINKS)
        return
    if not isinstance(ocid, str) or not safe_text(ocid) or without_mail(ocid) != ocid:
        words = (
            "a release without an ocid; left out"
            if set(_PARTS) & set(value)
            else (f"not a release (its keys: {', '.join(sorted(value)[:5])[:80]}); left out")
        )
        findings.warn("not read", name, str(value.get("id", ""))[:80], words)
        return
    yield safe_text(ocid)[:500], value
