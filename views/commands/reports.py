"""Commands for reports: report, and why, which opens one row."""

from typing import Any

import click

from rehabgraph.views.commands.common import filter_options, opened, output_options, write


class ReportCommand(click.Command):
    """A command with the options of every report, read from the register when first needed."""

    _extra: list[click.Parameter] | None = None

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's own parameters and those of the reports."""
        if self._extra is None:
            from rehabgraph.queries.reports import all_options

            kinds: dict[str, dict[str, Any]] = {
                "text": {"metavar": "TEXT"},
                "number": {"type": int},
                "flag": {"is_flag": True},
                "list": {"multiple": True, "metavar": "NAME"},
            }
            self._extra = [
                click.Option(
                    [f"--{name.replace('_', '-')}", f"{name}"], help=o.text, **kinds[o.type]
                )
                for name, o in all_options().items()
            ]
        own = super().get_params(ctx)
        return [*own[:-1], *self._extra, own[-1]]  # --help stays last

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words, so that the help can speak of the report that they name."""
        ctx.meta["words"] = list(args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options: those of the report that is named, else of all."""
        from rehabgraph.queries.reports import FILTERS, REPORTS, all_options

        name = next((word for word in ctx.meta.get("words", ()) if word in REPORTS), None)
        if name is None:
            super().format_options(ctx, formatter)
            return
        entry = REPORTS[name]
        others = (set(all_options()) | set(FILTERS)) - set(entry.options) - {"without_judgement"}
        others -= set(FILTERS) if entry.filtered else set()
        lines = []
        for param in self.get_params(ctx):
            if param.name in others or not isinstance(param, click.Option):
                continue
            line = param.get_help_record(ctx)
            own = entry.options.get(param.name or "")
            if line:
                lines.append((line[0], own.text if own else line[1]))
        with formatter.section(f"Options of {name}, {entry.summary}"):
            formatter.write_dl(lines)


@click.command(cls=ReportCommand, short_help="Print a report by name; --list shows all.")
@click.argument("name", required=False)
@click.argument("subject", required=False)
@click.option("--list", "list_them", is_flag=True, help="List the reports and leave.")
@filter_options
@output_options
@click.pass_context
def report(
    ctx: click.Context,
    /,
    name: str | None,
    list_them: bool,
    form: str | None,
    output: str | None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Print a report by NAME, about its SUBJECT where it has one; --list shows all.

    rehabgraph report market-share --by lot --region "North West"

    rehabgraph report profile Ingeus
    """
    from rehabgraph.queries.reports import REPORTS

    if list_them or name is None:
        for known, entry in REPORTS.items():
            click.echo(f"{known:16}{entry.summary}")
        return
    subject = options.pop("subject")
    if subject is not None and name in REPORTS:
        if not (main_option := REPORTS[name].subject):
            raise click.UsageError(
                f"{name} takes no {subject!r} by itself; see report {name} --help"
            )
        options[main_option] = subject
    write(opened(ctx).report(name, **options), form, output)


@click.command(cls=ReportCommand, short_help="Open one row of a report: the lines behind it.")
@click.argument("name")
@click.argument("row")
@filter_options
@output_options
@click.pass_context
def why(
    ctx: click.Context,
    /,
    name: str,
    row: str,
    form: str | None,
    output: str | None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Open one ROW of the report NAME: the lines, sources and judgements behind it.

    ROW is what stands first in the row, or its number from 1. Say the report's options again.

    rehabgraph why market-share Ingeus
    """
    write(opened(ctx).why(name, row, **options), form, output)
