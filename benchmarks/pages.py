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
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

SIZES = (60, 300, 1000, 5000)
PATIENCE = 30
RUNS = 3
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
KINDS = ("charity", "company", "public-body", "community-interest-company", "partnership")

OURS = """addEventListener("DOMContentLoaded", () => {
  const view = document.querySelector("[data-view=picture]");
  if (document.getElementById("picture-panel").hidden) view.click();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (document.querySelector("#stage canvas")) console.log("drawn");
  }));
});"""
STOCK = """Object.defineProperty(window, "network", {
  get() { return this.inner; },
  set(value) {
    this.inner = value;
    value.once("stabilizationIterationsDone", () => {
      value.once("afterDrawing", () => { console.log("drawn"); });
    });
  },
});"""


def make_ties(count: int) -> list[tuple[int, int]]:
    """Return two ties a thing, the same every time: near neighbours and a few hubs."""
    return [(n, (n * step + 1) % count) for n in range(count) for step in (1, 7)]


def build_ours(count: int) -> str:
    """Return our page of a network of so many organisations."""
    from rehabgraph.queries.market import Filters, Market
    from rehabgraph.queries.pictures.items import measure_totals
    from rehabgraph.queries.pictures.network import Picture, Thing, Tie
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


def measure_frame(browser_path: str, html: str, script: str, folder: Path) -> float | None:
    """Return how long a page takes until its first frame; None after `PATIENCE` seconds.

    It runs in a process of its own, which is ended with its browser when the time is up: a page
    that never lets go of its tab cannot be asked to stop.
    """
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    command = [sys.executable, __file__, "--frame", browser_path, str(path), script]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        try:
            out, _ = running.communicate(timeout=PATIENCE + 15)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return None
    return float(out) if out.strip() else None


def print_frame(browser_path: str, path: str, script: str) -> None:
    """Print how long a page takes until it says that it has drawn; nothing if it never does."""
    from playwright.sync_api import Error, sync_playwright

    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=browser_path, args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.route("http*://**", lambda route: route.abort())
        page.add_init_script(script)
        start = time.perf_counter()
        try:
            with page.expect_console_message(
                lambda message: message.text == "drawn", timeout=PATIENCE * 1000
            ):
                page.goto(Path(path).as_uri(), wait_until="commit")
            print(time.perf_counter() - start, flush=True)
        except Error:
            pass
        browser.close()


def main() -> None:
    """Print build times, frame times and their ratios, one line a size."""
    found = os.environ.get("REHABGRAPH_CHROMIUM") or shutil.which("chromium")
    if not found or find_spec("playwright") is None:
        print("network pages: skipped, no Chromium (with playwright) to draw them")
        return
    print(f"network pages beside stock pyvis; ratio is ours / peer; *never*: over {PATIENCE} s")
    print(f"{'things':>8} {'build':>7} {'frame':>7}   seconds: ours against stock pyvis")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            ours, our_page = measure_build(build_ours, count)
            stock, stock_page = measure_build(build_stock, count)
            mine = measure_frame(found, our_page, OURS, Path(folder))
            peer = measure_frame(found, stock_page, STOCK, Path(folder))
            ratio = f"{mine / peer:7.3f}" if mine and peer else f"{'–':>7}"
            words = [f"{f:.2f}" if f is not None else "*never*" for f in (mine, peer)]
            print(
                f"{count:>8} {ours / stock:7.2f} {ratio}   build {ours:.2f} against {stock:.2f}, "
                f"first frame {words[0]} against {words[1]}"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--frame"]:
        print_frame(*sys.argv[2:5])
    else:
        main()
