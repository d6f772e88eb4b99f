"""What things are called on pages, and one sentence on each, made by rule from the data."""

from datetime import date
from decimal import Decimal
from typing import Any

from rehabgraph.graph.store import Iri
from rehabgraph.ontology import ID
from rehabgraph.queries.report import format_pounds
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.site.statements import Statements
from rehabgraph.views.words import count_words, format_day

KINDS = {
    "organisation": ("organisation", "organisations"),
    "region": ("probation region", "probation regions"),
    "area": ("police area", "police areas"),
    "award": ("priced line", "priced lines"),
    "round": ("commissioning round", "commissioning rounds"),
    "crc-area": ("contract package area of 2015", "contract package areas of 2015"),
    "amount": ("stated sum", "stated sums"),
    "policy": ("policy", "policies"),
    "person": ("person in a published role", "people"),
    "scheme": ("list of terms", "lists of terms"),
    "party": ("party", "parties"),
    "relation": ("relation", "relations"),
    "crc-owner": ("owner or partner in 2015", "owners and partners in 2015"),
    "crc-coverage": ("area covered", "areas covered"),
    "policy-link": ("effect of a policy", "effects of policies"),
    "commissioning": ("commissioning arrangement", "commissioning arrangements"),
    "participation": ("part in a contract", "parts in contracts"),
    "lineage": ("line of succession", "lines of succession"),
}
"""Kind of thing → one and several of it; a kind that is not here is its own word."""

_PARTS = {
    "award": ("rg:lot", "rg:region", "rg:awardedTo"),
    "participation": ("rg:organisation", "rg:role", "rg:contract"),
    "policy-link": ("rg:policy", "rg:effect", "rg:object"),
    "relation": ("rg:subject", "rg:relationKind", "rg:object"),
    "crc-owner": ("rg:organisation", "rg:role", "rg:crcArea"),
    "crc-coverage": ("rg:crcArea", "rg:area"),
    "commissioning": ("rg:commissioner", "rg:lot", "rg:area", "rg:region"),
    "party": ("rg:organisation", "rg:role", "rg:agreement"),
    "role": ("rg:person", "rg:role", "rg:organisation"),
    "intervention-partner": ("rg:organisation", "rg:role", "rg:intervention"),
    "amount": ("rg:amountKind", "rg:subject"),
    "term": ("rg:round", "rg:lot", "rg:term"),
    "lineage": ("rg:predecessor", "rg:lineageKind", "rg:successor"),
}


def name_kind(kind: str, number: int = 1) -> str:
    """Return the word for a kind of thing, for one or for several.

    >>> name_kind("policy", 2), name_kind("delivery-unit"), name_kind("lot", 3)
    ('policies', 'delivery unit', 'lots')
    """
    word = kind.replace("-", " ")
    return KINDS.get(kind, (word, f"{word}s"))[number != 1]


