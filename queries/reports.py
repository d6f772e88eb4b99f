"""The register of reports: each name, the function that makes it, and its own options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Report

FILTERS = ("round", "lot", "region", "area", "provider", "kind", "as_of")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a report: what it means, and whether it is text, a number, a flag or a list."""

    text: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in the register.

    Attributes:
        module: module under `rehabgraph.queries` that holds the function.
        function: takes the graph, then the filters where `filtered` is set, then its own options
            by name.
        summary: what it answers, in one line.
        options: its own options by name; one called like a filter takes the filter's place.
        filtered: whether the common filters apply.
    """

    module: str
    function: str
    summary: str
    options: Mapping[str, Option] = field(default_factory=dict)
    filtered: bool = True


REPORTS: Mapping[str, Entry] = {
    "market-share": Entry(
        "market_share",
        "report_market_share",
        "who holds how much: value, contracts, areas, side by side",
        {"by": Option("rows: provider, group, kind, lot or region")},
    ),
    "concentration": Entry(
        "report_concentration",
        "report_concentration",
        "how concentrated each market is: HHI, its floor, CR1 to CR5, entropy, Gini",
        {
            "by": Option("markets: all, lot, region, area, cohort, round, or lot,region"),
            "of": Option("holders: provider, group or kind"),
            "basis": Option("value, contracts, areas or all"),
            "bands": Option("name bands: us-2023, eu-2004 or a TOML file; none without it"),
            "split": Option("divide prices over areas by a rule: equal or population"),
        },
    ),
    "reconcile": Entry(
        "reconcile",
        "report_reconcile",
        "each figure that somebody stated, held against the graph",
        filtered=False,
    ),
}
"""Every report by the name that people type, in the order in which they are listed."""


def run_report(graph: "Graph", name: str, options: Mapping[str, Any]) -> "Report":
    """Return a report by name; see `Graph.report`."""
    from rehabgraph.queries.graph import unknown_report

    entry = REPORTS.get(name)
    if entry is None:
        raise unknown_report(name, REPORTS)
    function = getattr(import_module(f"rehabgraph.queries.{entry.module}"), entry.function)
    allowed = set(entry.options) | (set(FILTERS) if entry.filtered else set())
    given = {k: v for k, v in options.items() if v not in (None, (), [], False)}
    for key in given:
        if key.removesuffix("s") not in allowed and key not in allowed:
            has = ", ".join(sorted(allowed)) or "none"
            raise BadParameter(f"report {name} has no option {key!r}; it has: {has}")
    own = {k: v for k, v in given.items() if k in entry.options}
    args: list[object] = [graph]
    if entry.filtered:
        args.append(graph.filters(**{k: v for k, v in given.items() if k not in entry.options}))
    report: Report = function(*args, **own)
    return report


def all_options() -> dict[str, Option]:
    """Return every option that some report has, by name, with the reports that have it."""
    found: dict[str, Option] = {}
    for name, entry in REPORTS.items():
        for key, option in entry.options.items():
            if key in FILTERS:
                continue
            text = f"{found[key].text}; {name}: {option.text}" if key in found else f"{name}: {option.text}"
            found[key] = Option(text, option.type)
    return found
