"""Claims, and the rules by which a computed figure meets one.

The rules are conventions of this project, chosen to be strict and stated beside every answer:

- `equals`, or no word at all: within half of the last place printed. "£195 million" is printed
  to the million, so £194.5 million to £195.5 million meets it; a count must be the same.
- `about`: within 5 per cent on either side.
- `almost`: below, by no more than 5 per cent.
- `over`, `more-than`: above.
- `up-to`: a ceiling. A figure above it breaks it; one below does not test it.

A figure that is known only between two ends meets a claim when both ends do, and misses it when
no value between them would meet it; else the record cannot tell.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, line_number

MATCH, DIFFERS, NOT_COMPARABLE = "match", "differs", "not comparable"
LEEWAY = 0.05
"""What `about` and `almost` allow, as a share of the figure stated."""

RULES = (
    "Rules: a figure with no qualifier must lie within half of the last place printed; about "
    "means within 5 % either side; almost means below by no more than 5 %; over means above; up "
    "to is a ceiling, which a smaller figure does not test. These are conventions of this project."
)

CLAIMS = (
    PREFIXES
    + """
SELECT ?claim ?label ?speaker ?voice ?measure ?measure_label ?subject ?comparator ?value ?unit
       ?scope ?hearsay ?note ?source ?locator ?printed WHERE {
  ?claim a rg:Claim ; rdfs:label ?label ; rg:measure ?measure ; rg:comparator ?comparator ;
    rg:value ?value ; rg:unit ?unit ; rg:voice ?v ; rg:citation ?c .
  ?v skos:prefLabel ?voice . ?measure skos:prefLabel ?measure_label .
  ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  OPTIONAL { ?c rg:printed ?printed }
  OPTIONAL { ?claim prov:wasAttributedTo ?who . ?who rdfs:label ?speaker }
  OPTIONAL { ?claim rg:subject ?subject }
  OPTIONAL { ?claim rg:scope ?scope }
  OPTIONAL { ?claim rg:hearsay ?hearsay }
  OPTIONAL { ?claim rdfs:comment ?note }
} ORDER BY ?source ?locator ?claim ?printed"""
)

_WORDS = {
    "equals": "", "none": "", "about": "about ", "almost": "almost ", "over": "over ",
    "more-than": "more than ", "up-to": "up to ",
}  # fmt: skip
_SCALES = {"million": 6, "m": 6, "billion": 9, "bn": 9}
_NUMBER = re.compile(r"(\d[\d,]*)(\.\d+)?\s*(million|billion|bn|m)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that somebody stated."""

    id: str
    label: str
    measure: str
    comparator: str
    value: float
    unit: str
    subject: str = ""
    scope: str = ""
    speaker: str = ""
    voice: str = ""
    measure_label: str = ""
    hearsay: bool = False
    note: str = ""
    source: str = ""
    locator: str = ""
    printed: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """Address of the claim."""
        return f"{ID}claim/{self.id}"

    @property
    def stated(self) -> str:
        """The claim as words: comparator, figure, unit."""
        return _WORDS.get(self.comparator, f"{self.comparator} ") + show_figure(
            self.value, self.unit
        )


@dataclass(frozen=True, slots=True)
class Computed:
    """What the graph gives for a claim.

    Attributes:
        low: the least that it can be.
        high: the most.
        held: by the kinds and dates as the record holds them; None where there are only ends.
        how: what was computed, in a sentence.
        ids: addresses of the things it was computed from.
        spread: True when low and high are figures that stand side by side, not ends of doubt.
    """

    low: float
    high: float
    how: str
    ids: tuple[str, ...] = ()
    held: float | None = None
    spread: bool = False


def read_claims(store: Store) -> tuple[Claim, ...]:
    """Return every claim of the record, in the order of its sources."""
    found: dict[str, Claim] = {}
    for r in store.select(CLAIMS):
        id_ = r["claim"].id
        before = found.get(id_)
        printed = (*(before.printed if before else ()), *([r["printed"]] if r["printed"] else ()))
        found[id_] = Claim(
            id=id_,
            label=str(r["label"]),
            measure=r["measure"].id,
            comparator=r["comparator"].id,
            value=float(r["value"]),
            unit=r["unit"].id,
            subject=r["subject"].short if r["subject"] else "",
            scope=str(r["scope"] or ""),
            speaker=str(r["speaker"] or "not named"),
            voice=str(r["voice"]),
            measure_label=str(r["measure_label"]),
            hearsay=bool(r["hearsay"]),
            note=str(r["note"] or ""),
            source=r["source"].id,
            locator=str(r["locator"]),
            printed=printed,
        )
    return tuple(sorted(found.values(), key=lambda c: (c.source, line_number(c.locator) or 0)))


