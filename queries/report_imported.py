"""Awards of imports by supplier: what each surely has, and the most that it may have.

An award to several suppliers is worth to each of them anything between nothing and the
whole; one below nothing, such as a credit, likewise. Currencies and tax bases are rows of
their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, UnknownName
from rehabgraph.graph.large.facts_schema import NOT_MADE
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.identity.same import Identity, read_identity
from rehabgraph.queries.large.engine import choose_facts
from rehabgraph.queries.report import Column, Report, Row

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

ROUNDS = PREFIXES + "SELECT ?round WHERE { ?round a rg:Round } ORDER BY ?round"
AWARDS = PREFIXES + "SELECT ?award ?round WHERE {{ ?award rg:round ?round . {rounds} }}"
FACTS = PREFIXES + "SELECT ?award ?fact WHERE {{ ?award {term} ?fact }}"
"""One statement at a time: over a million statements, that is many times faster than one join."""
TERMS = ("rg:awardedTo", "rg:value", "rg:currency", "rg:taxBasis", "rg:statusAsPrinted")
UNDONE = (
    PREFIXES
    + "SELECT (COUNT(DISTINCT ?award) AS ?number) WHERE {{ ?award rg:statusAsPrinted ?status "
    + f"FILTER(LCASE(STR(?status)) IN ({', '.join(repr(s) for s in NOT_MADE)})) "
    + "?award rg:round ?round FILTER({rounds}) }}"
)
NAMES = PREFIXES + "SELECT ?thing ?fact WHERE { ?thing a rg:Organisation ; rdfs:label ?fact }"
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

NOTHING = "nothing was imported into this store; see rehabgraph import --help"
NAMED = 500
"""Sources are named for so many awards, the first in order."""
METHOD = "The value of each imported award as stated, at its supplier; never divided."
NOTES = (
    "An award to several suppliers counts as nothing in the least and whole in the most of "
    "each: its split is not known. So the column of the most does not add up to a total.",
    "Currencies, and sums with and without tax, are rows of their own and never added.",
    "Awards that their source calls cancelled or unsuccessful are nobody's, and in no row.",
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
            alone = len(award.suppliers) == 1
            held.most += award.value if alone else max(award.value, Decimal(0))
            held.least += award.value if alone else min(award.value, Decimal(0))
    return dict(found)


def join_suppliers(awards: Iterable[ImportedAward], identity: Identity) -> list[ImportedAward]:
    """Return the awards with suppliers that are judged to be one organisation as one.

    Args:
        awards: imported awards.
        identity: which organisations are one.
    """
    return [
        replace(a, suppliers=tuple(sorted({identity.first(s) for s in a.suppliers})))
        for a in awards
    ]


def read_awards(graph: "Graph", rounds: tuple[str, ...]) -> list[ImportedAward]:
    """Return the imported awards of a store, those of the given rounds or all.

    Args:
        graph: the graph.
        rounds: ids of rounds of imports; all when empty.
    """
    store = graph.store
    known = [r for row in store.select(ROUNDS) if (r := row["round"]).id.startswith("import-")]
    wanted = [r for r in known if not rounds or r.id in rounds]
    if not wanted:
        return []
    values = " ".join(f"<{r}>" for r in wanted)
    found = store.select(AWARDS.format(rounds=f"VALUES ?round {{ {values} }}"))
    inside = {str(row["award"]) for row in found}  # two imports may hold one award
    held: dict[str, dict[str, list[Any]]] = {term: {} for term in TERMS}
    for term in TERMS:
        for row in store.select(FACTS.format(term=term)):
            if (iri := str(row["award"])) in inside:
                held[term].setdefault(iri, []).append(row["fact"])

    statuses = held["rg:statusAsPrinted"].items()
    inside -= {iri for iri, said in statuses if any(str(s).lower() in NOT_MADE for s in said)}

    def one(term: str, iri: str) -> Any:  # noqa: ANN401
        return min(held[term].get(iri, [""]), key=str)

    return [
        ImportedAward(
            iri,
            tuple(sorted(str(s) for s in held["rg:awardedTo"].get(iri, []))),
            Decimal(str(one("rg:value", iri))) if iri in held["rg:value"] else None,
            str(one("rg:currency", iri)),
            str(one("rg:taxBasis", iri)),
        )
        for iri in sorted(inside)
    ]


def count_undone(graph: "Graph", rounds: tuple[str, ...]) -> int:
    """Return the number of imported awards that their source calls cancelled or unsuccessful.

    Args:
        graph: the graph.
        rounds: ids of rounds of imports; all when empty.
    """
    of = f"STRSTARTS(STR(?round), '{ID}round/import-')"
    if rounds:
        of = f"?round IN ({', '.join(f'<{ID}round/{name}>' for name in rounds)})"
    (row,) = graph.store.select(UNDONE.format(rounds=of))
    return int(str(row["number"]))


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Who holds imported awards.

    Attributes:
        held: (supplier, currency, basis) → what it has.
        names: address of an organisation → its name, of several the first in order.
        nobody: number of awards that name no supplier.
        awards: addresses of the first awards, whose sources the report names.
    """

    held: dict[tuple[str, str, str], Held]
    names: dict[str, str]
    nobody: int
    awards: list[str]


