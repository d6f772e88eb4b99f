"""What the graph gives for each measure that a claim is about: one function a measure.

Every function takes the record and the claim and returns the figure with the things that it was
computed from, or a sentence that says why there is none. Nothing is corrected and nothing is
guessed: a kind that no source settles makes the figure an interval.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from rehabgraph.ontology import ID
from rehabgraph.queries.claims.readings import Reading
from rehabgraph.queries.claims.record import Place, Record
from rehabgraph.queries.claims.rules import Claim, Computed
from rehabgraph.queries.facts import award_iri, contract_iri
from rehabgraph.queries.market import Contract, Line, to_amount
from rehabgraph.queries.report import format_pounds
from rehabgraph.queries.resolve import fold

Outcome = Computed | str
Measure = Callable[[Record, Claim], Outcome]


def compute_claim(record: Record, claim: Claim) -> Outcome:
    """Return what the graph gives for a claim, or why it gives nothing."""
    measure = MEASURES.get(claim.measure)
    if measure is None:
        return f"The record holds nothing from which to compute “{claim.measure_label.lower()}”."
    if claim.measure in IN_POUNDS and claim.unit != "gbp":
        return "The record's sums are in pounds, and this figure is not."
    return measure(record, claim)


def measure_value(record: Record, claim: Claim) -> Outcome:
    """Return the sum of the announced lines, all or of one lot."""
    lines = _lines_of(record, claim)
    if not lines:
        return "No priced line of the record is about this."
    what = "the announced lines" if len(lines) == len(record.lines) else "the lines of the lot"
    total = to_amount(sum(line.value for line in lines))
    return Computed(
        total, total, f"Sum of {what}: {len(lines)}, for the standard term.", _awards(lines)
    )


def measure_full_terms(record: Record, claim: Claim) -> Outcome:
    """Return nothing: no line says what it comes to when extended."""
    total = sum(line.value for line in _lines_of(record, claim))
    return (
        f"The lines give values for the standard term alone ({format_pounds(total)}); what they "
        "come to when extended to their full terms is published for none of them."
    )


def measure_leads(record: Record, claim: Claim) -> Outcome:
    """Return the number of distinct lead organisations."""
    lines = _lines_of(record, claim)
    count = len({line.lead for line in lines})
    return Computed(count, count, f"Distinct leads of {len(lines)} lines.", _awards(lines))


def measure_contracts(record: Record, claim: Claim) -> Outcome:
    """Return the number of contracts, all or of a lot, in the region that the scope names."""
    places = {r.id for r in _places(record, claim)}
    kind, _, id_ = claim.subject.partition("/")
    chosen = [
        c
        for c in record.contracts
        if (kind != "lot" or c.lot == id_) and (not places or c.region in places)
    ]
    per_line = Counter(c.award for c in chosen if c.award)
    alone = sum(1 for number in per_line.values() if number == 1)
    how = f"Contracts under {len(per_line)} of the priced lines."
    if shared := len(per_line) - alone:
        how += (
            f" {alone} lines price one contract each; {shared} price the other "
            f"{len(chosen) - alone}, by area and age group ({alone} + {len(chosen) - alone})."
        )
    return Computed(len(chosen), len(chosen), how, tuple(contract_iri(c.reference) for c in chosen))


def measure_supply_chain(record: Record, _claim: Claim) -> Outcome:
    """Return the number of subcontractors that lead nothing themselves."""
    leads = {c.lead for c in record.contracts}
    subs = {p.organisation for p in record.parts if p.role == "subcontractor"}
    rest = subs - leads
    parts = tuple(
        p.iri for p in record.parts if p.role == "subcontractor" and p.organisation in rest
    )
    unknown = [s for s in rest if s not in record.leads or record.leads[s].kind == "unknown"]
    return Computed(
        len(rest),
        len(rest),
        f"Distinct subcontractors: {len(subs)}, of whom {len(subs) - len(rest)} lead contracts "
        "too. The records of contracts are of a later day than the claim. How many are voluntary "
        f"cannot be said: of {len(rest)} the kind of {len(unknown)} is unknown.",
        parts,
    )


def measure_regions(record: Record, claim: Claim) -> Outcome:
    """Return the number of probation regions, in the country that the scope names."""
    country = fold(claim.scope.split(";")[0])
    countries = {fold(r.country) for r in record.regions}
    chosen = [r for r in record.regions if country not in countries or fold(r.country) == country]
    ids = tuple(f"{ID}region/{r.id}" for r in chosen)
    return Computed(len(chosen), len(chosen), "Probation regions of the record.", ids)


def measure_regions_served(record: Record, claim: Claim) -> Outcome:
    """Return the number of regions in which an organisation's group leads."""
    chosen = _led_by(record, claim)
    if not chosen:
        return "No contract of the round is led by this organisation or its group."
    count = len({c.region for c in chosen})
    how = "Regions with a contract led by the organisation or the group that it belongs to."
    return Computed(count, count, how, tuple(contract_iri(c.reference) for c in chosen))


def measure_partners(record: Record, claim: Claim) -> Outcome:
    """Return the number of partners named for the contracts that an organisation's group leads."""
    references = {c.reference for c in _led_by(record, claim)}
    parts = [p for p in record.parts if p.contract in references and p.role == "named-partner"]
    count = len({p.organisation for p in parts})
    if not count:
        return "No contract of the round has a partner named by this organisation."
    return Computed(count, count, "Distinct partners named.", tuple(p.iri for p in parts))


