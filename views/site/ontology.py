"""The page of the ontology: a picture, every class, every property, every list of terms."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rehabgraph.graph.vocabulary import Term, Vocabulary, expand_term, read_vocabulary
from rehabgraph.ontology import ID
from rehabgraph.queries.report import Column, Report
from rehabgraph.views.ontology_picture import draw_overview, tell_arrows
from rehabgraph.views.site.content import Block, Cell, Content, Link, plain
from rehabgraph.views.site.site import Site

PATH = "ontology"
GROUPS = (
    ("all-classes", "Classes", ("class",),
     "A class is a sort of thing. A thing of a class is of every class above it too."),
    ("all-properties", "Properties", ("property to a thing", "property to a value"),
     "A property ties a thing to another thing or to a value. Its domain says what it is said "
     "of, its range what it leads to."),
    ("all-annotations", "Annotations for networks", ("annotation",),
     "These say of a class which of its properties hold the ends of an edge. They drive the "
     "exports of networks."),
)  # fmt: skip
FILES = (
    ("rehab.ttl", "classes and properties"),
    ("schemes.ttl", "lists of terms"),
    ("alignment.ttl", "matches with other vocabularies"),
    ("shapes.ttl", "rules that the data keeps"),
    ("context.jsonld", "short names for JSON-LD"),
)
"""File of the ontology → what is in it."""
COLUMNS = (
    ("term", "Term"), ("kind", "Kind"), ("label", "Label"), ("definition", "Definition"),
    ("example", "Example"), ("domain", "Domain"), ("range", "Range"), ("above", "Above it"),
    ("matches", "Matches"), ("address", "Address"),
)  # fmt: skip


def build_ontology(site: Site) -> Content:
    """Return the page of the ontology; each term's place on it is its name."""
    vocabulary = read_vocabulary()
    users = [_find_users(vocabulary, end) for end in ("domains", "ranges")]
    groups = [
        Block(id_, f"{title} ({len(terms)})", "terms",
              [_show(site, vocabulary, users, t) for t in terms], intro)
        for id_, title, kinds, intro in GROUPS
        if (terms := [t for t in vocabulary.terms if t.kind in kinds])
    ]  # fmt: skip
    return Content(
        path=PATH,
        title="The terms",
        lead="What the words of this record mean, for those who read its data: every class, every "
        "property and every list of terms, and how they compare with those of others.",
        report=_report(vocabulary),
        blocks=(
            Block("about-the-terms", "About", "facts", _about(vocabulary)),
            Block("overview", "The main classes", "overview",
                  {"svg": draw_overview(vocabulary, standalone=False),
                   "told": tell_arrows(vocabulary)},
                  "Boxes are classes, arrows are properties. A box leads to its class below."),
            *groups,
            _list_schemes(site, vocabulary),
            Block("all-others", "Terms of other vocabularies", "links",
                  [(_link(vocabulary, name),) for name in vocabulary.others],
                  "Used as they are, and never redefined."),
        ),
    )  # fmt: skip


def _about(vocabulary: Vocabulary) -> list[tuple[str, Cell]]:
    header: Mapping[str, str] = dict(vocabulary.header)
    files = [Link(f"{name}: {what}", f"/download/ontology/{name}") for name, what in FILES]
    return [
        ("What it covers", plain(header["dcterms:description"])),
        ("Namespace", plain(f"{header['vann:preferredNamespaceUri']}, short rg:")),
        ("Version", plain(f"{header['owl:versionInfo']}, {header['owl:versionIRI']}")),
        ("Earlier version", plain(header.get("owl:priorVersion", "none; this is the first"))),
        ("Made by", plain("the rehabgraph project")),
        ("Dates", plain(f"made {header['dcterms:created']}, last changed "
                        f"{header['dcterms:modified']}")),
        ("Licence", (Link("MIT", header["dcterms:license"]),)),
        ("Language", plain("OWL 2 DL; the values that a row may have are checked by SHACL shapes")),
        ("Files", tuple(files)),
    ]  # fmt: skip


