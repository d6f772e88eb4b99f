"""A worker that makes pages; run as `python -m`, see `views.server.worker`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehabgraph.views.server.worker import Head, Work, run_worker


def prepare_pages(folder: Path) -> tuple[Work, Head]:
    """Return what makes the pages of the graph in a store."""
    from rehabgraph.graph.store import open_directory
    from rehabgraph.queries.graph import Graph
    from rehabgraph.views.site.respond import respond_from
    from rehabgraph.views.site.site import Site

    site = Site(Graph(open_directory(folder)), live=True)
    respond_from(site, "/", {})  # reads all that every page needs

    def work(job: Mapping[str, Any]) -> tuple[Head, bytes]:
        page = respond_from(site, job["path"], job["query"], job["accept"])
        head = {"status": page.status, "type": page.media_type, "headers": dict(page.headers)}
        return head, page.body

    return work, {"things": len(site.pages)}


if __name__ == "__main__":
    run_worker(prepare_pages)
