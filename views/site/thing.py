"""The page of a thing: all that is said of it, what names it, and where each part stands."""

import re
from collections import defaultdict
from collections.abc import Iterable

from rehabgraph.ontology import ID
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.site.content import Block, Cell, Content, Link, Table, plain
from rehabgraph.views.site.evidence import judgements_of, list_sources
from rehabgraph.views.site.gaps import list_unknowns
from rehabgraph.views.site.lists import list_path
from rehabgraph.views.site.names import name_kind, name_sum, summarise
from rehabgraph.views.site.pictures import draw_bars, draw_tiles
from rehabgraph.views.site.rows import tabulate_rows
from rehabgraph.views.site.site import Site, place_anchor

HIDDEN = frozenset({"rdf:type", "rg:citation", "skos:topConceptOf", "rg:sha256", "rg:lineCount"})
APART = frozenset({"evidence", "line", "judgement"})
TITLES = {
    ("contract", "rg:lead"): "Contracts led",
    ("award", "rg:awardedTo"): "Priced lines",
    ("participation", "rg:organisation"): "Parts in contracts",
    ("participation", "rg:contract"): "Who does what",
    ("name", "rg:nameOf"): "Names used",
    ("crc-owner", "rg:organisation"): "Part in the companies of 2015",
    ("claim", "prov:wasAttributedTo"): "Figures that it stated",
    ("claim", "rg:subject"): "Figures stated about it",
    ("organisation", "rg:parent"): "Owns",
    ("organisation", "rg:group"): "Corporate group",
    ("delivery-unit", "geo:sfWithin"): "Delivery units",
    ("area", "geo:sfWithin"): "Police areas",
    ("policy-link", "rg:object"): "Policies that touch it",
    ("policy-link", "rg:policy"): "What it does",
}
FIRST = ("contract", "award", "participation", "name")
SOURCE_COLUMNS = (
    Column("part", "Part"),
    Column("statement", "Statement"),
    Column("value", "Value"),
    Column("id", "Id"),
    Column("place", "Source and place"),
    Column("printed", "As printed"),
)


def build_thing(site: Site, thing: str) -> Content:
    """Return the page of a thing that has one of its own."""
    kind = kind_of(thing)
    names, facts = site.names, site.facts
    blocks = [_list_statements(site, thing)]
    blocks += draw_tiles(site, thing)
    inbound = _group_inbound(site, thing)
    if kind == "scheme":
        blocks.append(_list_terms(site, thing))
        inbound = []
    for (of, property_), subjects in inbound:
        title = TITLES.get((of, property_)) or _title(site, (of, property_), len(subjects), kind)
        ident = f"{of}-{property_.replace(':', '-')}".lower()
        table = tabulate_rows(site, subjects, (property_,), at=thing)
        blocks.append(Block(ident, f"{title} ({len(subjects):,})", "table", table))
        if of == "contract":
            blocks += draw_bars(site, subjects, f"{ident}-dates")
    blocks += _list_partners(site, thing)
    if kind == "source":
        blocks.append(_list_resting(site, thing))
    blocks += _list_judgements(site, thing)
    blocks.append(_list_evidence(site, thing))
    blocks.append(_list_open(site, thing))
    title = names.long(thing)
    crumb = list_path(facts, thing)
    return Content(
        path=site.to(thing).removeprefix("/").removesuffix(".html"),
        title=title,
        lead=summarise(facts, names, thing),
        kicker=name_kind(kind).capitalize(),
        report=_report(site, thing, title),
        blocks=tuple(b for b in blocks if b.data),
        crumbs=(crumb,) if crumb else (),
    )


def _list_statements(site: Site, thing: str) -> Block:
    facts: list[tuple[str, Cell]] = []
    for property_, values in site.facts.of.get(thing, {}).items():
        if property_ not in HIDDEN and property_ not in ("rdfs:label", "skos:prefLabel"):
            label = site.facts.head(property_)
            is_sum = property_ == "rg:value" and site.facts.get(thing, "rg:currency")
            cell = plain(name_sum(site.facts, thing)) if is_sum else site.cell(values, property_)
            facts.append((label, cell))
    facts += _list_figures(site, thing)
    facts.append(("Its id", (Link(thing),)))
    return Block("facts", "In short", "facts", facts)


