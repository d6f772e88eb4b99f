"""Rows of things as tables: the columns of each kind, or whatever its rows have."""

from collections.abc import Sequence

from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.site.content import Cell, Link, Table
from rehabgraph.views.site.names import name_kind, name_sum
from rehabgraph.views.site.site import Site, anchor
from rehabgraph.views.words import format_day

COLUMNS = {
    "contract": ("rg:lot", "rg:region", "rg:area", "rg:lead", "rg:round", "schema:startDate",
                 "schema:endDate", "rg:award"),
    "award": ("rg:lot", "rg:region", "rg:awardedTo", "rg:value", "rg:valueAsPrinted", "rg:round"),
    "organisation": ("rg:kind", "rg:sector"),
    "judgement": ("rg:judgementKind", "rg:subject", "rg:asPrinted", "rg:readAs", "rdfs:comment"),
    "claim": ("prov:wasAttributedTo", "rg:measure", "rg:comparator", "rg:value", "rg:unit",
              "rg:scope"),
    "source": ("rg:publisherName", "dcterms:type", "dcterms:issued", "dcterms:rights"),
    "area": ("geo:sfWithin", "rg:population"),
    "policy": ("rg:policyKind", "rg:owner", "schema:startDate"),
    "event": ("schema:startDate", "rg:eventKind", "rg:subject"),
    "round": ("rg:commissioner", "schema:startDate"),
    "lot": ("skos:notation", "rg:commissioningLevel"),
}  # fmt: skip
"""Kind → the properties that its tables show, in order; other kinds show what their rows have."""
NAMED = frozenset({"rg:nameOf", "rdfs:label", "rdf:type", "rg:citation", "skos:prefLabel",
                   "rg:currency", "rg:datePrecision", "skos:inScheme", "rg:group",
                   "skos:topConceptOf"})  # fmt: skip
FIGURES = frozenset({"rg:value", "rg:population"})
WHERE_UNSAID = {"rg:area": "whole region", "rg:award": "no published price"}


def pick_columns(site: Site, things: Sequence[str], without: Sequence[str]) -> list[str]:
    """Return the properties that a table of these things shows."""
    kind = kind_of(things[0])
    if kind in COLUMNS:
        return [
            p
            for p in COLUMNS[kind]
            if p not in without and any(site.facts.all(t, p) for t in things)
        ]
    seen: dict[str, None] = {}
    for thing in things:
        for property_ in site.facts.of.get(thing, {}):
            if property_ not in NAMED and property_ not in without:
                seen[property_] = None
    last = [p for p in seen if p == "rdfs:comment"]
    return [p for p in seen if p != "rdfs:comment"][:6] + last


def tabulate_rows(
    site: Site, things: Sequence[str], without: Sequence[str] = (), *, at: str = ""
) -> Table:
    """Return things of one kind as a table, each with where it stands.

    Args:
        site: the site.
        things: things of one kind; at least one.
        without: properties that all rows have in common.
        at: the thing on whose page the table stands: rows that live there get a fragment.
    """
    kind = kind_of(things[0])
    columns = pick_columns(site, things, without)
    has_page = site.facts.owner(things[0]) == things[0]
    named = has_page or any(site.facts.get(t, "rdfs:label") for t in things)
    heads = [(name_kind(kind).capitalize(), False)] if named else []
    heads += [(site.facts.head(p), p in FIGURES) for p in columns]
    rows = []
    for thing in sorted(things, key=lambda t: (site.names(t).casefold(), t)):
        cells: list[Cell] = []
        if named:
            cells.append((site.link(thing) if has_page else Link(site.names(thing)),))
        cells += [_cell(site, thing, p) for p in columns]
        cells.append(site.evidence(thing) or (Link("none of its own"),))
        lives_here = at and not has_page and site.facts.owner(thing) == at
        rows.append((anchor(thing) if lives_here else "", tuple(cells)))
    return Table((*heads, ("Evidence", False)), tuple(rows))


def _cell(site: Site, thing: str, property_: str) -> Cell:
    values = site.facts.all(thing, property_)
    if property_ == "schema:endDate" and values:
        precision = str(site.facts.get(thing, "rg:endPrecision") or "day")
        return (Link(format_day(values[0], precision)),)
    if property_ in ("schema:startDate", "dcterms:issued") and values:
        precision = str(site.facts.get(thing, "rg:datePrecision") or "day")
        return (Link(format_day(values[0], precision)),)
    if property_ == "rg:value" and values and site.facts.get(thing, "rg:currency"):
        return (Link(name_sum(site.facts, thing)),)
    if property_ == "rg:award" and values:
        value = name_sum(site.facts, str(values[0])) or "unknown"
        number = len(site.facts.naming(str(values[0]), "rg:award", "contract"))
        shared = f" for {number} contracts" if number > 1 else ""
        return (Link(f"{value}{shared}", site.to(str(values[0]))),)
    if not values and property_ in WHERE_UNSAID:
        return (Link(WHERE_UNSAID[property_]),)
    if not values and kind_of(thing) not in COLUMNS:
        return (Link("–"),)
    return site.cell(values, property_)
