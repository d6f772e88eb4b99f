"""The rows of a page's table, and the same rows as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from rehabgraph.queries.market import Contract, Market
from rehabgraph.queries.pictures.matrix import Evidence, Item, name_thing
from rehabgraph.queries.report import format_pounds, to_plain
from rehabgraph.views.pages import PageInfo, clean_text, safe_url
from rehabgraph.views.palette import Sign
from rehabgraph.views.words import VALUE_KINDS, describe_term, read_slug

CSV_COLUMNS = (
    ("lead", "Lead provider"),
    ("lot", "Lot"),
    ("region", "Region"),
    ("value", "Value of all contracts of the line (GBP)"),
    ("value_kind", "Value is"),
    ("inside", "In this view"),
    ("areas", "Areas"),
    ("contracts", "Contracts"),
    ("source", "Source"),
    ("locator", "Place in the source"),
    ("printed", "As printed"),
    ("judgements", "Our reading"),
)


def describe_items(
    market: Market, items: Iterable[Item], signs: Mapping[str, Sign]
) -> list[dict[str, Any]]:
    """Return each item as the words and figures of its table row.

    Args:
        market: the labels of what the items name.
        items: rows in the order in which they are numbered.
        signs: lot id → sign.
    """
    return [_describe(market, item, signs, n) for n, item in enumerate(items)]


def _describe(market: Market, item: Item, signs: Mapping[str, Sign], n: int) -> dict[str, Any]:
    holder = market.holders.get(item.lead)
    sign = signs[item.lot]
    row = {
        "row": f"row-{n + 1}",
        "id": item.id,
        "tie": "line" if item.value is not None else "contract",
        "lead": item.lead,
        "lead_name": name_thing(market, "organisation", item.lead),
        "kind": holder.kind if holder else "",
        "kinds": [holder.kind if holder else ""],
        "region": item.region,
        "region_name": name_thing(market, "region", item.region),
        "lot": item.lot,
        "lot_name": name_thing(market, "lot", item.lot),
        "letter": sign.letter,
        "value": to_plain(item.value),
        "amount": to_plain(item.value) or 0,
        "value_text": format_pounds(item.value),
        "value_kind": VALUE_KINDS.get(item.value_kind, read_slug(item.value_kind)),
        "status": "" if item.status == "announced" else read_slug(item.status),
        "printed_name": item.name_as_printed,
        "all": item.all_contracts,
        "whole": item.whole,
        "inside": describe_inside(item),
        "areas": _name_areas(market, item),
        "contracts": [
            describe_contract(market, c, e)
            for c, e in zip(item.contracts, item.records, strict=True)
        ],
        "evidence": describe_evidence(item.evidence),
    }
    cleaned: dict[str, Any] = clean_text(row)
    return cleaned


def describe_inside(item: Item) -> str:
    """Return how much of an item lies inside the filters, and what that is worth."""
    if item.whole:
        return "whole"
    if item.value is None:
        return "part; price unknown"
    if len(item.contracts) < item.all_contracts:
        some = f"{len(item.contracts)} of {item.all_contracts} contracts"
    else:
        some = "some of its areas"
    return f"part ({some}), worth between £0 and {format_pounds(item.value)}"


def describe_contract(
    market: Market, contract: Contract, record: Evidence | None
) -> dict[str, Any]:
    """Return a contract as the words of a panel or table."""
    where = name_thing(market, "area", contract.area) if contract.area else "Whole region"
    extra = [contract.cohort] if contract.cohort not in ("", "18+", "adults") else []
    if contract.route and contract.route not in ("competed", "standard"):
        extra.append(read_slug(contract.route))
    return {
        "ref": contract.reference,
        "where": f"{where} ({', '.join(extra)})" if extra else where,
        "areas": list(contract.areas),
        "start": contract.start.isoformat() if contract.start else None,
        "end": contract.end.isoformat() if contract.end else None,
        "term": describe_term(contract),
        "derived": contract.end_basis.startswith("derived"),
        "record": describe_evidence(record),
    }


def describe_evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    """Return evidence with an address that is safe to link, or None."""
    if evidence is None:
        return None
    return {
        "source": evidence.source,
        "title": evidence.title or evidence.source,
        "url": safe_url(evidence.url),
        "locator": evidence.locator,
        "printed": list(evidence.printed),
        "judgements": list(evidence.judgements),
    }


def gather_proofs(proofs: Iterable[Evidence | None]) -> list[dict[str, Any]]:
    """Return evidence by source, each source once with all the places in it.

    >>> one, two = (Evidence("s", "List", "", place) for place in ("L1", "L2"))
    >>> [(p["title"], p["locator"]) for p in gather_proofs([one, None, two, one])]
    [('List', 'L1, L2')]
    """
    found: dict[str, dict[str, Any]] = {}
    for proof in proofs:
        plain = describe_evidence(proof)
        if plain is None:
            continue
        first = found.setdefault(plain["source"], plain | {"locator": "", "places": []})
        if plain["locator"] not in first["places"]:
            first["places"].append(plain["locator"])
    return [p | {"locator": ", ".join(p["places"])} for p in found.values()]


def write_csv(rows: Iterable[Mapping[str, Any]], info: PageInfo) -> str:
    """Return rows as CSV under their title, date, source and coverage.

    The caption stands in lines that begin with `#`. A cell that a spreadsheet would run as a
    formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in (info.title, *info.to_lines()):
        writer.writerow([f"# {line}"])
    writer.writerow([label for _, label in CSV_COLUMNS])
    for row in rows:
        writer.writerow([_guard(cell) for cell in _list_cells(row)])
    return out.getvalue()


def write_table_csv(
    columns: Iterable[str], rows: Iterable[Mapping[str, Any]], info: PageInfo
) -> str:
    """Return the rows of a plain table as CSV under their title, date, source and coverage."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in (info.title, *info.to_lines()):
        writer.writerow([f"# {line}"])
    writer.writerow(columns)
    for row in rows:
        if not row.get("hidden"):
            writer.writerow([_guard(_flatten(cell)) for cell in row["cells"]])
    return out.getvalue()


def _flatten(cell: Mapping[str, Any]) -> str:
    if "lines" in cell:
        return " | ".join(f"{n['text']} ({n['small']})" for n in _shown(cell["lines"]))
    if "proofs" in cell:
        return " | ".join(f"{p['title']}, {p['locator']}" for p in _shown(cell["proofs"]))
    return f"{cell['text']} ({cell['small']})" if cell["small"] else str(cell["text"])


def _shown(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if not entry.get("hidden")]


def _list_cells(row: Mapping[str, Any]) -> list[str]:
    proof = row["evidence"] or {"title": "", "locator": "", "printed": [], "judgements": []}
    return [
        row["lead_name"],
        row["lot_name"],
        row["region_name"],
        "unknown" if row["value"] is None else str(row["value"]),
        row["value_kind"],
        row["inside"],
        row["areas"],
        "; ".join(f"{c['ref']}: {c['where']}, {c['term']}" for c in row["contracts"]),
        proof["title"],
        proof["locator"],
        " | ".join(proof["printed"]),
        " | ".join(proof["judgements"]),
    ]


def _guard(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _name_areas(market: Market, item: Item) -> str:
    whole = market.region_areas.get(item.region, ())
    served = dict.fromkeys(a for c in item.contracts for a in c.areas)
    if whole and set(whole) <= set(served):
        return "all areas of the region" if len(whole) > 1 else name_thing(market, "area", whole[0])
    return ", ".join(name_thing(market, "area", a) for a in served) or "not published"
