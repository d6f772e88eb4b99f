"""Pages of prose: method, limits, accessibility."""

from rehabgraph.queries.browse import GAPS
from rehabgraph.views.site.content import Block, Content, Link, plain, text_report
from rehabgraph.views.site.names import name_kind
from rehabgraph.views.site.site import Site

METHOD = (
    ("What this is", (
        "A record of who was awarded rehabilitation services for people on probation in England "
        "and Wales, what came before and what came after. It is made from public documents.",
        "Each fact is a row of a table, entered by hand. Each row names its source and the place "
        "in it, and quotes what is printed there.",
    )),
    ("How a figure is made", (
        "Tables become statements, statements answer questions, and each figure keeps the "
        "addresses of the rows that it was made from. That is what “How do we know” opens.",
        "Shares stand on three bases side by side: announced value, number of contracts, and "
        "cells of service and area. They differ, and none of them is the right one alone.",
    )),
    ("What is never done", (
        "No price is divided among areas unless a rule is asked for by name. Where one price "
        "covers several areas, a part is shown as the least and the most that it can be.",
        "No figure that somebody stated is corrected. It is held against the record, and the "
        "difference is shown.",
        "Nothing printed is repaired in silence: each reading is a judgement with a reason.",
    )),
    ("What the words mean", (
        "A lot is a service that is bought, such as accommodation. A round is one occasion of "
        "buying. A priced line is one price of an announcement; it may cover several contracts.",
        "A lead provider holds a contract. A subcontractor is named in the record of a contract.",
        "A cell is one lot in one area; a contract for a whole region fills one in each of its "
        "areas.",
        "The HHI is the sum of the squared percentage shares: 10,000 where one holder has all, "
        "2,500 where four have equal parts. CR1 and CR3 are the shares of the largest holder and "
        "of the three largest. Every report says under its table how it was made.",
    )),
    ("When you quote a figure", (
        "Say that it is a price announced for the standard term, not what was paid; for "
        "accommodation and for education, training and employment, that it was a prediction.",
        "Say that Greater Manchester, and women's services in London, are not in it.",
        "Name the source and the place in it, as “How do we know” gives them.",
    )),
)  # fmt: skip
LIMITS = (
    ("Not published anywhere", GAPS),
    ("What the prices are not", (
        "They are announced prices for the standard terms. They are not what was paid, and they "
        "hold no extension.",
        "For accommodation and for education, training and employment the ministry calls them "
        "predictions.",
    )),
    ("What the record does not hold", (
        "It holds contracts and roles, not results: nothing here says how well a service works.",
        "A name that is missing from a list of partners is not proof that it was no partner.",
        "The kind of many organisations is believed, not read in a register; their pages say so.",
        "People appear only in public roles that a source prints.",
    )),
    ("What a share is not", (
        "The Ministry of Justice sets the lots, the areas and the prices it accepts. A share of "
        "its awards is not a share of supply, and no threshold of a competition authority was "
        "made for it.",
    )),
)  # fmt: skip
ACCESS = (
    ("What we aim at", (
        "Web Content Accessibility Guidelines 2.2, level AA, for every page of this site.",
    )),
    ("What was tested", (
        "A sample of each type of page is opened by a program in Chromium at 1280 and 320 pixels, "
        "with and without scripts, and checked with axe-core. No finding is let through.",
        "Pages can be read and used with the keyboard alone, and without scripts. Tables become "
        "lists on narrow screens. Nothing is said by colour alone.",
    )),
    ("What was not tested", (
        "No person who uses a screen reader has tested these pages yet, and no audit has been "
        "made by anybody else. A program finds only a part of all barriers.",
        "Only Chromium was tested by us.",
    )),
    ("What we know to be hard", (
        "The matrix and the network are wide pictures; on a small screen they must be moved "
        "sideways. The table on the same page holds the same rows.",
        "Long tables have no page breaks. Their CSV twin may be easier to work with.",
        "Source documents open at other sites, whose accessibility is not ours.",
    )),
    ("How to tell us", (
        "Open an issue where you found this software, and say which page and which tool you use.",
    )),
)  # fmt: skip
PAGES = {
    "method": ("Method", "How the record is made and what a figure rests on.", METHOD),
    "limits": ("What is not known", "What the data cannot say, and why.", LIMITS),
    "accessibility": ("Accessibility statement", "What we aim at, what was tested, what is hard.",
                      ACCESS),
}  # fmt: skip


def build_text(site: Site, name: str) -> Content:
    """Return a page of prose."""
    title, lead, parts = PAGES[name]
    blocks = [
        Block(f"part-{n}", head, "prose", list(texts)) for n, (head, texts) in enumerate(parts)
    ]
    if name == "limits":
        blocks.append(_count_unknown(site))
    rows = [(head, text) for head, texts in parts for text in texts]
    return Content(
        path=name,
        title=title,
        lead=lead,
        report=text_report(name, title, rows),
        blocks=tuple(b for b in blocks if b.data),
    )


def _count_unknown(site: Site) -> Block:
    """Return how many things of each kind lack what we expect of them, leading to their lists."""
    from rehabgraph.views.site.gaps import EXPECTED
    from rehabgraph.views.site.lists import list_path

    lines = []
    for kind, wanted in EXPECTED.items():
        things = site.facts.kinds.get(kind, [])
        for property_, text in wanted:
            missing = [t for t in things if not site.facts.all(t, property_)]
            if missing:
                listed = list_path(site.facts, things[0])
                words = f"{len(missing):,} of {len(things):,} {name_kind(kind, 2)}"
                lines.append((Link(words, listed.to if listed else ""), *plain(f": {text}")))
    return Block("counted", "Counted", "links", lines)
