"""The commands that import a user's own data: parse, call one function, print."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from rehabgraph.views.commands.common import FORMATS, F

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rehabgraph.graph.imports.findings import ImportResult
    from rehabgraph.graph.imports.record import How
    from rehabgraph.graph.imports.workspace import Workspace


def import_options(command: F) -> F:
    """Give a command the options that every import has."""
    for option in (
        click.option("--format", "form", type=click.Choice(FORMATS), help="Form of the report."),
        click.option("-o", "--output", metavar="FILE", help="Write the report to FILE."),
        click.option("--time", "moment", metavar="TIME", help="Time of the import; now if not."),
        click.option("--drop", is_flag=True, help="Take the imports of these files out again."),
        click.option("--replace", is_flag=True, help="Replace imports of files of these names."),
        click.option("--dry-run", is_flag=True, help="Keep nothing; say what would be added."),
    ):
        command = option(command)
    return command


def _workspace(ctx: click.Context) -> "Workspace":
    from pathlib import Path

    from rehabgraph.graph.errors import BadParameter
    from rehabgraph.graph.imports.workspace import Workspace
    from rehabgraph.ontology import DATA

    if not ctx.obj.get("store"):
        raise BadParameter(
            "an import needs a store of your own; say rehabgraph --store DIR import …"
        )
    return Workspace(Path(ctx.obj["store"]), Path(ctx.obj.get("data") or DATA))


def _run(ctx: click.Context, files: tuple[str, ...], options: dict[str, Any], call: Any) -> None:  # noqa: ANN401
    """Do or undo an import and write its report."""
    from rehabgraph.graph.imports.record import How, drop_imports
    from rehabgraph.queries.import_report import report_import, report_import_list
    from rehabgraph.views.output import write_report

    if options["drop"] and (options["replace"] or options["dry_run"]):
        raise click.UsageError("--drop goes alone; leave out --replace and --dry-run")
    workspace = _workspace(ctx)
    form, output = options["form"], options["output"]
    if options["drop"]:
        dropped = drop_imports(workspace, files)
        click.echo(f"Dropped {', '.join(one.key for one in dropped)}.", err=True)
        write_report(report_import_list(workspace.imports), form, output)
        return
    how = How(options["replace"], options["dry_run"], read_moment(options["moment"]))
    result: ImportResult = call(workspace, how)
    write_report(report_import(result), form, output)


def read_moment(text: str | None) -> str:
    """Return the time of an import, in UTC; nothing where none is given.

    Raises:
        BadParameter: it is no time.
    """
    from datetime import UTC, datetime

    from rehabgraph.graph.errors import BadParameter

    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise BadParameter(f"--time {text}: write it as 2026-01-31T12:00:00Z") from e
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _named_files(names: tuple[str, ...]) -> "Iterator[list[tuple[Path, str]]]":
    """Give each file as a path and its name; standard input is put down on disk first."""
    import sys
    import tempfile
    from pathlib import Path
    from shutil import copyfileobj

    with tempfile.TemporaryDirectory(prefix="rehabgraph-") as folder:
        spooled = Path(folder) / "standard-input"
        if "-" in names:
            with spooled.open("wb") as out:
                copyfileobj(sys.stdin.buffer, out)
        yield [(spooled, "standard input") if n == "-" else (Path(n), Path(n).name) for n in names]


@click.command("ocds", short_help="Import Open Contracting data into the store.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@import_options
@click.pass_context
def ocds(ctx: click.Context, /, files: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401
    """Import Open Contracting data (1.0, 1.1; JSON or gzip) into the store of --store.

    Packages, records, lists, single releases and JSON Lines; - is standard input. Files
    given together are one import: the releases of a process are merged over all of them.

    rehabgraph --store mine import ocds releases.jsonl
    """
    from rehabgraph.graph.imports.ocds import import_ocds

    def call(workspace: "Workspace", how: "How") -> "ImportResult":
        with _named_files(files) as named:
            return import_ocds(workspace, named, how)

    _run(ctx, files, options, call)


@click.command("list")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Form of the list.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE.")
@click.pass_context
def list_(ctx: click.Context, form: str | None, output: str | None) -> None:
    """List the imports of the store of --store.

    rehabgraph --store mine import list
    """
    from rehabgraph.graph.errors import StoreError
    from rehabgraph.queries.import_report import report_import_list
    from rehabgraph.views.output import write_report

    workspace = _workspace(ctx)
    if not workspace.folder.is_dir():
        raise StoreError(f"{workspace.folder}: no store there; the first import makes it")
    write_report(report_import_list(workspace.imports), form, output)


@click.command("moj-contracts", short_help="Import the ministry's contract records.")
@click.argument("folder", metavar="DIR")
@import_options
@click.pass_context
def moj_contracts(ctx: click.Context, /, folder: str, **options: Any) -> None:  # noqa: ANN401
    """Import the ministry's contract records from a clone, and list what has changed.

    DIR is a clone of the public repository hmpps-interventions-service of the Ministry of
    Justice, or its folder of contracts. E-mail addresses are dropped.

    rehabgraph --store mine import moj-contracts hmpps-interventions-service
    """
    from pathlib import Path

    from rehabgraph.graph.imports.moj import import_contracts

    def call(workspace: "Workspace", how: "How") -> "ImportResult":
        return import_contracts(workspace, Path(folder), how)

    _run(ctx, (folder,), options, call)


@click.command("table", short_help="Import a table of awards, CSV or XLSX.")
@click.argument("file", metavar="FILE")
@click.option("--map", "mapping", metavar="MAP.toml", help="Which column is what.")
@click.option("--propose-map", is_flag=True, help="Print a draft of a mapping and leave.")
@click.option("--skip-rows", is_flag=True, help="Leave out rows that cannot be read; say which.")
@import_options
@click.pass_context
def table(
    ctx: click.Context,
    /,
    file: str,
    mapping: str | None,
    propose_map: bool,
    skip_rows: bool,
    **options: Any,  # noqa: ANN401
) -> None:
    """Import a table of awards, CSV or XLSX, by a mapping of its columns.

    rehabgraph --store mine import table awards.csv --map awards.toml
    """
    from pathlib import Path

    from rehabgraph.graph.errors import BadParameter
    from rehabgraph.graph.imports.table import draft_map, import_table
    from rehabgraph.graph.imports.table_map import read_map
    from rehabgraph.views.output import write_content

    if propose_map:
        write_content(draft_map(Path(file)), options["output"])
        if options["output"]:
            click.echo(f"Wrote {options['output']}; check every line of it.", err=True)
        return
    if mapping is None and not options["drop"]:
        raise BadParameter("a table needs --map MAP.toml; --propose-map drafts one")

    def call(workspace: "Workspace", how: "How") -> "ImportResult":
        columns = read_map(Path(str(mapping)))
        return import_table(workspace, Path(file), columns, how, skip_rows=skip_rows)

    _run(ctx, (file,), options, call)


COMMANDS: tuple[click.Command, ...] = (ocds, moj_contracts, table, list_)
