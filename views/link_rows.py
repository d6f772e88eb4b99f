"""The rows of a network's table of ties, and the same rows as words."""

from typing import Any

from rehabgraph.queries.pictures.links import Basis, LinkTotals
from rehabgraph.queries.pictures.matrix import name_thing
from rehabgraph.queries.pictures.network import Picture
from rehabgraph.queries.report import Coverage
from rehabgraph.views.pages import clean_text
from rehabgraph.views.rows import describe_contract, gather_proofs
from rehabgraph.views.words import count_words, format_day

LINK_CSV_COLUMNS = (
    "From",
    "Tie",
    "To",
    "As what",
    "Through",
    "Rests on",
    "Note",
    "Source and place",
    "As printed",
    "Our reading",
)


def describe_links(picture: Picture) -> list[dict[str, Any]]:
    """Return each link as the words of its table row, with what its page filters by."""
    things = {t.id: t for t in picture.things}
    kinds = dict(picture.tie_kinds)
    rows = []
    for number, link in enumerate(picture.links):
        ends = [things[id_] for id_ in (link.source, link.via, link.target) if id_]
        names = {t.id: t.label.strip() or "(no name)" for t in ends}
        contracts = [_describe_basis(picture, basis) for basis in link.bases]
        proofs = gather_proofs([e for basis in link.bases for e in basis.evidence])
        rows.append(
            {
                "row": f"row-{number + 1}",
                "id": link.id,
                "tie": link.kind,
                "tie_name": kinds[link.kind],
                "role": link.role,
                "ends": [t.id for t in ends],
                "kinds": sorted({t.group or t.kind for t in ends}),
                "source": link.source,
                "source_name": names[link.source],
                "target": link.target,
                "target_name": names[link.target],
                "via_name": names.get(link.via, ""),
                "all": len(contracts),
                "amount": len(contracts),
                "contracts": contracts,
                "note": link.note,
                "proofs": proofs,
            }
        )
    cleaned: list[dict[str, Any]] = clean_text(rows)
    return cleaned


def _describe_basis(picture: Picture, basis: Basis) -> dict[str, Any]:
    market, contract = picture.market, basis.contract
    proofs = gather_proofs(basis.evidence)
    if contract is not None:
        plain = describe_contract(market, contract, None)
        lot = name_thing(market, "lot", contract.lot)
        region = name_thing(market, "region", contract.region)
        where = f"{region}, whole region" if not contract.area else plain["where"]
        more = {"lot": contract.lot, "region": contract.region, "proofs": proofs}
        return plain | more | {"where": f"{lot}, {where}"}
    return {
        "ref": "",
        "where": basis.label,
        "areas": list(basis.areas),
        "start": basis.start.isoformat() if basis.start else None,
        "end": basis.end.isoformat() if basis.end else None,
        "term": describe_days_known(basis),
        "proofs": proofs,
    }


def describe_days_known(basis: Basis) -> str:
    """Return from when to when something holds, no more exact than it is known.

    >>> describe_days_known(Basis("x"))
    'no day published'
    """
    start = format_day(basis.start, basis.precision) if basis.start else ""
    end = format_day(basis.end, basis.precision) if basis.end else ""
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"from {start}" if start else f"to {end}" if end else "no day published"


def describe_link_totals(totals: LinkTotals, things: tuple[str, str] = ("thing", "things")) -> str:
    """Return one sentence on how many ties there are, and between how many things.

    >>> describe_link_totals(LinkTotals(2, 3, 0))
    '2 ties between 3 things.'
    """
    if not totals.ties:
        return "Nothing matches these filters."
    text = (
        f"{count_words(totals.ties, 'tie', 'ties')} between {count_words(totals.things, *things)}"
    )
    if totals.contracts:
        text += f", resting on {count_words(totals.contracts, 'contract', 'contracts')}"
    return f"{text}."


def describe_link_coverage(coverage: Coverage) -> str:
    """Return for how many ties a source and a place in it are given."""
    if not coverage.rows_all:
        return "No ties."
    return (
        f"A source and the place in it are given for {coverage.rows_known:,} of "
        f"{coverage.rows_all:,} ties."
    )
