"""What a network page carries for its scripts: rows, filters, words and groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehabgraph.queries.pictures.lineage import UNTIED
from rehabgraph.queries.pictures.matrix import name_thing
from rehabgraph.queries.pictures.network import Picture, Thing
from rehabgraph.views import palette
from rehabgraph.views.layout import MANY, Layout, place_groups
from rehabgraph.views.link_rows import LINK_CSV_COLUMNS, describe_links
from rehabgraph.views.pages import LICENCE
from rehabgraph.views.palette import Sign, find_signs, find_tie_signs, rank_lots
from rehabgraph.views.rows import CSV_COLUMNS, describe_items

KIND_NAMES = {
    "organisation": "Organisation",
    "region": "Probation region",
    "area": "Police and crime commissioner area",
    "policy": "Policy",
    "contract": "Contract",
    "crc-area": "Area of a community rehabilitation company",
    "lead-2021": "Lead provider of 2021",
    "intervention": "Intervention",
    "lot": "Service",
    "person": "Person in a published role",
    "round": "Commissioning round",
    "service": "Probation service",
    "site": "Site",
}
"""Kind of a thing → what its page calls it."""

HINTS = {
    "lines": (
        "Choose an organisation, a region, an area or a line to see its contracts and the place in "
        "the source that supports each one."
    ),
    "ties": (
        "Choose a thing or a tie to see what it rests on, and the place in the source that "
        "supports it."
    ),
}


def describe_page_data(
    picture: Picture,
    options: Mapping[str, Any],
    nodes: Sequence[dict[str, Any]],
    edges: Sequence[dict[str, Any]],
    layout: Layout,
) -> dict[str, Any]:
    """Return everything that the scripts of a network page need.

    Args:
        picture: what is drawn.
        options: of vis-network.
        nodes: things as pyvis holds them.
        edges: ties as pyvis holds them.
        layout: the size of the picture.
    """
    market, filters = picture.market, picture.filters
    rows_are = "ties" if picture.links or picture.kind not in ("delivery", "other") else "lines"
    signs = find_page_signs(picture)
    rows = (
        describe_links(picture) if picture.links else describe_items(market, picture.items, signs)
    )
    is_large = len(picture.things) > MANY
    clusters = _group_things(picture, nodes, layout) if is_large else []
    ties = rows_are == "ties"
    return {
        "file_name": f"rehabgraph-{'' if picture.kind == 'lineage' else 'network-'}{picture.kind}",
        "rows": rows_are,
        "static": False,
        "large": is_large,
        "layout": {"width": layout.width, "height": layout.height, "layered": layout.layered},
        "options": options,
        "colours": palette.SURFACES,
        "things": nodes,
        "ties": edges,
        "clusters": clusters,
        "items": rows,
        "lots": [_describe_lot(picture, lot, signs[lot]) for lot in rank_lots(signs)],
        "tie_kinds": _list_tie_kinds(picture, signed=ties),
        "kinds": _list_kinds(picture, rows),
        "regions": _list_regions(picture),
        "areas": _list_areas(picture),
        "base_areas": [] if ties else list(filters.areas),
        "dates": [d.isoformat() for d in picture.dates],
        "initial": {"on": filters.as_of.isoformat() if filters.as_of else "", "by": ""},
        "modes": [],
        "kind_names": KIND_NAMES,
        "words": {
            "hint": HINTS[rows_are],
            "things": list(name_things(picture)),
            "rows": "Ties" if ties else "Lines",
            "kind_filter": "kind of thing" if ties else "kind of lead",
            "kind_head": "Kind of organisation or thing" if ties else "Kind of lead provider",
            "not_found": "Nothing here is called"
            if ties
            else "No organisation, region or area is called",
        },
        "sorts": {"from": "source_name", "tie": "tie_name", "to": "target_name", "amount": "amount"}
        if ties
        else {"lead": "lead_name", "lot": "lot_name", "region": "region_name", "value": "value"},
        "number_column": "amount" if ties else "value",
        "csv_columns": list(LINK_CSV_COLUMNS) if ties else [label for _, label in CSV_COLUMNS],
        "licence": LICENCE,
    }


def name_things(picture: Picture) -> tuple[str, str]:
    """Return what one and several things of a network are called."""
    if all(t.kind == "organisation" for t in picture.things):
        return "organisation", "organisations"
    return "thing", "things"


def find_page_signs(picture: Picture) -> dict[str, Sign]:
    """Return a sign for each lot that the rows name."""
    if picture.links:
        bases = (b for link in picture.links for b in link.bases)
        lots = [b.contract.lot for b in bases if b.contract is not None]
    else:
        lots = [i.lot for i in picture.items]
    return find_signs([(lot, name_thing(picture.market, "lot", lot)) for lot in lots])


def name_group(picture: Picture, thing: Thing) -> str:
    """Return what the kind of an organisation is called; empty for a thing without kinds."""
    if thing.group_label:
        return thing.group_label[:1].upper() + thing.group_label[1:]
    return _name_kind(picture, thing.group) if thing.group else ""


def _describe_lot(picture: Picture, lot: str, sign: Sign) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": lot,
        "label": name_thing(picture.market, "lot", lot),
        "letter": sign.letter,
    }
    if picture.links:
        return plain
    return plain | {"colour": sign.colour, "dash": list(sign.dash)}


def _list_tie_kinds(picture: Picture, *, signed: bool) -> list[dict[str, Any]]:
    if not signed:
        return [{"id": id_, "label": label} for id_, label in picture.tie_kinds]
    signs = find_tie_signs([id_ for id_, _ in picture.tie_kinds if id_ != UNTIED])
    signs[UNTIED] = (palette.GAP, (3, 4))
    return [
        {"id": id_, "label": label, "colour": signs[id_][0], "dash": list(signs[id_][1])}
        for id_, label in picture.tie_kinds
    ]


def _list_kinds(picture: Picture, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    names = {t.group or t.kind: name_group(picture, t) for t in picture.things}
    names = {k: n or KIND_NAMES.get(k, "") for k, n in names.items()}
    used = {kind for row in rows for kind in row["kinds"]}
    kinds = sorted({(names.get(k) or _name_kind(picture, k), k) for k in used})
    return [{"id": id_, "label": label} for label, id_ in kinds]


def _list_regions(picture: Picture) -> list[dict[str, Any]]:
    if picture.links:
        bases = (b for link in picture.links for b in link.bases)
        used = {b.contract.region for b in bases if b.contract is not None}
        return [
            {"id": r, "label": name_thing(picture.market, "region", r), "gap": False}
            for r in picture.market.region_areas
            if r in used
        ]
    return [
        {"id": t.id.removeprefix("region/"), "label": t.label, "gap": bool(t.gap)}
        for t in picture.things
        if t.kind == "region"
    ]


def _list_areas(picture: Picture) -> list[dict[str, str]]:
    market, wanted = picture.market, picture.filters.areas
    regions = {a: r for r, areas in market.region_areas.items() for a in areas}
    if picture.links:
        used = {a for link in picture.links for b in link.bases for a in b.areas}
    else:
        used = {t.id.removeprefix("area/") for t in picture.things if t.kind == "area"}
        used = {a for a in used if not wanted or a in wanted}
    found = [
        {"id": a, "label": name_thing(market, "area", a), "region": regions.get(a, "")}
        for a in used
    ]
    return sorted(found, key=lambda a: (a["label"].casefold(), a["id"]))


def _group_things(
    picture: Picture, nodes: Sequence[dict[str, Any]], layout: Layout
) -> list[dict[str, Any]]:
    """Return the groups of a summarised picture, and write each thing's group into its node."""
    names = {t.id: t.label for t in picture.things}
    labels: dict[str, str] = {}
    for thing, node in zip(picture.things, nodes, strict=True):
        key = thing.parent or thing.group or thing.kind
        group = f"cluster/{key}"
        labels[group] = (
            names.get(thing.parent, "")
            or node["group_label"]
            or KIND_NAMES.get(thing.kind, thing.kind)
        )
        node["cluster"] = group
    spots = place_groups(sorted(labels), layout.width, layout.height)
    return [
        {"id": group, "kind": "cluster", "label": labels[group], "x": x, "y": y, "w": 20, "h": 20}
        for group, (x, y) in spots.items()
    ]


def _name_kind(picture: Picture, kind: str) -> str:
    if not kind:
        return "Kind not recorded"
    label = picture.market.labels.get(f"organisation-kind/{kind}", kind).strip() or kind
    return label[:1].upper() + label[1:].replace("-", " ")
