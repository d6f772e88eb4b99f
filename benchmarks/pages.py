"""How long network pages take to build, and until their first frame, beside stock pyvis.

Both are measured in one run on one machine, so the ratios are what counts. Stock pyvis draws
with its own physics in the browser; it is given `PATIENCE` seconds and then called *never*. Its
page asks the network for Bootstrap: those requests are refused at once, so that no waiting for
them is counted. First frame: from the start of loading until vis-network has drawn once and,
for stock pyvis, until its physics has let go of the picture.

Above 2,000 things our page draws a summary, as it says itself: the time is that of the page.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES = (60, 300, 1000, 5000)
PATIENCE = 30
RUNS = 3
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
KINDS = ("charity", "company", "public-body", "community-interest-company", "partnership")

OURS = """async () => {
  if (document.getElementById("stage").clientWidth === 0) {
    document.querySelector("[data-view=picture]").click();
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return document.querySelector("#stage canvas") !== null;
}"""
STOCK = """() => new Promise((done) => {
  const wait = () => {
    if (typeof network === "undefined") return setTimeout(wait, 20);
    network.once("stabilizationIterationsDone", () => network.once("afterDrawing", () => done(true)));
  };
  wait();
})"""


def make_ties(count: int) -> list[tuple[int, int]]:
    """Return two ties a thing, the same every time: near neighbours and a few hubs."""
    return [(n, (n * step + 1) % count) for n in range(count) for step in (1, 7)]


def build_ours(count: int) -> str:
    """Return our page of a network of so many organisations."""
    from rehabgraph.queries.market import Filters, Market
    from rehabgraph.queries.network_picture import Picture, Thing, Tie
    from rehabgraph.queries.picture_items import measure_totals
    from rehabgraph.queries.report import Coverage
    from rehabgraph.views.network_page import render_network

    things = tuple(
        Thing(f"organisation/{n}", "organisation", f"Organisation {n}", (), KINDS[n % len(KINDS)])
        for n in range(count)
    )
    ties = tuple(
        Tie(f"t{n}", "partner", things[a].id, things[b].id)
        for n, (a, b) in enumerate(make_ties(count))
    )
    picture = Picture(
        kind="other",
        title=f"{count} organisations",
        things=things,
        ties=ties,
        items=(),
        tie_kinds=(("partner", "Works with"),),
        market=Market((), (), {}),
        filters=Filters(),
        totals=measure_totals(()),
        coverage=Coverage(0, 0),
        sources=(),
    )
    return render_network(picture)


def build_stock(count: int) -> str:
    """Return the page that pyvis writes by itself for the same network."""
    from pyvis.network import Network

    network = Network(cdn_resources="in_line")
    network.add_nodes(list(range(count)), label=[f"Organisation {n}" for n in range(count)])
    network.add_edges(make_ties(count))
    html: str = network.generate_html()
    return html


def measure_build(build: Callable[[int], str], count: int) -> tuple[float, str]:
    """Return how long a page takes to build, the middle of some runs, and the page."""
    times, html = [], ""
    for _ in range(RUNS if count <= 1000 else 1):
        start = time.perf_counter()
        html = build(count)
        times.append(time.perf_counter() - start)
    return statistics.median(times), html


def measure_frame(browser: Any, html: str, script: str, folder: Path) -> float | None:  # noqa: ANN401
    """Return how long a page takes until its first frame; None after `PATIENCE` seconds."""
    from playwright.sync_api import Error

    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE * 1000)
    page.route("http*://**", lambda route: route.abort())
    start = time.perf_counter()
    try:
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector("#stage, #mynetwork", state="attached")
        page.wait_for_load_state("domcontentloaded")
        left = max(PATIENCE - (time.perf_counter() - start), 1)
        page.evaluate(f"window.__done = ({script})().then((r) => (window.__drawn = r))")
        page.wait_for_function("window.__drawn === true", timeout=left * 1000)
        return time.perf_counter() - start
    except Error:
        return None


def main() -> None:
    """Print build times, frame times and their ratios, one line a size."""
    found = os.environ.get("REHABGRAPH_CHROMIUM") or shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        found = None
    if not found:
        print("network pages: skipped, no Chromium (with playwright) to draw them")
        return
    print(f"network pages beside stock pyvis; ratio is ours / peer; *never*: over {PATIENCE} s")
    print(f"{'things':>8} {'build':>7} {'frame':>7}   seconds: ours against stock pyvis")
    sys.stdout.flush()
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as running, tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            ours, our_page = measure_build(build_ours, count)
            stock, stock_page = measure_build(build_stock, count)
            frames = []
            for page, script in ((our_page, OURS), (stock_page, STOCK)):
                browser = running.chromium.launch(executable_path=found, args=flags)
                frames.append(measure_frame(browser, page, script, Path(folder)))
                browser.close()
            ratio = f"{frames[0] / frames[1]:7.3f}" if all(frames) else f"{'–':>7}"  # type: ignore[operator]
            words = [f"{f:.2f}" if f is not None else "*never*" for f in frames]
            print(
                f"{count:>8} {ours / stock:7.2f} {ratio}   build {ours:.2f} against {stock:.2f}, "
                f"first frame {words[0]} against {words[1]}"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
