"""What the commands share: output options, filters, the open graph."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Report

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx")


def output_options(command: F) -> F:
    """Give a command the options that every answer has."""
    for option in (
        click.option("-o", "--output", metavar="FILE", help="Write to FILE; - is standard output."),
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            help="Form of the answer; else by FILE's ending, table on a terminal, tsv in a pipe.",
        ),
    ):
        command = option(command)
    return command


def filter_options(command: F) -> F:
    """Give a command the filters that every report of the market has."""
    for name, text in (
        ("kind", "Kind of lead, such as charity."),
        ("provider", "Lead provider, by name or id."),
        ("area", "Police area."),
        ("region", "Probation region."),
        ("lot", "Lot, such as accommodation or ACC."),
    ):
        command = click.option(f"--{name}", multiple=True, metavar="NAME", help=text)(command)
    command = click.option(
        "--round",
        "round",
        multiple=True,
        metavar="NAME",
        help="Round; day-one unless named; or all.",
    )(command)
    return click.option("--as-of", metavar="DATE", help="Only contracts that run on this day.")(
        command
    )


fail_on_gap = click.option(
    "--fail-on",
    type=click.Choice(["gap"]),
    help="Exit with 3 when something is missing that this command looks for.",
)


def opened(ctx: click.Context) -> "Graph":
    """Return the graph that the command line names."""
    import rehabgraph

    return rehabgraph.open(ctx.obj.get("store"), ctx.obj.get("data"), ctx.obj.get("endpoint"))


def write(report: "Report", form: str | None, output: str | None) -> None:
    """Write a report where and how the options say."""
    from rehabgraph.views.output import write_report

    write_report(report, form, output)
    if output and output != "-":
        click.echo(f"Wrote {output}", err=True)
