"""Organisations that processes name, each written once; and which two may be one."""

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from rehabgraph.graph.cluster.processes import Addresses
from rehabgraph.graph.cluster.told import Told
from rehabgraph.graph.imports.parties import Mention, Parties, name_key, write_match
from rehabgraph.graph.imports.quads import QuadWriter

ORGANISATIONS = "iri string, name string, quads string, keys array<string>, ids array<string>"
Known = tuple[tuple[str, str, bool], ...]
"""Organisations of the record: address, a name or an identifier, and which of the two."""


def write_organisations(
    rows: Iterable[Sequence[Any]], at: Addresses, known: Known, told: Told
) -> Iterator[tuple[str, str, str, list[str], list[str]]]:
    """Yield each organisation: address, name, statements, keys of its names, identifiers.

    Args:
        rows: address, name, legal name, place and identifiers of each mention; those of one
            organisation together, in the order of their processes.
        at: addresses of the import.
        known: organisations of the record.
        told: told how many there are.
    """
    out = io.StringIO()
    write = QuadWriter(out, at.graph)
    with (
        tempfile.TemporaryDirectory(prefix="rehabgraph-") as folder,
        closing(Parties(Path(folder) / "parties.db", write, at.source, told.findings)) as parties,
    ):
        parties.know(known)
        for iri, group in groupby(rows, key=lambda row: row[0]):
            keys, ids, first = set(), set(), ""
            for _, spelled, legal, place, listed in group:
                first = first or spelled
                parties.take(Mention(iri, spelled, legal, place, tuple(listed)))
                keys.add(name_key(spelled))
                ids |= set(listed)
            yield iri, first, out.getvalue().rstrip("\n"), sorted(keys), sorted(ids)
            out.seek(0)
            out.truncate()
        told.counts["organisations"] += parties.count
    told.counts["quads"] += write.written


def write_matches(
    rows: Iterable[Sequence[Any]], at: Addresses, shared: str, told: Told
) -> Iterator[tuple[str]]:
    """Yield the proposals that two organisations are one, as statements.

    An organisation of the import is held against the first other one of the same value: one of
    the record if there is one, else one of the import that comes before it.

    Args:
        rows: value, 0 for the record's and 1 for the import's, address, identifiers; in this
            order. Two that share an identifier are not proposed here.
        at: addresses of the import.
        shared: what the value is, a key of `MATCHES`.
        told: told how many proposals there are.
    """
    for value, group in groupby(rows, key=lambda row: row[0]):
        earlier: list[tuple[str, frozenset[str]]] = []
        for _, own, iri, listed in group:
            ids = frozenset(listed)
            other = (
                next((who for who, theirs in earlier if not ids & theirs), None) if own else None
            )
            if other is not None and value:
                out = io.StringIO()
                write = QuadWriter(out, at.graph)
                write_match(write, shared, iri, other, value)
                told.counts["quads"] += write.written
                told.counts["proposed matches"] += 1
                yield (out.getvalue().rstrip("\n"),)
            if not earlier or earlier[-1][1]:  # one without identifiers does for all that follow
                earlier.append((iri, ids))