def read_precision(claim: Claim) -> float:
    """Return the unit of the last place to which a claim's figure is printed.

    >>> read_precision(Claim("a", "", "m", "equals", 195e6, "gbp", printed=("£195 million",)))
    1000000.0
    >>> read_precision(Claim("a", "", "m", "equals", 2.75, "years"))
    0.01
    """
    for text in claim.printed:
        for whole, part, scale in _NUMBER.findall(text):
            power = _SCALES.get(scale.lower(), 0)
            if float(Decimal(whole.replace(",", "") + part).scaleb(power)) == claim.value:
                return float(Decimal(1).scaleb(power - max(0, len(part) - 1)))
    exponent = Decimal(str(claim.value)).normalize().as_tuple().exponent
    return float(Decimal(1).scaleb(min(0, exponent if isinstance(exponent, int) else 0)))


def judge_claim(claim: Claim, computed: Computed) -> tuple[str, str]:
    """Return `match`, `differs` or `not comparable`, and why in a sentence.

    >>> claim = Claim("a", "", "total-value", "about", 200e6, "gbp")
    >>> judge_claim(claim, Computed(196074277, 196074277, ""))[0]
    'match'
    """
    low, high = computed.low, computed.high
    shown = show_interval(low, high, claim.unit)
    meets = [_meets(claim, end) for end in (low, high)]
    rule = _describe_rule(claim)
    if claim.comparator == "up-to" and low <= claim.value:
        result, why = NOT_COMPARABLE, "lies under this maximum, which it does not test"
    elif low == high == claim.value and all(meets):
        result, why = MATCH, "is the figure stated"
    elif all(meets):
        result, why = MATCH, f"{'is' if low == high else 'are both'} {rule}"
    elif low == high:
        result, why = DIFFERS, f"is not {rule}; it is {_distance(claim, low, high)}"
    elif computed.spread:
        result, why = DIFFERS, f"stand side by side, and not all are {rule}"
    elif not any(meets) and not _between(claim, low, high):
        result, why = (
            DIFFERS,
            f"is nowhere {rule}; its nearest end is {_distance(claim, low, high)}",
        )
    else:
        result, why = (
            NOT_COMPARABLE,
            f"is {rule} in part alone: kinds that no source settles decide",
        )
    return result, f"{shown} {why}."


def bounds_of(claim: Claim) -> tuple[float, float]:
    """Return the least and the most that meet a claim; `over` and `almost` leave out their own.

    >>> bounds_of(Claim("a", "", "contracts", "equals", 110, "count"))
    (109.5, 110.5)
    """
    value, half = claim.value, read_precision(claim) / 2
    wide = LEEWAY * abs(value)
    match claim.comparator:
        case "about":
            return value - wide, value + wide
        case "almost":
            return value - wide, value
        case "over" | "more-than":
            return value, float("inf")
        case "up-to":
            return float("-inf"), value
    return value - half, value + half


def show_figure(value: float, unit: str) -> str:
    """Return a figure with its unit as people read it.

    >>> show_figure(195000000, "gbp"), show_figure(0.6667, "ratio"), show_figure(2.75, "years")
    ('£195,000,000', '66.7 %', '2.75 years')
    """
    if unit == "ratio":
        return f"{100 * value:.1f} %"
    if unit == "percent":
        return f"{value:.1f} %"
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    word = "year" if unit == "years" and value == 1 else unit
    return {"gbp": f"£{number}", "usd": f"US${number}", "count": number}.get(
        unit, f"{number} {word}"
    )


def show_interval(low: float, high: float, unit: str) -> str:
    """Return one figure, or both ends where they differ.

    >>> show_interval(12, 23, "count")
    '12 to 23'
    """
    if low == high:
        return show_figure(low, unit)
    return f"{show_figure(low, unit)} to {show_figure(high, unit)}"


def _meets(claim: Claim, value: float) -> bool:
    least, most = bounds_of(claim)
    if claim.comparator in ("over", "more-than"):
        return value > least
    if claim.comparator == "almost":
        return least <= value < most
    return least <= value <= most


def _between(claim: Claim, low: float, high: float) -> bool:
    """Say whether some value between two ends that both miss would meet the claim."""
    least, most = bounds_of(claim)
    return low < least and most < high


def _describe_rule(claim: Claim) -> str:
    figure = show_figure(claim.value, claim.unit)
    match claim.comparator:
        case "about":
            return f"within a twentieth (5 %) of {figure}"
        case "almost":
            return f"below {figure} by no more than a twentieth (5 %)"
        case "over" | "more-than":
            return f"above {figure}"
        case "up-to":
            return f"under the maximum of {figure}"
    if claim.unit == "count":
        return f"the same as {figure}"
    half = show_figure(read_precision(claim) / 2, claim.unit)
    return f"within {half} of {figure}, half of the last place printed"


def _distance(claim: Claim, low: float, high: float) -> str:
    over = low - claim.value
    away = over if over >= 0 else claim.value - high
    shown = show_figure(away, claim.unit)
    if claim.unit in ("ratio", "percent"):
        shown = shown.replace(" %", " points")
    return f"{shown} {'above' if over >= 0 else 'below'} the figure stated"
