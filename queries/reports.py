"""The register of reports: each name, the function that makes it, and its own options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.market import Filters
    from rehabgraph.queries.report import Report

WITHOUT = "without_judgement"
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
        subject: the option that a word after the report's name stands for; empty for none.
    """

    module: str
    function: str
    summary: str
    options: Mapping[str, Option] = field(default_factory=dict)
    filtered: bool = True
    subject: str = ""


REPORTS: Mapping[str, Entry] = {
    "market-share": Entry(
        "market_reports.share",
        "report_market_share",
        "who holds how much: value, contracts, areas, side by side",
        {"by": Option("rows: provider, group, kind, lot or region")},
    ),
    "concentration": Entry(
        "market_reports.concentration",
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
    "dependency": Entry(
        "market_reports.dependency",
        "report_dependency",
        "how much a region, area, lot or provider rests on its largest counterpart",
        {
            "by": Option("who rests: region, area, lot or provider"),
            "of": Option("holders: provider, group or kind"),
            "basis": Option("value, contracts, areas or all"),
            "matrix": Option("every pair, for a heat matrix", "flag"),
            "split": Option("divide prices over areas by a rule: equal or population"),
        },
    ),
    "failure": Entry(
        "market_reports.failure",
        "report_failure",
        "what the failure of a provider, or of several, would leave",
        {
            "provider": Option("the organisation that fails", "list"),
            "group": Option("its whole corporate group fails with it", "flag"),
            "joint": Option("organisations that fail together, joined by commas"),
            "top": Option("rank so many leads by what their failure would leave", "number"),
            "show": Option("summary, contracts, cells or subcontractors"),
        },
        subject="provider",
    ),
    "merger": Entry(
        "market_reports.merger",
        "report_merger",
        "the HHI before and after providers become one, overall and where they meet",
        {
            "parties": Option("two leads or more, joined by commas"),
            "of": Option("holders: provider or group"),
            "basis": Option("value, contracts, areas or all"),
            "bands": Option("screens: us-2023, eu-2004 or a TOML file; none without it"),
        },
    ),
    "changes": Entry(
        "market_reports.changes",
        "report_changes",
        "which contracts moved the shares and the HHI between two dates",
        {
            "from": Option("the first day"),
            "to": Option("the second day"),
            "of": Option("holders: provider, group or kind"),
            "basis": Option("value, contracts, areas or all"),
            "show": Option("contracts, or holders"),
        },
    ),
    "layers": Entry(
        "market_reports.layers",
        "report_layers",
        "shares of the lead alone, of consortium members, of all who deliver",
        {
            "of": Option("rows: provider, kind, or voluntary (the two-thirds test)"),
            "layer": Option("lead, consortium, delivery or all"),
            "basis": Option("value, contracts, areas or all"),
        },
    ),
    "partnerships": Entry(
        "market_reports.partnerships",
        "report_partnerships",
        "who is tied to whom, how, and on what evidence",
        {
            "show": Option("ties, partners, subcontractors, dual or pairs"),
            "tie": Option("only ties of this kind, such as lead-subcontractor"),
        },
    ),
    "network": Entry(
        "market_reports.network",
        "report_network",
        "where each node of a network stands, and how the whole is built",
        {
            "of": Option("provider-area, provider-provider or lead-subcontractor"),
            "show": Option("nodes, whole, communities, bridges or robustness"),
        },
    ),
    "reconcile": Entry(
        "claims.reconcile",
        "report_reconcile",
        "each figure that somebody stated, held against the graph",
        filtered=False,
    ),
    "coverage": Entry(
        "coverage",
        "report_coverage",
        "who covers each lot in each area, and where nobody is named",
        {"by": Option("rows: area or cell")},
    ),
    "expiring": Entry(
        "expiring",
        "report_expiring",
        "contracts that end in a window, and what is known to follow",
        {"within": Option("length of the window: 12m unless given, 2y, 90d")},
    ),
    "timeline": Entry(
        "timeline",
        "report_timeline",
        "events, policies and contracts in order of date",
        {
            "about": Option("an organisation, lot, region, area, round or policy"),
            "what": Option("events, policies or contracts", "list"),
            "since": Option("first day"),
            "until": Option("last day"),
        },
        filtered=False,
        subject="about",
    ),
    "policies": Entry(
        "policies",
        "report_policies",
        "what each policy made, ended, funded and touched",
        {"policy": Option("one policy, by name or id")},
        filtered=False,
        subject="policy",
    ),
    "lineage": Entry(
        "lineage",
        "report_lineage",
        "from the companies of 2015 to 2021 to the leads of 2021",
        {"area": Option("a police area"), "owner": Option("an owner or partner of a company")},
        filtered=False,
        subject="owner",
    ),
    "sources": Entry(
        "sources",
        "report_sources",
        "each source, and how many rows stand on it",
        filtered=False,
    ),
    "quality": Entry(
        "quality",
        "report_quality",
        "what is weak in the record: doubts, gaps, ages, figures at odds",
        filtered=False,
    ),
    "imported": Entry(
        "report_imported",
        "report_imported",
        "awards that were imported into this store, by supplier",
        {"of": Option("one import, by its key or the name of its file")},
        filtered=False,
    ),
    "match": Entry(
        "identity.proposals",
        "report_match",
        "organisations that may be one, how sure that is, and why",
        {
            "min_score": Option("least score of a pair: 50 unless given", "number"),
            "decision": Option("certain, likely or possible", "list"),
        },
        filtered=False,
    ),
    "profile": Entry(
        "profile",
        "report_profile",
        "a brief of one organisation, area or region",
        {
            "about": Option("an organisation, area or region, by name or id"),
            "provider": Option("an organisation"),
            "area": Option("a police area"),
            "region": Option("a probation region"),
        },
        filtered=False,
        subject="about",
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
    given = {k.rstrip("_"): v for k, v in options.items() if _is_given(v)}
    without = given.pop(WITHOUT, ())
    for key in given:
        if key.removesuffix("s") not in allowed and key not in allowed:
            has = ", ".join(sorted(allowed)) or "none"
            raise BadParameter(f"report {name} has no option {key!r}; it has: {has}")
    own = {f"{k}_" if iskeyword(k) else k: v for k, v in given.items() if k in entry.options}
    filters: tuple[object, ...] = ()
    if entry.filtered:
        others = {k: v for k, v in given.items() if k not in entry.options}
        filters = (check_rounds(graph.filters(**others)),)

    def run(graph: "Graph") -> "Report":
        report: Report = function(graph, *filters, **own)
        if graph.unmerged is None:
            return report
        from rehabgraph.queries.identity.merge import note_merged

        return note_merged(graph, report)

    report = run(graph)
    if without:
        from rehabgraph.queries.without import report_without

        return report_without(graph, report, run, without)
    return report


def check_rounds(filters: "Filters") -> "Filters":
    """Return filters that name no round of an import: imported awards have no lot and no region.

    Raises:
        BadParameter: one does.
    """
    for round_ in filters.rounds:
        if round_.startswith("import-"):
            key = round_.removeprefix("import-")
            raise BadParameter(
                f"--round {round_}: imported awards have no lot or region and may have several "
                f"suppliers, so they are in no market; ask for them with report imported --of {key}"
            )
    return filters


def _is_given(value: object) -> bool:
    return value is not None and value is not False and value not in ((), [])


def all_options() -> dict[str, Option]:
    """Return every option that some report has, by name, with the reports that have it."""
    found: dict[str, Option] = {}
    for name, entry in REPORTS.items():
        for key, option in entry.options.items():
            if key in FILTERS:
                continue
            text = (
                f"{found[key].text}; {name}: {option.text}"
                if key in found
                else f"{name}: {option.text}"
            )
            found[key] = Option(text, option.type)
    text = "any report: switch a judgement off, by its id, and show what moves"
    return found | {WITHOUT: Option(text, "list")}