def _list_figures(site: Site, thing: str) -> list[tuple[str, Cell]]:
    """Return what a provider holds of the priced round, as the report has it."""
    shares = site.report("market-share") if kind_of(thing) == "organisation" else None
    for number, row in enumerate(shares.rows if shares else (), 1):
        if shares and f"{ID}organisation/{row.get('id')}" == thing and row.get("value") is not None:
            value = Link(
                format_pounds(row["value"]), f"/why/market-share/{number}.html", " how do we know"
            )
            return [("Announced value of the priced lines it leads", (value,))]
    return []


def _group_inbound(site: Site, thing: str) -> list[tuple[tuple[str, str], list[str]]]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for property_, subject in site.facts.into.get(thing, ()):
        if not subject.startswith(ID) or "#" in subject or subject == thing:
            continue
        kind = kind_of(subject)
        if kind in APART or (kind, property_) == ("organisation", "rg:group"):
            continue
        if property_ not in ("rg:supports", "rdf:type", "skos:inScheme", "skos:topConceptOf"):
            groups[kind, property_].append(subject)
    order = {kind: n for n, kind in enumerate(FIRST)}
    return sorted(groups.items(), key=lambda g: (order.get(g[0][0], 9), g[0]))


def _title(site: Site, group: tuple[str, str], number: int, at: str) -> str:
    kind, property_ = group
    several = name_kind(kind, number).capitalize()
    if property_.rpartition(":")[2].lower() in (at, at.replace("-", "")):
        return several
    return f"{several}: this as {site.facts.label(property_)}"


def _list_terms(site: Site, thing: str) -> Block:
    rows = []
    for term in site.facts.naming(thing, "skos:inScheme"):
        meaning = site.facts.get(term, "skos:definition") or ""
        name: Cell = (
            site.link(term) if site.facts.owner(term) == term else Link(site.names(term)),
        )
        ident = site.to(term).partition("#")[2]
        rows.append((ident, (name, plain(str(meaning)))))
    return Block(
        "terms", "Terms", "table", Table((("Term", False), ("Meaning", False)), tuple(rows))
    )


def _list_partners(site: Site, thing: str) -> list[Block]:
    """Return who else has a part in the contracts of an organisation."""
    facts = site.facts
    mine: dict[str, set[str]] = defaultdict(set)
    for part in facts.naming(thing, "rg:organisation", "participation"):
        mine[str(facts.get(part, "rg:contract"))].add(str(facts.get(part, "rg:role")))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for contract in mine:
        for part in facts.naming(contract, "rg:contract", "participation"):
            other = str(facts.get(part, "rg:organisation"))
            if other != thing:
                found[other][str(facts.get(part, "rg:role"))].add(contract)
    rows = []
    ranked = sorted(found.items(), key=lambda p: (-len(set().union(*p[1].values())), p[0]))
    for other, roles in ranked:
        shared = sorted(set().union(*roles.values()))
        words = ", ".join(sorted(site.names(r).lower() for r in roles))
        own = {site.names(r).lower() for c in shared for r in mine[c]}
        cells: tuple[Cell, ...] = (
            (site.link(other),),
            plain(words),
            plain(", ".join(sorted(own))),
            tuple(site.link(c) for c in shared),
        )
        rows.append(("", cells))
    heads = (("Organisation", False), ("Its part", False), ("Part of this one", False))
    table = Table((*heads, ("Contracts", False)), tuple(rows))
    intro = (
        "Organisations named in the same contracts. What partners are paid is published nowhere."
    )
    title = f"Partners ({len(rows):,})"
    return [Block("partners", title, "table", table, intro)] if rows else []


