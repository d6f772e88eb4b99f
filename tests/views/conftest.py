"""A small market that can be checked by eye, hostile names, and a browser if there is one."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rehabgraph.queries.market import Contract, Filters, Holder, Line, Market
from rehabgraph.queries.pictures.matrix import Evidence
from rehabgraph.queries.pictures.network import Picture, build_network
from rehabgraph.queries.report import SourceRef

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ALIASES = {"organisation/gamma": ("Gammaworks Ltd", "GW")}
WOM, PWB, DNR = "womens-services", "personal-wellbeing", "dependency-recovery"
START = date(2021, 6, 26)
JUNE_2023, MARCH_2024, MARCH_2025 = date(2023, 6, 30), date(2024, 3, 25), date(2025, 3, 25)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def make_contract(
    reference: str, *, lot: str, region: str, areas: str, lead: str, end: date, line: str | None
) -> Contract:
    """Return a contract that starts on day one; several areas mean the whole region."""
    names = tuple(areas.split())
    return Contract(
        reference,
        "day-one" if line else "later",
        lot,
        region,
        names,
        "18+",
        "competed",
        lead,
        START,
        end,
        "month" if end == JUNE_2023 else "day",
        "stated" if end == JUNE_2023 else "derived",
        line,
        names[0] if len(names) == 1 else None,
    )


def make_market() -> Market:
    """Return 5 priced lines of £2,100,000 for 7 contracts of 3 leads, and 1 without a price.

    The region `west` has no line, `east` none for women's services.
    """
    late = MARCH_2025
    parts: list[tuple[str, str, str, str, int, list[tuple[str, str, date]]]] = [
        (
            "l1",
            WOM,
            "north",
            "alpha",
            1_000_000,
            [("C1", "n1", JUNE_2023), ("C2", "n2", late)],
        ),
        ("l2", PWB, "north", "beta", 500_000, [("C3", "n1 n2", MARCH_2024)]),
        ("l3", WOM, "south", "beta", 300_000, [("C4", "s1", late)]),
        ("l4", PWB, "south", "gamma", 200_000, [("C5", "s1", JUNE_2023), ("C6", "s2", MARCH_2024)]),
        ("l5", PWB, "east", "gamma", 100_000, [("C8", "e1", MARCH_2024)]),
    ]
    lines = []
    for id_, lot, region, lead, value, rows in parts:
        contracts = tuple(
            make_contract(r, lot=lot, region=region, areas=a, lead=lead, end=e, line=id_)
            for r, a, e in rows
        )
        printed = "Beta & Co" if lead == "beta" else lead.title()
        line = Line(id_, "day-one", lot, region, lead, value, "announced", "", printed, "s", "L1")
        lines.append(replace(line, contracts=contracts))
    priced = tuple(c for line in lines for c in line.contracts)
    unpriced = make_contract(
        "C7", lot=DNR, region="south", areas="s1 s2", lead="alpha", end=MARCH_2025, line=None
    )
    names = {"alpha": "Alpha Trust", "beta": "Beta", "gamma": "Gamma Works"}
    labels = {f"organisation/{id_}": name for id_, name in names.items()}
    labels |= {f"region/{r}": r.title() for r in ("north", "west", "south", "east")}
    labels |= {f"area/{a}": f"Area {a.upper()}" for a in ("n1", "n2", "w1", "s1", "s2", "e1")}
    labels |= {
        f"lot/{WOM}": "Women's services",
        f"lot/{PWB}": "Personal wellbeing",
        f"lot/{DNR}": "Dependency and recovery",
        "organisation-kind/charity": "charity",
        "organisation-kind/company": "company",
    }
    return Market(
        tuple(lines),
        (*priced, unpriced),
        {
            "alpha": Holder("alpha", "Alpha Trust", "charity", "alpha"),
            "beta": Holder("beta", "Beta", "company", "beta"),
            "gamma": Holder("gamma", "Gamma Works", "charity", "gamma"),
        },
        labels,
        {"north": ("n1", "n2"), "west": ("w1",), "south": ("s1", "s2"), "east": ("e1",)},
    )


def make_evidence(market: Market) -> dict[str, Evidence]:
    """Return evidence of every line and contract."""
    lines = {
        f"award/{line.id}": Evidence(
            "list-2021",
            "The award list",
            "https://example.org/list",
            f"L{10 + n}",
            (f"£{line.value:,}",),
            ("“Beta & Co” reads as Beta",) if line.lead == "beta" else (),
        )
        for n, line in enumerate(market.lines)
    }
    records = {
        f"contract/{c.reference}": Evidence("records", "Contract records", "", c.reference)
        for c in market.contracts
    }
    return lines | records


HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>alert(1)</script>",
    "\u202eمؤسسة العدل\u202c",
    "n" * 200,
    "",
    "\"quotes' & `ticks` ${x} {{ y }}",
    "👩🏽‍⚖️ Emoji 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "=1+1",
    "\x00\x07 control \ud800 surrogate",
)


def make_hostile_market() -> Market:
    """Return the same market with a hostile name in every place that holds one."""
    market = make_market()
    labels = {key: HOSTILE[n % len(HOSTILE)] for n, key in enumerate(market.labels)}
    labels["organisation/alpha"] = HOSTILE[0]
    contracts = {
        c.reference: replace(
            c, cohort=HOSTILE[n % 9], route=HOSTILE[(n + 1) % 9], end_basis=HOSTILE[0]
        )
        for n, c in enumerate(market.contracts)
    }
    lines = tuple(
        replace(
            line,
            name_as_printed=HOSTILE[n],
            value_kind=HOSTILE[(n + 2) % 9],
            status=HOSTILE[(n + 3) % 9],
            contracts=tuple(contracts[c.reference] for c in line.contracts),
        )
        for n, line in enumerate(market.lines)
    )
    return replace(market, lines=lines, contracts=tuple(contracts.values()), labels=labels)


def make_hostile_evidence(market: Market) -> dict[str, Evidence]:
    """Return evidence with a hostile text in every field, its address included."""
    return {
        key: Evidence(
            "source",
            HOSTILE[n % 9],
            "javascript:alert(1)",
            HOSTILE[(n + 1) % 9],
            (HOSTILE[0], HOSTILE[4]),
            (HOSTILE[(n + 2) % 9],),
        )
        for n, key in enumerate(make_evidence(market))
    }


@pytest.fixture(scope="session")
def market() -> Market:
    """The small market."""
    return make_market()


@pytest.fixture(scope="session")
def evidence(market: Market) -> Mapping[str, Evidence]:
    """Evidence of all its lines and contracts."""
    return make_evidence(market)


@pytest.fixture(scope="session")
def hostile_market() -> Market:
    """The small market with hostile names."""
    return make_hostile_market()


@pytest.fixture(scope="session")
def hostile_evidence(market: Market) -> Mapping[str, Evidence]:
    """Evidence with hostile texts."""
    return make_hostile_evidence(market)


@pytest.fixture(scope="session")
def sources() -> tuple[SourceRef, ...]:
    """The full record of the source of the priced lines."""
    title, url = "The award list", "https://example.org/list"
    return (SourceRef("list-2021", title, url, "OGL-UK-3.0", date(2021, 5, 21)),)


@pytest.fixture(scope="session")
def picture(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> Picture:
    """The network of the small market, all rounds."""
    return build_network(market, Filters(rounds=()), evidence, aliases=ALIASES, sources=sources)


@pytest.fixture(scope="session")
def page_html(picture: Picture) -> str:
    """The page of that network."""
    from rehabgraph.views.network_page import render_network

    return render_network(picture)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """An installed Chromium; tests that need it skip without one, unless it is required."""
    found = os.environ.get("REHABGRAPH_CHROMIUM") or shutil.which("chromium")
    if not found:
        message = "no Chromium found: install it, or set REHABGRAPH_CHROMIUM to its path"
        if os.environ.get("REHABGRAPH_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_address(browser: "Browser") -> Iterator[Callable[..., Any]]:
    """Return a function that opens an address and collects what the page asks and says.

    The page gets `asked` (every address it requests) and `said` (console errors, exceptions
    and dialogs) as attributes.
    """
    contexts = []

    def open_it(address: str, width: int = 1280, **more: object) -> "Page":
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda r: page.asked.append(r.url))
        page.on("console", lambda m: m.type in ("error", "warning") and page.said.append(m.text))
        page.on("pageerror", lambda e: page.said.append(str(e)))
        page.on("dialog", lambda d: (page.said.append(f"dialog {d.message}"), d.dismiss()))
        page.goto(address)
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(open_address: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that opens HTML as a file, as `open_address` does."""

    def open_it(html: str, width: int = 1280, *, hash_: str = "", **more: object) -> "Page":
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        return open_address(path.as_uri() + hash_, width, accept_downloads=True, **more)  # type: ignore[no-any-return]

    return open_it


@pytest.fixture
def download() -> Callable[..., Path]:
    """Return a function that presses a download button of a picture and gives the file."""

    def press(page: "Page", kind: str) -> Path:
        with page.expect_download() as waiting:
            page.locator(f"[data-save={kind}]").click()
        assert waiting.value.suggested_filename.endswith(f".{kind}")
        return Path(waiting.value.path())

    return press


AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def find_barriers() -> Callable[[Any], list[str]]:
    """Return a function that lists what axe-core finds on a page."""
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")

    def find(page: "Page") -> list[str]:
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}}
        found = axe_module.Axe().run(page, options=options).response["violations"]
        return [
            f"{v['id']}: {n['target']} {n.get('failureSummary', '')}"
            for v in found
            for n in v["nodes"]
        ]

    return find
