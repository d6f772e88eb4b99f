"""The start page: three figures with what they do not say, the matrix, where to go on."""

from rehabgraph.graph.errors import RehabError, StoreError
from rehabgraph.queries.browse import GAPS
from rehabgraph.queries.catalogue import question_files, read_question
from rehabgraph.queries.market import Filters
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.views.site.content import Block, Content, Link, plain
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.tables import name_row
from rehabgraph.views.words import format_day

TITLE = "Who delivers probation rehabilitation services"
SIX = (
    "who-serves-area",
    "contracts-of-provider",
    "value-by-lot",
    "subcontractors-of-lead",
    "ending-between",
    "effects-of-policy",
)


def build_start(site: Site) -> Content:
    """Return the start page."""
    cards, rows = _figures(site)
    questions = [n for n in SIX if n in question_files()]
    questions += [n for n in question_files() if n not in questions][: 6 - len(questions)]
    asked = [(n, read_question(n)) for n in questions]
    cards_of = [(Link(q.question, f"/question/{n}.html"), q.title) for n, q in asked]
    blocks = [
        Block("figures", "Three figures to begin with", "figures", cards),
        Block("search", "Find a provider, a place, a policy", "search",
              {"live": site.live, "text": "", "here": False}),
        *_matrix(site),
        Block("questions", "Six questions to begin with", "cards", cards_of),
        Block("gaps", "What is not in the data", "links",
              [*(plain(g) for g in GAPS), (Link("All that is not known", "/limits.html"),)]),
    ]  # fmt: skip
    return Content(
        path="index",
        title=f"{TITLE} in England and Wales",
        lead="Who holds what, where, for how much, and how we know: every figure opens down to "
        "the line of its source, and what is not known is shown as unknown.",
        report=Report(
            name="index",
            title=TITLE,
            columns=(
                Column("figure", "Figure"),
                Column("value", "Value"),
                Column("caveat", "Caveat"),
            ),
            rows=tuple(rows),
        ),
        blocks=tuple(b for b in blocks if b.data),
        wide=True,
    )


def _figures(site: Site) -> tuple[list[tuple[str, str, str, Link]], list[dict[str, object]]]:
    """Return three figures: number, what it is, what it does not say, and where it opens."""
    shares = site.report("market-share")
    if shares is None or shares.coverage is None or not shares.rows:
        return [], []
    coverage, first = shares.coverage, shares.rows[0]
    newest = format_day(coverage.newest_source) if coverage.newest_source else "unknown"
    contracts = sum(int(r.get("contracts") or 0) for r in shares.rows)
    share = first.get("share_value")
    cards = [
        (
            format_pounds(coverage.pounds_known),
            f"announced for {coverage.rows_known:,} priced lines of the first round",
            "Prices announced for the standard terms, not what was paid. Later rounds have no "
            "published price and are not in this sum.",
            Link("Every holder and its lines", "/report/market-share.html"),
        ),
        (
            f"{len(shares.rows):,} providers",
            f"lead the {contracts:,} contracts of that round",
            "Greater Manchester and London's women's services are not in this list. "
            f"Newest source of the list: {newest}.",
            Link("These providers, one by one", "/report/market-share.html#rows"),
        ),
    ]
    if isinstance(share, (int, float)):
        cards.append(
            (
                f"{share:.1f} %",
                f"of the announced value went to {name_row(shares, first)}, the largest holder",
                "A share of awards under one dominant buyer is not a share of supply.",
                Link("How do we know", "/why/market-share/1.html"),
            )
        )
    rows: list[dict[str, object]] = [
        {"figure": what, "value": value, "caveat": caveat, "ids": list(first["ids"])}
        for value, what, caveat, _ in cards
    ]
    return cards, rows


def _matrix(site: Site) -> list[Block]:
    """Return the matrix; nothing where the graph has no market to draw."""
    from rehabgraph.queries.pictures.facts import read_evidence
    from rehabgraph.queries.pictures.matrix import build_matrix
    from rehabgraph.views.matrix import render_matrix_part

    try:
        market = site.graph.market()
        matrix = build_matrix(market, Filters(), read_evidence(site.graph))
    except StoreError:  # nothing can be said of it: the store is away
        raise
    except (RehabError, LookupError):
        return []
    svg, legend = render_matrix_part(matrix, "view/matrix.html")
    intro = "A square is a priced line; its letter is the service. It leads to its line."
    data = {"svg": svg, "legend": [(sign["letter"], sign["label"]) for sign in legend]}
    return [Block("matrix", "Who leads which service, and where", "matrix", data, intro)]
