"""N-Quads lines of one named graph, written one statement at a time."""

import json
from collections.abc import Iterable
from typing import IO
from urllib.parse import quote

from rehabgraph.ontology import ID, PREFIXES, RG

IMPORTS = "https://w3id.org/rehabgraph/dataset/import/"
XSD = PREFIXES["xsd"]
RDF_TYPE = PREFIXES["rdf"] + "type"
LABEL = PREFIXES["rdfs"] + "label"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def thing(kind: str, *parts: str) -> str:
    """Return the address of an imported thing; its parts cannot run into one another.

    >>> thing("award", "ocds-1", "award 2/x")
    'https://w3id.org/rehabgraph/id/award/ocds-1:award%202%2Fx'
    """
    return f"{ID}{kind}/{':'.join(quote(part, safe='') for part in parts)}"


def rg(name: str) -> str:
    """Return the address of a term of the ontology."""
    return RG + name


class QuadWriter:
    """Writes statements of one named graph into a file, and counts them."""

    def __init__(self, out: IO[str], graph: str) -> None:
        self._out, self._end = out, f" <{graph}> .\n"
        self.graph = graph
        self.written = 0

    def link(self, subject: str, predicate: str, target: str) -> None:
        """Write a statement whose object is a thing."""
        self._out.write(f"<{subject}> <{predicate}> <{target}>{self._end}")
        self.written += 1

    def text(self, subject: str, predicate: str, value: str | None, datatype: str = "") -> None:
        """Write a statement whose object is a literal; nothing where there is no value."""
        if value is None or value == "":
            return
        literal = f'"{value.translate(_ESCAPES)}"'
        if datatype:
            literal += f"^^<{XSD}{datatype}>"
        self._out.write(f"<{subject}> <{predicate}> {literal}{self._end}")
        self.written += 1

    def node(self, subject: str, cls: str, label: str | None = None) -> None:
        """Write the class of a thing and, where it has one, its label."""
        self.link(subject, RDF_TYPE, rg(cls))
        self.text(subject, LABEL, label)

    def cite(
        self,
        subject: str,
        source: str,
        locator: str,
        printed: Iterable[str] = (),
        *,
        shared: bool = False,
    ) -> None:
        """Write the citation of a row: its source, the place in it and what stands there.

        A thing that other imports may hold too has one of each, so that no source is said to
        have the place that is another's.
        """
        citation = f"{subject}#evidence"
        if shared:
            citation += f"-{self.graph.rsplit('/', 1)[-1]}"
        self.link(subject, rg("citation"), citation)
        self.link(citation, RDF_TYPE, rg("Citation"))
        self.link(citation, PREFIXES["prov"] + "wasDerivedFrom", source)
        self.text(citation, rg("locator"), locator)
        self.text(citation, rg("printed"), "|".join(p for p in printed if p))


def is_address(text: str) -> bool:
    """Say whether a text is a web address that may stand in N-Quads as it is.

    >>> is_address("https://example.org/a"), is_address("javascript:1"), is_address("http://a b")
    (True, False, False)
    """
    bad = set('<>"{}|^`\\ ')
    return text.startswith(("http://", "https://")) and not any(
        c in bad or ord(c) < 33 for c in text
    )


def plain_json(value: object) -> str:
    """Return a value as stable JSON text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
