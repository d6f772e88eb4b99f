"""Commands that look around: status, list, find, show."""

import click

from rehabgraph.views.commands.common import opened, output_options, write


@click.command()
@output_options
@click.pass_context
def status(ctx: click.Context, form: str | None, output: str | None) -> None:
    """Say what is loaded: counts, sources, dates, known gaps.

    rehabgraph status
    """
    from rehabgraph.queries.browse import report_status

    write(report_status(opened(ctx)), form, output)


@click.command("list", short_help="List what there is: providers, regions, lots, and more.")
@click.argument("kind", required=False, default="")
@output_options
@click.pass_context
def list_(ctx: click.Context, kind: str, form: str | None, output: str | None) -> None:
    """List things of a KIND: providers, regions, areas, lots, contracts, policies, sources, more.

    rehabgraph list regions
    """
    from rehabgraph.queries.browse import report_list

    write(report_list(opened(ctx), kind), form, output)


@click.command()
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@output_options
@click.pass_context
def find(ctx: click.Context, text: str, limit: int, form: str | None, output: str | None) -> None:
    """Find things by name or alias, or by a sum of money.

    rehabgraph find "st giles"

    rehabgraph find £6,021,064
    """
    from rehabgraph.queries.browse import report_find

    write(report_find(opened(ctx), text, limit), form, output)


@click.command(short_help="Show all that is said of one thing, by name or id.")
@click.argument("name")
@output_options
@click.pass_context
def show(ctx: click.Context, name: str, form: str | None, output: str | None) -> None:
    """Show all that the graph says of one thing, by NAME or id.

    rehabgraph show Ingeus
    """
    from rehabgraph.queries.browse import report_show

    write(report_show(opened(ctx), name), form, output)
