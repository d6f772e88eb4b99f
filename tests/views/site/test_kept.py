"""The pages that a server keeps: bounded by all that keeping them takes."""

from rehabgraph.views.site.adapter import Kept
from rehabgraph.views.site.content import Page

SMALL = Page(200, "text/csv", b"name\n")


def test_what_was_asked_counts_as_kept() -> None:
    """Small pages asked for at great length do not fill the memory: the oldest are forgotten."""
    kept = Kept(1_000_000)
    keys = [("/search", "{}", f"text/csv, x/{n}" + "a" * 90_000, "2026-01-01") for n in range(30)]
    for key in keys:
        kept.keep(key, SMALL)
    assert kept.get(keys[0]) is None
    assert sum(kept.get(key) is not None for key in keys) == 1_000_000 // 91_100
    assert kept.get(keys[-1]) is SMALL


def test_a_page_is_kept_once() -> None:
    """Keeping a page again changes nothing; one that is no success is not kept."""
    kept = Kept(10_000)
    key = ("/a", "{}", "", "2026-01-01")
    kept.keep(key, SMALL)
    kept.keep(key, Page(200, "text/csv", b"other\n"))
    kept.keep(("/b", "{}", "", "2026-01-01"), Page(404, "text/csv", b"none\n"))
    assert kept.get(key) is SMALL
    assert kept.get(("/b", "{}", "", "2026-01-01")) is None
