"""Commands that bring in data of one's own."""

import click

from rehabgraph.views.commands.common import FORMATS, fail_on_gap, opened, write
from rehabgraph.views.commands.importers import COMMANDS


@click.group("import", short_help="Read award lists into proposals, and open data into a store.")
def import_() -> None:
    """Read documents into proposals, and data of your own into a store of your own."""


@import_.command("award-list")
@click.argument("file")
@click.option("-o", "--output", "folder", metavar="DIR", help="Also write proposed tables there.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Form of the report.")
@fail_on_gap
@click.pass_context
def award_list(
    ctx: click.Context, file: str, folder: str | None, form: str | None, fail_on: str | None
) -> None:
    """Read an announcement of awards into proposed lines and contracts; nothing is taken over.

    A gap is a line that was not understood, a name to confirm, or no list at all.

    rehabgraph import award-list announcement.txt -o proposals
    """
    from pathlib import Path

    from rehabgraph.graph.award_tables import build_award_tables, write_award_tables
    from rehabgraph.queries.award_report import report_award_list

    found = report_award_list(opened(ctx), Path(file))
    if not found.found.lines:
        click.echo(found.report.notes[0], err=True)
    elif folder:
        write_award_tables(build_award_tables(found.found, Path(file).stem), Path(folder))
        click.echo(f"Wrote proposed tables into {folder}; finish them before use.", err=True)
    write(found.report, form, None)
    ctx.exit(3 if fail_on and found.gap else 0)


for _command in COMMANDS:
    import_.add_command(_command)
