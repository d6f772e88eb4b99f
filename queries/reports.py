"""The register of reports: each name, the function that makes it, and its own options."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Report

FILTERS = ("round", "lot", "region", "area", "provider", "kind", "as_of")


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in the register.

    Attributes:
        module: module under `rehabgraph.queries` that holds the function.
        function: takes the store (or the whole graph where `whole` is set), the filters where
            `filtered` is set, and the report's own options by name.
        summary: what it answers, in one line.
        options: its own options: name → what it means.
        filtered: whether the common filters apply.
        whole: whether it needs the graph itself, to resolve names.
    """

    module: str
    function: str
    summary: str
    options: Mapping[str, str]
    filtered: bool = True
    whole: bool = False


REPORTS: Mapping[str, Entry] = {
    "market-share": Entry(
        "market_share",
        "report_market_share",
        "who holds how much: value, contracts, areas, side by side",
        {"by": "provider, group, kind, lot or region"},
    ),
}


def run_report(graph: "Graph", name: str, options: Mapping[str, Any]) -> "Report":
    """Return a report by name; see `Graph.report`."""
    from rehabgraph.queries.graph import unknown_report

    entry = REPORTS.get(name)
    if entry is None:
        raise unknown_report(name, REPORTS)
    function = getattr(import_module(f"rehabgraph.queries.{entry.module}"), entry.function)
    allowed = set(entry.options) | (set(FILTERS) if entry.filtered else set())
    given = {k: v for k, v in options.items() if v not in (None, (), [])}
    for key in given:
        if key.removesuffix("s") not in allowed and key not in allowed:
            has = ", ".join(sorted(allowed)) or "none"
            raise BadParameter(f"report {name} has no option {key!r}; it has: {has}")
    own = {k: v for k, v in given.items() if k in entry.options}
    args: list[object] = [graph if entry.whole else graph.store]
    if entry.filtered:
        args.append(graph.filters(**{k: v for k, v in given.items() if k not in entry.options}))
    report: Report = function(*args, **own)
    return report


def own_options(entry: Entry) -> list[str]:
    """Return the names of the options that a report's function takes beside the filters."""
    function = getattr(import_module(f"rehabgraph.queries.{entry.module}"), entry.function)
    return list(inspect.signature(function).parameters)[2 if entry.filtered else 1 :]
