"""Each claim of the record held against the graph: it matches, differs, or cannot be compared.

A claim is never corrected. Where a claim turns on a word with several meanings, every meaning has
a row of its own.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.queries.citing import read_places
from rehabgraph.queries.claims.measures import (
    READ_BY_KIND,
    Outcome,
    compute_claim,
    measure_contracts,
    measure_reading,
)
from rehabgraph.queries.claims.readings import READINGS
from rehabgraph.queries.claims.record import Record, read_record
from rehabgraph.queries.claims.rules import (
    NOT_COMPARABLE,
    RULES,
    Claim,
    Computed,
    judge_claim,
    read_claims,
    show_figure,
    show_interval,
)
from rehabgraph.queries.facts import read_sources
from rehabgraph.queries.report import Column, Report

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

HEADLINES = ("moj-womens-almost-46", "moj-accommodation-33", "moj-ete-33", "moj-wellbeing-118")
"""The four figures by lot of one announcement, which add up to more than its total."""
TOTAL = "moj-initial-195"

COLUMNS = (
    Column("name", "Claim"),
    Column("speaker", "Speaker"),
    Column("stated", "Stated"),
    Column("computed", "Computed"),
    Column("result", "Result"),
    Column("why", "Why"),
    Column("how", "How computed"),
    Column("place", "Place in source"),
    Column("id", "Id"),
    Column("stated_value", "Stated, as a number", "number"),
    Column("computed_low", "Computed, least", "number"),
    Column("computed_high", "Computed, most", "number"),
    Column("computed_held", "Computed, by kinds as held", "number"),
    Column("unit", "Unit"),
    Column("measure", "Measure"),
    Column("voice", "Voice"),
    Column("hearsay", "Hearsay", "boolean"),
    Column("scope", "Scope"),
)


def report_reconcile(graph: "Graph") -> Report:
    """Return one row a claim: what was stated, what the graph gives, and whether they agree.

    Args:
        graph: the graph.

    Returns:
        Rows in the order of the sources. `computed` is None where nothing can be computed;
        `computed_low` and `computed_high` part where kinds are in doubt.
    """
    record = read_record(graph.store)
    claims = read_claims(graph.store)
    rows = [row for claim in claims for row in reconcile_claim(graph, record, claim)]
    rows += sum_headlines({c.id: c for c in claims})
    results = [row["result"] for row in rows]
    counts = ", ".join(f"{results.count(r)} {r}" for r in ("match", "differs", NOT_COMPARABLE))
    return Report(
        name="reconcile",
        title="Claims held against the graph",
        columns=COLUMNS,
        rows=tuple(rows),
        method=f"Each claim is computed anew from the graph where it can be. {RULES}",
        notes=(*_notes(record, claims), f"{len(claims)} claims make {len(rows)} rows: {counts}."),
        sources=read_sources(graph.store, [i for row in rows for i in row["ids"]]),
    )


def reconcile_claim(graph: "Graph", record: Record, claim: Claim) -> list[dict[str, Any]]:
    """Return the row of a claim, or one row a reading where it turns on kinds."""
    if claim.measure not in READ_BY_KIND:
        return [_row(graph, claim, compute_claim(record, claim))]
    rows = []
    for reading in READINGS:
        row = _row(graph, claim, measure_reading(record, claim, reading))
        rows.append(
            row | {"id": f"{claim.id}/{reading.id}", "name": f"{claim.label} ({reading.label})"}
        )
    return rows


def sum_headlines(claims: dict[str, Claim]) -> list[dict[str, Any]]:
    """Return the row that adds the headlines by lot and holds them against the total."""
    if not {TOTAL, *HEADLINES} <= set(claims):
        return []
    parts = [claims[id_] for id_ in HEADLINES]
    total, whole = sum(c.value for c in parts), claims[TOTAL]
    added = " + ".join(f"{c.value / 1e6:.0f}" for c in parts)
    ceiling = next(c for c in parts if c.comparator == "up-to")
    why = (
        f"{added} = {total / 1e6:.0f} million pounds, against {whole.value / 1e6:.0f} million. The "
        f"{ceiling.value / 1e6:.0f} million is an up-to figure; the others and the total are for "
        "the standard term. They are not parts of one sum."
    )
    row = _cells(whole) | {
        "name": "The four headlines by lot add up to the total",
        "computed": show_figure(total, "gbp"),
        "computed_low": total,
        "computed_high": total,
        "computed_held": total,
        "result": NOT_COMPARABLE,
        "why": why,
        "how": "Sum of the four figures as stated.",
        "place": "; ".join(f"{c.source} {c.locator}" for c in (whole, *parts)),
        "id": "moj-headlines-sum",
        "ids": [c.iri for c in (whole, *parts)],
    }
    return [row]


def _row(graph: "Graph", claim: Claim, outcome: Outcome) -> dict[str, Any]:
    row = _cells(claim)
    if isinstance(outcome, str):
        hearsay = " It is passed on from somebody else." if claim.hearsay else ""
        return row | {"result": NOT_COMPARABLE, "why": outcome + hearsay}
    row |= {
        "computed": _show(outcome, claim.unit),
        "computed_low": _number(outcome.low),
        "computed_high": _number(outcome.high),
        "computed_held": _number(outcome.low if outcome.low == outcome.high else outcome.held),
        "how": outcome.how,
        "ids": [claim.iri, *outcome.ids],
    }
    places = set(read_places(graph.store, outcome.ids).values())
    if places == {row["place"]}:
        why = "The record takes the figure from this very line, so it cannot test it."
        return row | {"result": NOT_COMPARABLE, "why": why}
    result, why = judge_claim(claim, outcome)
    return row | {"result": result, "why": why + _one_figure(claim, outcome, result)}


def _cells(claim: Claim) -> dict[str, Any]:
    return {
        "name": claim.label,
        "speaker": claim.speaker,
        "stated": claim.stated,
        "computed": None,
        "result": NOT_COMPARABLE,
        "why": "",
        "how": "",
        "place": f"{claim.source} {claim.locator}",
        "id": claim.id,
        "stated_value": _number(claim.value),
        "computed_low": None,
        "computed_high": None,
        "computed_held": None,
        "unit": claim.unit,
        "measure": claim.measure,
        "voice": claim.voice,
        "hearsay": claim.hearsay,
        "scope": claim.scope,
        "ids": [claim.iri],
    }


def _show(computed: Computed, unit: str) -> str:
    shown = show_interval(computed.low, computed.high, unit)
    if computed.held is not None and computed.low != computed.high:
        shown += f"; {show_figure(computed.held, unit)} as held"
    return shown


def _number(value: float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 6)


def _one_figure(claim: Claim, computed: Computed, result: str) -> str:
    """Say when a round figure without a qualifier would hold to its first figure alone."""
    value, low = claim.value, computed.low
    if result != "differs" or claim.comparator != "none" or low != computed.high or value < 100:
        return ""
    power = 10 ** (len(str(int(value))) - 1)
    if value % power == 0 and round(low / power) * power == value:
        return " To one significant figure the two are the same."
    return ""


def _notes(record: Record, claims: Iterable[Claim]) -> Iterable[str]:
    yield (
        "A claim is never corrected, and “differs” does not say who is right: scope, date and "
        "rounding may differ too."
    )
    by_id = {c.id: c for c in claims}
    if "clinks-contracts-110" in by_id:
        counted = measure_contracts(record, by_id["clinks-contracts-110"])
        if isinstance(counted, Computed):
            yield f"{counted.low:.0f} contracts: {counted.how}"
    yield (
        "Shares go by the lead of each line. What leads pass on to subcontractors is published "
        "nowhere, so the money that reaches charities may be more or less."
    )
