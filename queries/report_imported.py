"""Awards of imports by supplier: what each surely has, and the most that it may have.

An award to several suppliers is worth to each of them anything between nothing and the
whole. Currencies and tax bases are rows of their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report, Row

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

AWARDS = (
    PREFIXES
    + """
SELECT ?award ?round ?supplier ?value ?currency ?basis WHERE {
  ?round a rg:Round ; rg:citation ?c . ?c prov:wasDerivedFrom ?s . ?s prov:wasGeneratedBy ?import .
  ?import a rg:Import .
  ?award rg:round ?round ; a rg:Award .
  OPTIONAL { ?award rg:awardedTo ?supplier }
  OPTIONAL { ?award rg:value ?value }
  OPTIONAL { ?award rg:currency ?currency }
  OPTIONAL { ?award rg:taxBasis ?basis }
} ORDER BY ?award ?supplier"""
)
NAMES = (
    PREFIXES
    + """
SELECT ?thing (MIN(?name) AS ?label) WHERE {
  { SELECT DISTINCT ?thing WHERE { ?award rg:awardedTo ?thing ; rg:taxBasis|rg:process ?any } }
  ?thing rdfs:label ?name
} GROUP BY ?thing ORDER BY ?thing"""
)
COLUMNS = (
    Column("name", "Supplier"),
    Column("currency", "Currency"),
    Column("basis", "Tax"),
    Column("least", "Value, least", "number"),
    Column("most", "Value, most", "number"),
    Column("awards", "Awards", "integer"),
    Column("shared", "Awards to several", "integer"),
    Column("unvalued", "Awards without a value", "integer"),
)


@dataclass(slots=True)
class Held:
    """What one supplier has in one currency and on one tax basis."""

    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    awards: int = 0
    shared: int = 0
    unvalued: int = 0
    ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportedAward:
    """One imported award: all its suppliers, and its value undivided."""

    iri: str
    suppliers: tuple[str, ...]
    value: Decimal | None = None
    currency: str = ""
    basis: str = ""


def measure_suppliers(awards: Iterable[ImportedAward]) -> dict[tuple[str, str, str], Held]:
    """Return what each (supplier, currency, basis) has at least and at most.

    >>> one = ImportedAward("a", ("x", "y"), Decimal(100), "GBP", "net")
    >>> held = measure_suppliers([one])[("x", "GBP", "net")]
    >>> held.least, held.most, held.shared
    (Decimal('0'), Decimal('100'), 1)
    """
    found: dict[tuple[str, str, str], Held] = defaultdict(Held)
    for award in awards:
        for supplier in award.suppliers:
            held = found[(supplier, award.currency, award.basis)]
            held.awards += 1
            held.ids.append(award.iri)
            held.shared += len(award.suppliers) > 1
            if award.value is None:
                held.unvalued += 1
                continue
            held.most += award.value
            held.least += award.value if len(award.suppliers) == 1 else 0
    return dict(found)


def read_awards(graph: "Graph", rounds: tuple[str, ...]) -> list[ImportedAward]:
    """Return the imported awards of a store, those of the given rounds or all.

    Args:
        graph: the graph.
        rounds: ids of rounds of imports; all when empty.
    """
    suppliers: dict[str, list[str]] = defaultdict(list)
    rows: dict[str, Any] = {}
    for row in graph.store.select(AWARDS):
        if rounds and row["round"].id not in rounds:
            continue
        rows[str(row["award"])] = row
        if row["supplier"]:
            suppliers[str(row["award"])].append(str(row["supplier"]))
    return [
        ImportedAward(
            iri,
            tuple(suppliers[iri]),
            None if row["value"] is None else Decimal(str(row["value"])),
            str(row["currency"] or ""),
            str(row["basis"] or ""),
        )
        for iri, row in rows.items()
    ]


def report_imported(graph: "Graph", of: str = "") -> Report:
    """Return imported awards by supplier, currency and tax basis.

    Args:
        graph: the graph, opened with a store that imports went into.
        of: one import, by its key, its round or the name of its file; all when empty.

    Raises:
        BadParameter: nothing was imported into this store.
        UnknownName: no import is called so.
    """
    rounds: tuple[str, ...] = ()
    if of:
        name = f"round/import-{of}" if f"{ID}round/import-{of}" in graph.names.labels else of
        tries = (name, f"Imported from {of}")
        known = next((t for t in tries if _is_round(graph, t)), of)
        rounds = (graph.resolve(known, ("round",)).rsplit("/", 1)[-1],)
    awards = read_awards(graph, rounds)
    if not awards:
        raise BadParameter("nothing was imported into this store; see rehabgraph import --help")
    names = {str(r["thing"]): str(r["label"]) for r in graph.store.select(NAMES)}
    rows: list[Row] = [
        {
            "name": names.get(supplier, supplier),
            "currency": currency or None,
            "basis": basis or None,
            "least": held.least if held.awards > held.unvalued else None,
            "most": held.most if held.awards > held.unvalued else None,
            "awards": held.awards,
            "shared": held.shared,
            "unvalued": held.unvalued,
            "ids": [*held.ids, supplier],
        }
        for (supplier, currency, basis), held in measure_suppliers(awards).items()
    ]
    rows.sort(key=lambda r: (r["currency"] or "~", r["basis"] or "~", -(r["most"] or 0), r["name"]))
    nobody = sum(1 for award in awards if not award.suppliers)
    notes = [
        "An award to several suppliers counts as nothing in the least and whole in the most of "
        "each: its split is not known. So the column of the most does not add up to a total.",
        "Currencies, and sums with and without tax, are rows of their own and never added.",
        "Two suppliers may be one organisation: proposed matches are not acted on.",
    ]
    if nobody:
        notes.append(f"{nobody} awards name no supplier and are in no row.")
    return Report(
        name="imported",
        title="Imported awards by supplier",
        columns=COLUMNS,
        rows=tuple(rows),
        method="The value of each imported award as stated, at its supplier; never divided.",
        filters={"of": of} if of else {},
        notes=tuple(notes),
        sources=read_sources(graph.store, [a.iri for a in awards[:500]]),
    )


def _is_round(graph: "Graph", text: str) -> bool:
    from rehabgraph.graph.errors import UnknownName

    try:
        graph.resolve(text, ("round",))
    except UnknownName:
        return False
    return True