def _list_resting(site: Site, thing: str) -> Block:
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for citation in site.facts.naming(thing, "prov:wasDerivedFrom"):
        owner = citation.partition("#")[0]
        printed = " | ".join(str(p) for p in site.facts.all(citation, "rg:printed"))
        about = site.facts.get(owner, "rg:supports") if kind_of(owner) == "evidence" else owner
        place = str(site.facts.get(citation, "rg:locator") or "")
        rows.append((place, (plain(place), (site.link(str(about)),), plain(printed))))
    rows.sort(key=lambda r: _place_key(r[0]))
    heads = (("Place", False), ("What rests on it", False), ("As printed", False))
    before = ["", *(place for place, _ in rows)]
    marked = (
        ("" if place == last else place_anchor(place), cells)
        for last, (place, cells) in zip(before, rows, strict=False)
    )
    table = Table(heads, tuple(marked))
    intro = "L50 is line 50 of the text as it was read. On its page, look for the words as printed."
    lined = any(re.fullmatch(r"L\d+(-L?\d+)?", place) for place, _ in rows)
    return Block("rests", f"What rests on it ({len(rows):,})", "table",
                 table if rows else None, intro if lined else "")  # fmt: skip


def _place_key(place: str) -> tuple[int, str]:
    digits = "".join(c for c in place.partition("-")[0] if c.isdigit())
    return int(digits[:9]) if digits else 0, place


def _list_judgements(site: Site, thing: str) -> list[Block]:
    about = judgements_of(site, thing)
    if not about:
        return []
    table = tabulate_rows(site, about, (), at=thing)
    intro = "Decisions of ours on how to read the sources; each can be reversed."
    return [Block("judgements", f"Judgements ({len(table.rows):,})", "table", table, intro)]


def _list_evidence(site: Site, thing: str) -> Block:
    rows = []
    for c in site.facts.citations(thing):
        url = str(site.facts.get(c.source, "schema:url") or "")
        outside: Cell = (Link("open the source", url),) if url else plain("no address")
        source: Cell = (site.link(c.source),)
        place: Cell = (Link(c.locator, site.place(c.source, c.locator).to),)
        rows.append(("", (source, place, plain(c.printed or "nothing quoted"),
                          plain(c.about or "the whole"), outside)))  # fmt: skip
    heads = ("Source", "Place", "As printed", "For", "Outside")
    table = Table(tuple((h, False) for h in heads), tuple(rows))
    intro = "Where this stands in the sources." if rows else "No citation of its own."
    return Block("evidence", "How do we know", "table" if rows else "prose",
                 table if rows else ["What is said here follows from the ontology or by rule."],
                 intro if rows else "")  # fmt: skip


def _list_open(site: Site, thing: str) -> Block:
    found = list_unknowns(site, thing)
    return Block("unknown", "Open questions", "links", [plain(text) for text in found] or
                 [plain("Nothing that we expect of such a thing is missing.")])  # fmt: skip


def _report(site: Site, thing: str, title: str) -> Report:
    """Return all statements about a thing, and all that name it, as rows."""
    facts, names = site.facts, site.names
    places = facts.citations(thing)
    place = "; ".join(f"{c.source.rsplit('/', 1)[-1]} {c.locator}" for c in places)
    printed = " | ".join(c.printed for c in places if c.printed)
    rows: list[dict[str, object]] = []
    for property_, values in facts.of.get(thing, {}).items():
        if property_ in ("rg:citation", "rdf:type"):
            continue
        for value in values:
            is_thing = str(value).startswith(ID)
            rows.append(
                {"part": "about it", "statement": facts.label(property_),
                 "value": names.value(value, property_), "place": place, "printed": printed,
                 "id": str(value).removeprefix(ID) if is_thing else "", "ids": [thing]}
            )  # fmt: skip
    for (_, property_), subjects in _group_inbound(site, thing):
        for subject in subjects:
            cited = facts.citations(subject)
            rows.append(
                {"part": "names it", "statement": facts.label(property_) + " of",
                 "value": names(subject), "id": subject.removeprefix(ID),
                 "place": "; ".join(f"{c.source.rsplit('/', 1)[-1]} {c.locator}" for c in cited),
                 "printed": " | ".join(c.printed for c in cited if c.printed), "ids": [subject]}
            )  # fmt: skip
    return Report(
        name=f"page/{thing.removeprefix(ID)}",
        title=title,
        columns=SOURCE_COLUMNS,
        rows=tuple(rows),
        method=summarise(facts, names, thing),
        notes=_notes(list_unknowns(site, thing)),
        sources=list_sources(site, [thing]),
    )


def _notes(unknowns: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"Not known: {text}" for text in unknowns)