def _find_users(vocabulary: Vocabulary, end: str) -> Mapping[str, list[str]]:
    """Return the short name of a class → the properties that have it at one end.

    Args:
        vocabulary: the terms.
        end: `domains` or `ranges`.
    """
    users: dict[str, list[str]] = defaultdict(list)
    for term in vocabulary.terms:
        for cls in getattr(term, end):
            users[cls].append(f"rg:{term.name}")
    return users


def _show(
    site: Site, vocabulary: Vocabulary, users: list[Mapping[str, list[str]]], term: Term
) -> dict[str, object]:
    """Return what the page says of a term: its words, and rows of facts."""

    def link_all(names: Iterable[str]) -> Cell:
        return tuple(_link(vocabulary, name) for name in names)

    short = f"rg:{term.name}"
    below = [f"rg:{t.name}" for t in vocabulary.terms if short in t.above]
    rows: list[tuple[str, Cell]] = [("Example", plain(term.example))]
    if term.kind.startswith("property"):
        rows += [("Domain", link_all(term.domains) or plain("any, on purpose")),
                 ("Range", link_all(term.ranges) or plain("any, on purpose"))]  # fmt: skip
    if term.known_by:
        property_, value = term.known_by
        named = Link(site.names(value), site.to(value))
        rows.append(("Known by", (*link_all([property_]), named)))
    rows += [("Below", link_all(term.above))] if term.above else []
    rows += [("Above", link_all(below))] if below else []
    for words, known in zip(("Said of it", "Lead to it"), users, strict=True):
        rows += [(words, link_all(known[short]))] if short in known else []
    rows += [("Edge", tuple(Link(f"{part.removeprefix('edge').lower()}: {name}",
                                 _place(vocabulary, name)) for part, name in term.edge))
             ] if term.edge else []  # fmt: skip
    for match in term.matches:
        rows.append((match.how.capitalize(), (_link(vocabulary, match.other), Link(match.why))))
    rows += [("Note", plain(note)) for note in term.notes]
    rows += [("Stands on", (Link(term.source, term.source),))] if term.source else []
    rows.append(("Address", (Link(term.iri, f"/{PATH}.html#{term.name}"),)))
    return {"name": term.name, "label": term.label, "kind": term.kind,
            "definition": term.definition, "rows": rows}  # fmt: skip


def _place(vocabulary: Vocabulary, short: str) -> str:
    """Return where a term is explained: on this page, or at its own address."""
    prefix, _, name = short.partition(":")
    if prefix == "rg" and any(t.name == name for t in vocabulary.terms):
        return f"/{PATH}.html#{name}"
    return expand_term(short)


def _link(vocabulary: Vocabulary, short: str) -> Link:
    return Link(short, _place(vocabulary, short))


def _list_schemes(site: Site, vocabulary: Vocabulary) -> Block:
    lists = []
    for scheme in vocabulary.schemes:
        concepts = [
            (Link(label, site.to(f"{ID}{scheme.name}/{notation}")), Link(f": {meaning}"))
            for notation, label, meaning in scheme.concepts
        ]
        home = site.to(f"{ID}scheme/{scheme.name}")
        lists.append({"id": f"list-{scheme.name}", "title": scheme.title, "concepts": concepts,
                      "definition": scheme.definition, "home": home})  # fmt: skip
    return Block("all-lists", f"Lists of terms ({len(lists)})", "term_lists", lists,
                 "Each list is a SKOS concept scheme. The lots are rows of a table, so their list "
                 "here is empty.")  # fmt: skip


def _report(vocabulary: Vocabulary) -> Report:
    """Return every term as a row."""
    rows = tuple(
        {"term": f"rg:{t.name}", "kind": t.kind, "label": t.label, "definition": t.definition,
         "example": t.example, "domain": ", ".join(t.domains), "range": ", ".join(t.ranges),
         "above": ", ".join(t.above),
         "matches": "; ".join(f"{m.how} {m.other}: {m.why}" for m in t.matches),
         "address": t.iri, "ids": [t.iri]}
        for t in vocabulary.terms
    )  # fmt: skip
    columns = tuple(Column(name, label) for name, label in COLUMNS)
    return Report(name=PATH, title="The terms", columns=columns, rows=rows)