def measure_term(record: Record, claim: Claim) -> Outcome:
    """Return the standard term of a lot, of most contracts, or every term of the round."""
    kind, _, id_ = claim.subject.partition("/")
    chosen = [id_] if kind == "lot" else list(record.terms)
    if kind != "lot" and (left_out := claim.scope.partition("All lots but ")[2]):
        chosen = [
            t for t in chosen if not fold(left_out).startswith(fold(record.market.label("lot", t)))
        ]
    found = {lot: record.terms[lot] for lot in chosen if lot in record.terms}
    if not found:
        return "The record holds no standard term for this."
    ids = tuple(iri for iri, _ in found.values())
    if kind != "lot" and claim.scope.startswith("Most"):
        counts = Counter(found[c.lot][1] for c in record.contracts if c.end_basis == "derived")
        length, number = counts.most_common(1)[0]
        how = f"The term of {number} of {len(record.contracts)} contracts."
        return Computed(length, length, how, ids)
    lengths = sorted({length for _, length in found.values()})
    return Computed(
        lengths[0], lengths[-1], "Standard terms as announced.", ids, spread=len(lengths) > 1
    )


def measure_term_difference(record: Record, claim: Claim) -> Outcome:
    """Return by how many years the term of a lot is longer than that of the others."""
    lot = claim.subject.partition("/")[2]
    others = {years for id_, (_, years) in record.terms.items() if id_ != lot}
    if lot not in record.terms or len(others) != 1:
        return "The other lots have no one standard term to compare with."
    years = record.terms[lot][1] - others.pop()
    ids = tuple(iri for iri, _ in record.terms.values())
    return Computed(years, years, "Standard term of the lot less that of the others.", ids)


def measure_transfer_time(record: Record, claim: Claim) -> Outcome:
    """Return the years from a policy's announcement to its start."""
    if claim.subject not in record.policies:
        return "The record holds no announcement and start of this policy."
    issued, start = record.policies[claim.subject]
    years = round((start - issued).days / 365.25, 2)
    how = f"From the announcement of {issued} to {start}; parts were announced earlier."
    return Computed(years, years, how, (ID + claim.subject,))


def measure_investment(record: Record, claim: Claim) -> Outcome:
    """Return the sum that the record holds for a policy."""
    found = [(iri, value) for iri, subject, value in record.sums if subject == claim.subject]
    if len(found) != 1:
        return "The record holds no one sum for this."
    iri, value = found[0]
    return Computed(value, value, "The sum held for the policy.", (iri,))


def measure_seats(record: Record, claim: Claim) -> Outcome:
    """Return nothing: the record does not hold where an organisation has its seat."""
    region = claim.subject.partition("/")[2]
    names = sorted(
        {
            record.market.label("organisation", c.lead)
            for c in record.contracts
            if c.region == region
        }
    )
    return (
        "The record does not hold where an organisation has its seat. "
        f"Leads there: {', '.join(names) or 'none'}."
    )


def measure_reading(record: Record, claim: Claim, reading: Reading) -> Outcome:
    """Return a share of value, or a number of leads, by one reading of charity or voluntary."""
    lines = _lines_of(record, claim)
    leads = {line.lead for line in lines}
    total = sum(line.value for line in lines)
    if not total and claim.measure != "voluntary-leads":
        return "The priced lines of the record that are about this add up to nothing."

    def weigh(chosen: Iterable[str]) -> float:
        inside = set(chosen)
        if claim.measure == "voluntary-leads":
            return len(inside)
        share = float(sum(x.value for x in lines if x.lead in inside) / total)
        return share * (100 if claim.unit == "percent" else 1)

    counted = {test: {id_ for id_ in leads if test(record.leads[id_])} for test in reading.tests}
    certain, held, possible = (counted[test] for test in reading.tests)
    doubt = sorted(record.market.label("organisation", id_) for id_ in possible - certain)
    how = f"{reading.text} {len(certain)} leads for certain"
    how += f", {len(doubt)} more in doubt: {', '.join(doubt)}." if doubt else "."
    return Computed(
        weigh(certain), weigh(possible), how, _awards(lines)
        + tuple(f"{ID}organisation/{id_}" for id_ in sorted(leads)), weigh(held),
    )  # fmt: skip


READ_BY_KIND = frozenset(
    {
        "share-of-value-charities",
        "share-of-value-voluntary",
        "share-of-lot-voluntary",
        "voluntary-leads",
    }
)
"""Measures that turn on what counts as a charity or as voluntary: tested at each reading."""

MEASURES: Mapping[str, Measure] = {
    "total-value": measure_value,
    "lot-value": measure_value,
    "total-value-with-extension": measure_full_terms,
    "organisations-awarded": measure_leads,
    "contracts": measure_contracts,
    "supply-chain-organisations": measure_supply_chain,
    "probation-regions": measure_regions,
    "regions-served": measure_regions_served,
    "partners": measure_partners,
    "contract-term": measure_term,
    "contract-term-difference": measure_term_difference,
    "time-for-transfer": measure_transfer_time,
    "investment": measure_investment,
    "welsh-leads-in-wales": measure_seats,
}
IN_POUNDS = frozenset({"total-value", "lot-value", "total-value-with-extension", "investment"})


def _lines_of(record: Record, claim: Claim) -> tuple[Line, ...]:
    kind, _, id_ = claim.subject.partition("/")
    return tuple(line for line in record.lines if kind != "lot" or line.lot == id_)


def _awards(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(award_iri(line.id) for line in lines)


def _places(record: Record, claim: Claim) -> list[Place]:
    first = fold(claim.scope.split(",")[0])
    return [r for r in record.regions if fold(r.label) == first]


def _led_by(record: Record, claim: Claim) -> list[Contract]:
    id_ = claim.subject.partition("/")[2]
    group = record.groups.get(id_, id_)
    return [c for c in record.contracts if record.groups.get(c.lead, c.lead) == group]
