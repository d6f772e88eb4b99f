"""A worker that makes pages; run as `python -m`, see `views.server.worker`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rehabgraph.views.server.behind import AWAY, open_place
from rehabgraph.views.server.worker import Head, Work, run_worker


def prepare_pages(place: str) -> tuple[Work, Head]:
    """Return what makes the pages of the graph in a store, or behind a server's address."""
    from rehabgraph.graph.errors import StoreError
    from rehabgraph.queries.graph import Graph
    from rehabgraph.views.site.ask_page import Asking, build_ask_page
    from rehabgraph.views.site.frame import render_content
    from rehabgraph.views.site.respond import respond_from, stop_page
    from rehabgraph.views.site.site import Site

    site = Site(Graph(open_place(place)), live=True)
    respond_from(site, "/", {})  # reads all that every page needs

    def work(job: Mapping[str, Any]) -> tuple[Head, bytes]:
        if "asking" in job:
            asking = Asking(**job["asking"])
            if "found" in job:
                found = job["found"] if job["triples"] else json.loads(job["found"])
                asking = replace(asking, found=found)
            body = render_content(build_ask_page(asking), "html", live=True)
            return {"status": asking.status, "type": "text/html", "headers": {}}, body
        try:
            page = respond_from(site, job["path"], job["query"], job["accept"])
        except StoreError:
            page = stop_page(job["path"], AWAY, job["accept"])
        head = {"status": page.status, "type": page.media_type, "headers": dict(page.headers)}
        return head, page.body

    return work, {"things": len(site.pages)}


if __name__ == "__main__":
    run_worker(prepare_pages)