def read_suppliers(graph: "Graph", rounds: tuple[str, ...], identity: Identity) -> Suppliers:
    """Return who holds imported awards, from the facts of a large store or statement by statement.

    Args:
        graph: the graph.
        rounds: ids of rounds of imports; all when empty.
        identity: which organisations are one.
    """
    if (facts := choose_facts(graph.store, "imported").facts) is not None:
        from rehabgraph.queries.large.imported import read_large_suppliers

        return read_large_suppliers(graph.store, facts, rounds, identity)
    awards = read_awards(graph, rounds)
    held = measure_suppliers(join_suppliers(awards, identity))
    names: dict[str, str] = {}
    for row in graph.store.select(NAMES) if awards else ():
        iri, name = str(row["thing"]), str(row["fact"])
        names[iri] = min(names.get(iri, name), name)
    nobody = sum(1 for award in awards if not award.suppliers)
    return Suppliers(held, names, nobody, [a.iri for a in awards[:NAMED]])


def tidy_sum(value: Decimal) -> Decimal:
    """Return the same sum without needless decimals: none, or two at least.

    >>> tidy_sum(Decimal("100.000")), tidy_sum(Decimal("100.50000")), tidy_sum(Decimal("0.125"))
    (Decimal('100'), Decimal('100.50'), Decimal('0.125'))
    """
    whole = value.to_integral_value()
    if value == whole:
        return whole
    cents = value.quantize(Decimal("0.01"))
    return cents if value == cents else value.normalize()


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
        rounds = (_find_import(graph, of),)
    identity = read_identity(graph.store)
    found = read_suppliers(graph, rounds, identity)
    undone = count_undone(graph, rounds)
    if not found.awards and not undone:
        raise BadParameter(NOTHING)
    rows: list[Row] = [
        {
            "name": found.names.get(supplier, supplier),
            "currency": currency or None,
            "basis": basis or None,
            "least": tidy_sum(held.least) if held.awards > held.unvalued else None,
            "most": tidy_sum(held.most) if held.awards > held.unvalued else None,
            "awards": held.awards,
            "shared": held.shared,
            "unvalued": held.unvalued,
            "id": f"{supplier.removeprefix(ID)} {currency} {basis}",
            "ids": [*held.ids, *identity.members(supplier)],
        }
        for (supplier, currency, basis), held in found.held.items()
    ]
    rows.sort(key=lambda r: (r["currency"] or "~", r["basis"] or "~", -(r["most"] or 0), r["name"]))
    notes = [
        *NOTES,
        "Two suppliers may be one organisation: proposed matches are not acted on, judgements are.",
        *identity.notes(supplier for supplier, _, _ in found.held),
    ]
    if undone:
        words = "1 award is" if undone == 1 else f"{undone:,} awards are"
        notes.append(f"{words} left out as cancelled or unsuccessful.")
    if found.nobody:
        notes.append(f"{found.nobody} awards name no supplier and are in no row.")
    return Report(
        name="imported",
        title="Imported awards by supplier",
        columns=COLUMNS,
        rows=tuple(rows),
        method=METHOD,
        filters={"of": of} if of else {},
        notes=tuple(notes),
        sources=read_sources(graph.store, found.awards),
    )


def _find_import(graph: "Graph", of: str) -> str:
    """Return the round of the import that has this key, these first digits or this file."""
    start, called = f"{ID}round/import-", "Imported from "
    held = {
        iri.removeprefix(start): label.removeprefix(called)
        for iri, label in graph.names.labels.items()
        if iri.startswith(start)
    }
    if not held:
        raise BadParameter(NOTHING)
    of = of.removeprefix("round/").removeprefix("import-").removeprefix(called)
    found = [key for key, files in held.items() if of in (key, files)]
    found = found or [key for key in held if of and key.startswith(of)]
    if len(found) != 1:
        has = "; ".join(f"{files} ({key})" for key, files in sorted(held.items()))
        how = "several imports are called" if found else "no import is called"
        raise UnknownName(f"{how} {of!r}; there are: {has}")
    return f"import-{found[0]}"
