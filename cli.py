"""The command line: one name a command; the commands stand in `views/commands/`."""

import io
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

from rehabgraph import __version__

WELCOME = """rehabgraph {version}: who delivers probation rehabilitation services, and how we know.

Four commands to try:
  rehabgraph report market-share              who holds how much
  rehabgraph why market-share Ingeus          the lines behind one figure
  rehabgraph query who-serves-area -p area=Kent
  rehabgraph view matrix -o matrix.html       a picture to send

rehabgraph --help lists the rest; rehabgraph status says what is loaded.
"""

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "status": ("explore", "status", "Say what is loaded: counts, sources, dates, known gaps."),
    "list": ("explore", "list_", "List what there is: providers, regions, lots, and more."),
    "find": ("explore", "find", "Find things by name or alias, or by a sum of money."),
    "show": ("explore", "show", "Show all that is said of one thing, by name or id."),
    "report": ("reports", "report", "Print a report by name; --list shows all."),
    "why": ("reports", "why", "Open one row of a report: the lines behind it."),
    "query": ("questions", "query", "Ask a saved question, or run SPARQL of your own."),
    "view": (
        "pictures",
        "view",
        "Write a picture as one HTML file: matrix, network, map and more.",
    ),
    "serve": ("web", "serve", "Serve pages and a SPARQL endpoint on this machine."),
    "site": ("web", "site", "Write the pages as plain files, check them, or print one."),
    "evidence": ("evidence", "evidence", "Hold the record against the texts that it cites."),
    "import": (
        "imports",
        "import_",
        "Read award lists into proposals, and open data into a store.",
    ),
    "match": ("match", "match", "Propose organisations that may be one."),
    "cluster": (
        "cluster",
        "cluster",
        "Import and report on a Spark cluster, for data past a machine.",
    ),
    "export": ("data", "export", "Write the whole graph in a format of other tools."),
    "validate": (
        "data",
        "validate",
        "Check the tables, then the dataset against the SHACL shapes.",
    ),
    "load": ("endpoint", "load", "Put a dataset into the SPARQL server of --endpoint."),
    "build": ("data", "build", "Build the dataset from the tables; say where it is."),
    "docs": ("data", "docs", ""),
}
"""Name of each command → its module in `views/commands/`, its name there, and its line of help."""
ON_TABLES = frozenset({"evidence", "validate", "build"})
"""Commands that work on tables, and ask no graph."""


class Commands(click.Group):
    """The command group: each command is loaded when it is needed.

    Users' mistakes become one line, bugs keep their traceback.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by name, loading its module."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        found: click.Command = getattr(
            import_module(f"rehabgraph.views.commands.{module}"), attribute
        )
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (*_, text) in COMMANDS.items() if text])

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401
        """Run, and turn our own errors into one line on stderr and exit code 1."""
        from rehabgraph.graph.errors import InvalidData, RehabError

        for stream in (sys.stdout, sys.stderr):  # UTF-8 whatever the locale says
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        try:
            super().main(*args, **kwargs)
        except InvalidData as e:
            for problem in e.problems[:20]:
                click.echo(f"Error: {problem}", err=True)
            if len(e.problems) > 20:
                click.echo(f"Error: and {len(e.problems) - 20} more", err=True)
            sys.exit(1)
        except RehabError as e:
            click.echo(f"Error: {e}", err=True)
            sys.exit(1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        raise AssertionError  # click's main always exits


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(__version__, prog_name="rehabgraph")
@click.option("--store", metavar="DIR", envvar="REHABGRAPH_STORE", help="Store to ask instead.")
@click.option(
    "--data", metavar="DIR", envvar="REHABGRAPH_DATA", help="Tables to build from instead."
)
@click.option(
    "--endpoint", metavar="URL", envvar="REHABGRAPH_ENDPOINT", help="SPARQL server to ask instead."
)
@click.pass_context
def main(ctx: click.Context, store: str | None, data: str | None, endpoint: str | None) -> None:
    """Ask who delivers probation rehabilitation services in England and Wales.

    Every figure opens down to the line of its source: see the command why.
    """
    ctx.obj = {"store": store, "data": data, "endpoint": endpoint}
    if endpoint:
        _check_endpoint_alone(ctx)
    if ctx.invoked_subcommand is None:
        click.echo(WELCOME.format(version=__version__), nl=False)


def _check_endpoint_alone(ctx: click.Context) -> None:
    """Refuse a second place to ask, and commands that ask none.

    What the command line says goes before what the environment says.
    """
    from click.core import ParameterSource

    from rehabgraph.graph.errors import BadParameter

    said = {
        name: ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        for name in ("endpoint", "store", "data")
        if ctx.params[name]
    }
    kept = {name for name, on_line in said.items() if on_line} or set(said)
    if "endpoint" in kept and len(kept) > 1:
        others = " and ".join(f"--{name}" for name in sorted(kept - {"endpoint"}))
        raise BadParameter(f"--endpoint and {others} name different graphs; give one of them")
    for name in said.keys() - kept:
        ctx.obj[name] = None
    if ctx.obj["endpoint"] and ctx.invoked_subcommand in ON_TABLES:
        raise BadParameter(
            f"{ctx.invoked_subcommand} works on tables, which a server has not; leave out "
            "--endpoint, or unset REHABGRAPH_ENDPOINT"
        )


if __name__ == "__main__":
    main()
