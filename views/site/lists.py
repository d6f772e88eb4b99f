"""Lists of things, whole or narrowed by a facet; each facet's value has an address of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rehabgraph.ontology import ID
from rehabgraph.queries.browse import LISTS, report_list
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.site.content import Block, Content, Link
from rehabgraph.views.site.links import slug
from rehabgraph.views.site.names import name_kind
from rehabgraph.views.site.rows import pick_columns, tabulate_rows
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.statements import OWNERS, Statements
from rehabgraph.views.words import count_words

FACETS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("rg:kind", "rg:sector"),
    "area": ("geo:sfWithin",),
    "contract": ("rg:lot", "rg:region", "rg:round", "rg:cohort"),
    "award": ("rg:lot", "rg:region"),
    "policy": ("rg:policyKind", "rg:owner"),
    "event": ("rg:eventKind",),
    "claim": ("prov:wasAttributedTo", "rg:unit"),
    "judgement": ("rg:judgementKind",),
    "source": ("dcterms:type", "rg:publisherName"),
    "site": ("rg:operator",),
    "notice": ("rg:stage",),
    "delivery-unit": ("geo:sfWithin",),
}
"""Kind → the properties that its lists can be narrowed by."""
MOST_VALUES = 40


def list_names(site: Site) -> dict[str, str]:
    """Return the name of every list and its title: those of the terminal, then every other kind."""
    found = {name: title for name, (title, _) in LISTS.items()}
    told = set(_KIND_LISTS)
    for kind, things in site.facts.kinds.items():
        owned = kind in OWNERS or site.facts.is_term(things[0])
        if kind not in told and not owned and site.facts.of[things[0]]:
            found[slug(kind) + "s"] = name_kind(kind, 2).capitalize()
    return found


_KIND_LISTS = {
    "organisation": "organisations",
    "region": "regions",
    "area": "areas",
    "lot": "lots",
    "round": "rounds",
    "contract": "contracts",
    "award": "awards",
    "policy": "policies",
    "person": "people",
    "site": "sites",
    "event": "events",
    "claim": "claims",
    "judgement": "judgements",
    "source": "sources",
}


def list_path(facts: Statements, thing: str) -> Link | None:
    """Return the list that a thing stands in."""
    kind = kind_of(thing)
    name = _KIND_LISTS.get(kind, slug(kind) + "s")
    title = LISTS[name][0] if name in LISTS else name_kind(kind, 2).capitalize()
    return Link(title, f"/list/{name}.html") if kind in facts.kinds else None


def list_things(site: Site, name: str) -> list[str]:
    """Return the things of a list, remembered."""
    if name not in site.lists:
        site.lists[name] = _find_things(site, name)
    return site.lists[name]


def _find_things(site: Site, name: str) -> list[str]:
    if name in LISTS:
        rows = report_list(site.graph, name).rows
        return [str(r["ids"][0]) for r in rows if str(r["ids"][0]).startswith(ID)]
    kind = next((k for k in site.facts.kinds if slug(k) + "s" == name), "")
    return list(site.facts.kinds.get(kind, []))


def list_facets(
    site: Site, things: Sequence[str]
) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Return for each facet its property, label and values: slug, words, number of things."""
    if not things:
        return []
    found = []
    for property_ in FACETS.get(kind_of(things[0]), ()):
        counts: Counter[str] = Counter()
        words: dict[str, str] = {}
        for thing in things:
            for value in site.facts.all(thing, property_):
                key = value_slug(str(value))
                counts[key] += 1
                words[key] = site.names.value(value, property_)
        if len(counts) > 1:
            values = sorted(counts, key=lambda k: (-counts[k], words[k].casefold(), k))
            listed = [(k, words[k], counts[k]) for k in values[:MOST_VALUES]]
            found.append((property_, site.facts.label(property_), listed))
    return found


def value_slug(value: str) -> str:
    """Return a facet's value as a part of a path.

    >>> value_slug("https://w3id.org/rehabgraph/id/lot/mentoring")
    'mentoring'
    """
    return slug(value.rsplit("/", 1)[-1] if value.startswith(ID) else value)


def facet_slug(property_: str) -> str:
    """Return a facet as a part of a path.

    >>> facet_slug("rg:lot")
    'lot'
    """
    return property_.rpartition(":")[2].lower()


def build_list(site: Site, name: str, facet: str = "", value: str = "") -> Content | None:
    """Return a list, narrowed where a facet and a value are named; None when there is none such."""
    titles = list_names(site)
    if name not in titles:
        return None
    everything = list_things(site, name)
    facets = list_facets(site, everything)
    things, title, path = everything, titles[name], f"list/{name}"
    if facet:
        named = {facet_slug(p): (p, label, values) for p, label, values in facets}
        if facet not in named or value not in {v[0] for v in named[facet][2]}:
            return None
        property_, label, values = named[facet]
        words = next(w for k, w, _ in values if k == value)
        things = [
            t
            for t in everything
            if value in {value_slug(str(v)) for v in site.facts.all(t, property_)}
        ]
        title, path = f"{title}: {label} {words}", f"{path}/{facet}/{value}"
    blocks = [_show_facets(name, facets, facet, value)] if facets else []
    if things:
        blocks.append(Block("things", "All of them" if not facet else "These", "table",
                            tabulate_rows(site, things)))  # fmt: skip
    return Content(
        path=path,
        title=title,
        lead=f"{count_words(len(things), 'entry', 'entries')}"
        + (f" of {len(everything):,}." if facet else " in this record."),
        report=_report(site, path, title, things),
        blocks=tuple(blocks),
        crumbs=(Link(titles[name], f"/list/{name}.html"),) if facet else (),
        kicker="List",
    )


def _show_facets(
    name: str,
    facets: list[tuple[str, str, list[tuple[str, str, int]]]],
    facet: str,
    value: str,
) -> Block:
    groups = []
    for property_, label, values in facets:
        links = [
            Link(
                f"{words} ({count:,})",
                "" if (facet, value) == (facet_slug(property_), key)
                else f"/list/{name}/{facet_slug(property_)}/{key}.html",
            )
            for key, words, count in values
        ]  # fmt: skip
        groups.append((label, links))
    everything = Link("Show all", f"/list/{name}.html") if facet else None
    return Block("facets", "Narrow the list", "facets", {"groups": groups, "all": everything})


def _report(site: Site, path: str, title: str, things: Sequence[str]) -> Report:
    columns = [Column("name", "Name"), Column("id", "Id")]
    properties = pick_columns(site, things, ()) if things else []
    columns += [Column(p.replace(":", "_"), site.facts.head(p)) for p in properties]
    columns.append(Column("place", "Source and place"))
    rows = []
    for thing in sorted(things, key=lambda t: (site.names(t).casefold(), t)):
        row: dict[str, object] = {"name": site.names(thing), "id": thing.removeprefix(ID)}
        for p in properties:
            values = site.facts.all(thing, p)
            row[p.replace(":", "_")] = (
                "; ".join(site.names(str(v)) if str(v).startswith(ID) else str(v) for v in values)
                or None
            )
        row["place"] = "; ".join(link.text for link in site.evidence(thing))
        rows.append({**row, "ids": [thing]})
    return Report(name=path, title=title, columns=tuple(columns), rows=tuple(rows),
                  method="Every thing of that kind in the graph, by name.")  # fmt: skip