class Names:
    """What each thing is called, remembered."""

    def __init__(self, facts: Statements) -> None:
        self._facts = facts
        self._known: dict[str, str] = {}

    def __call__(self, thing: str) -> str:
        """Return the name of a thing; its address where it has none."""
        if thing not in self._known:
            self._known[thing] = thing.removeprefix(ID)  # two things may name each other
            self._known[thing] = self._make(thing) or thing.removeprefix(ID)
        return self._known[thing]

    def long(self, thing: str) -> str:
        """Return the name with what a reader needs to know which it is."""
        facts = self._facts
        if kind_of(thing) != "contract":
            return self(thing)
        where = facts.get(thing, "rg:area") or facts.get(thing, "rg:region")
        parts = [facts.get(thing, "rg:lot"), where]
        return f"{self(thing)}: {', '.join(self(str(p)) for p in parts if p)}"

    def value(self, value: Any, property_: str = "") -> str:  # noqa: ANN401
        """Return a value as people read it."""
        if isinstance(value, Iri):
            return self(str(value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return format_day(value)
        if isinstance(value, int) and property_.rpartition(":")[2] in ("populationYear",):
            return str(value)
        if isinstance(value, (int, Decimal)) and not property_.startswith("wgs:"):
            return f"{value:,}"
        return str(value)

    def _make(self, thing: str) -> str:
        facts = self._facts
        kind = kind_of(thing)
        for property_ in ("rdfs:label", "skos:prefLabel", "rg:reference"):
            if named := facts.get(thing, property_):
                return str(named)
        if kind == "judgement":
            printed, read = facts.get(thing, "rg:asPrinted"), facts.get(thing, "rg:readAs")
            if printed and read:
                return f"“{printed}” read as “{read}”"
            parts = ["rg:subject", "rg:judgementKind", "rg:object"]
            words = [self(str(v)) for p in parts if (v := facts.get(thing, p))]
            return " ".join([*words[:1], *(w.lower() for w in words[1:2]), *words[2:]])
        if kind == "amount" and (sum_ := name_sum(facts, thing)):
            what = [self(str(v)) for p in _PARTS[kind] if (v := facts.get(thing, p))]
            return f"{sum_}, {', '.join(what).lower() if not what else what[0].lower()}"
        parts = list(_PARTS.get(kind, ()))
        words = [self(str(v)) for p in parts if (v := facts.get(thing, p)) is not None]
        return ", ".join(words)


def name_sum(facts: Statements, thing: str) -> str:
    """Return the sum of a thing in its own currency; empty where none is stated."""
    value, currency = facts.get(thing, "rg:value"), facts.get(thing, "rg:currency") or "GBP"
    if not isinstance(value, int | Decimal):
        return ""
    return format_pounds(value) if currency == "GBP" else f"{value:,} {currency}"


def summarise(facts: Statements, names: Names, thing: str) -> str:
    """Return one or two sentences on a thing, made by rule; nothing is added to the data."""
    kind = kind_of(thing)
    get = facts.get

    def name_of(property_: str, otherwise: str = "") -> str:
        value = get(thing, property_)
        return names(str(value)) if value is not None else otherwise

    if kind == "organisation":
        return _summarise_organisation(facts, names, thing)
    if kind == "contract":
        start, end = get(thing, "schema:startDate"), get(thing, "schema:endDate")
        precision = str(get(thing, "rg:endPrecision") or "day")
        where = name_of("rg:area", name_of("rg:region", "an unknown place"))
        runs = f"from {format_day(start)}" if start else "from a day that is not published"
        ends = f"to {format_day(end, precision)}" if end else "to a day that is not published"
        priced = "" if get(thing, "rg:award") else " No price of its own is published."
        return (
            f"{name_of('rg:lot', 'A service')} for {where}, led by "
            f"{name_of('rg:lead', 'an unknown provider')}, {runs} {ends}.{priced}"
        )
    if kind == "award":
        value = name_sum(facts, thing) or "An unknown sum"
        number = len(facts.naming(thing, "rg:award", "contract"))
        one = " One price; how it divides is not published." if number > 1 else ""
        return (
            f"{value} for {name_of('rg:lot', 'a service')} in "
            f"{name_of('rg:region', 'an unknown region')}, awarded to "
            f"{name_of('rg:awardedTo', 'an unknown provider')}; it covers "
            f"{count_words(number, 'contract', 'contracts')}.{one}"
        )
    if kind in ("region", "area", "lot", "round"):
        held = facts.naming(thing, f"rg:{kind}", "contract")
        leads = {str(get(c, "rg:lead")) for c in held if get(c, "rg:lead")}
        inside = f" It lies in {name_of('geo:sfWithin')}." if get(thing, "geo:sfWithin") else ""
        own = " of its own" if kind == "area" else ""
        return (
            f"{count_words(len(held), 'contract', 'contracts')}{own} in this record, led by "
            f"{count_words(len(leads), 'provider', 'providers')}.{inside}"
        )
    if kind == "source":
        by = get(thing, "rg:publisherName")
        issued = get(thing, "dcterms:issued")
        day = format_day(issued, str(get(thing, "rg:datePrecision") or "day"))
        when = f", published {day}" if issued else ", date of publication unknown"
        number = len(facts.naming(thing, "prov:wasDerivedFrom"))
        rows = count_words(number, "statement rests", "statements rest")
        return f"By {by or 'an unknown publisher'}{when}. {rows} on it in this record."
    if kind == "judgement":
        return str(get(thing, "rdfs:comment") or "A decision of ours on how to read a source.")
    if kind == "claim":
        said = name_of("prov:wasAttributedTo", "somebody whom the source does not name")
        return f"A figure stated by {said}. It is recorded as stated, never corrected."
    meaning = get(thing, "skos:definition") or get(thing, "rdfs:comment")
    return str(meaning) if meaning else f"A {name_kind(kind)} in this record."


def _summarise_organisation(facts: Statements, names: Names, thing: str) -> str:
    kind = facts.get(thing, "rg:kind")
    word = names(str(kind)).lower() if kind else "organisation of unknown kind"
    believed = str(facts.get(thing, "rg:kindBasis") or "").endswith("/believed")
    led = facts.naming(thing, "rg:lead", "contract")
    regions = {r for c in led if (r := facts.get(c, "rg:region"))}
    parts = []
    if led:
        parts.append(
            f"leads {count_words(len(led), 'contract', 'contracts')} in "
            f"{count_words(len(regions), 'region', 'regions')}"
        )
    others = {
        str(facts.get(p, "rg:contract"))
        for p in facts.naming(thing, "rg:organisation", "participation")
        if not str(facts.get(p, "rg:role") or "").endswith("/lead")
    }
    if others:
        parts.append(f"is named in {count_words(len(others), 'contract', 'contracts')} of others")
    article = "an" if word[:1] in "aeiou" else "a"
    sure = f"Held as {article} {word}" if believed else f"{article.capitalize()} {word}"
    more = f" In this record it {' and '.join(parts)}." if parts else ""
    basis = " on belief: no register entry is cited" if believed else ""
    return f"{sure}{basis}.{more}"
