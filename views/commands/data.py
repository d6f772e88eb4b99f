"""Commands about the dataset: validate, build, export, docs."""

import sys
from typing import Any

import click

from rehabgraph.views.commands.common import opened


@click.command()
@click.option("--shapes/--no-shapes", default=True, help="Hold the dataset against the shapes too.")
@click.option(
    "--engine",
    type=click.Choice(["sparql", "pyshacl"]),
    default="sparql",
    show_default=True,
    help="The shapes as SPARQL, or pySHACL, slower: the library that it is held against.",
)
@click.pass_context
def validate(ctx: click.Context, shapes: bool, engine: str) -> None:
    """Check the tables, then the dataset against the SHACL shapes.

    rehabgraph validate
    """
    from pathlib import Path

    from rehabgraph.graph.build import STORE, build_quads, is_large, open_built
    from rehabgraph.graph.errors import InvalidData
    from rehabgraph.graph.store import open_directory, open_memory
    from rehabgraph.ontology import DATA

    _refuse_store(ctx)
    data = Path(ctx.obj["data"] or DATA)
    if is_large(data):
        store = open_directory(open_built(data) / STORE)
    else:  # built anew each time: what is checked are the tables, not what is remembered
        store = open_memory(build_quads(data))
    click.echo(f"Tables: no problem found; they make {store.size():,} statements.")
    if shapes:
        if engine == "pyshacl":
            from rehabgraph.graph.rdflib_door import read_rdflib
            from rehabgraph.graph.validate import validate_dataset

            found = validate_dataset(read_rdflib(store.quads()))
        else:
            from rehabgraph.graph.shapes.check import check_store

            found = check_store(store.raw)
        if found:
            raise InvalidData([f"{v.thing}: {v.message}" for v in found])
        click.echo("Shapes: the dataset conforms.")


def _refuse_store(ctx: click.Context) -> None:
    """Refuse a store where only tables are looked at, so that no answer is of something else."""
    from rehabgraph.graph.errors import BadParameter

    if ctx.obj.get("store"):
        words = "works on tables, and --store is a store; name tables with --data DIR"
        raise BadParameter(f"{ctx.info_name} {words}, or leave out --store")


@click.command(short_help="Build the dataset from the tables; say where it is.")
@click.option("-o", "--output", metavar="FILE", help="Also write the dataset as sorted N-Quads.")
@click.option("--facts", is_flag=True, help="Write the Parquet facts that large reports read.")
@click.pass_context
def build(ctx: click.Context, output: str | None, facts: bool) -> None:
    """Build the dataset from the tables, unless it is there already, and say where it is.

    A large dataset has Parquet facts beside it; --facts writes them for any, and for the store
    of --store.

    rehabgraph build -o dataset.nq
    """
    from pathlib import Path

    from rehabgraph.graph.build import NQUADS, open_built
    from rehabgraph.graph.large.facts import write_store_facts
    from rehabgraph.ontology import DATA
    from rehabgraph.views.output import write_content

    if facts:
        written = write_store_facts(opened(ctx).store)
        for what, why in written.refused.items():
            click.echo(f"No facts of the {what}: {why}", err=True)
        click.echo(f"Facts: {written.folder}", err=True)
        if ctx.obj.get("store"):
            return
    _refuse_store(ctx)
    folder = open_built(Path(ctx.obj["data"] or DATA))
    if output:
        write_content((folder / NQUADS).read_bytes(), output)
    click.echo(f"Dataset: {output or folder / NQUADS}", err=output == "-")


@click.command(short_help="Write the whole graph in a format of other tools.")
@click.option("--to", "form", metavar="FORMAT", help="Format; else by FILE's ending; see --list.")
@click.option(
    "-o", "--output", metavar="FILE", help="File or folder to write; - is standard output."
)
@click.option("--round", "rounds", multiple=True, metavar="NAME", help="Only this round; or all.")
@click.option("--network", metavar="KIND", help="For graphml and gexf: provider-area, or another.")
@click.option("--report", "reports", multiple=True, metavar="NAME", help="For xlsx; may repeat.")
@click.option("--list", "list_them", is_flag=True, help="List the formats and leave.")
@click.pass_context
def export(
    ctx: click.Context,
    /,
    form: str | None,
    output: str | None,
    list_them: bool,
    **options: Any,  # noqa: ANN401
) -> None:
    """Write the whole graph in a format that other tools read; --list shows all.

    rehabgraph export --to graphml -o network.graphml
    """
    from pathlib import Path

    from rehabgraph.graph.errors import OutputError
    from rehabgraph.ontology import DATA
    from rehabgraph.views import exports

    if list_them:
        for name, known in exports.FORMATS.items():
            click.echo(f"{name:10}{known.ending:10}{known.summary}")
        return
    form = exports.choose_export(form, output)
    if output in (None, "-") and not exports.FORMATS[form].text and sys.stdout.isatty():
        raise OutputError(f"{form} is no text for a terminal; name a file with -o")
    folder = Path(ctx.obj["data"] or DATA)
    for note in exports.export(opened(ctx), form, output, folder=folder, **options):
        click.echo(f"Export: {note}", err=True)


@click.command(hidden=True)
@click.option("--out", metavar="DIR", default="docs", show_default=True, help="Folder of pages.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a page is stale.")
@click.pass_context
def docs(ctx: click.Context, out: str, check: bool) -> None:
    """Write the pages of the documentation that are made from the record.

    rehabgraph docs --check
    """
    from pathlib import Path

    from rehabgraph.graph.errors import InvalidData
    from rehabgraph.views.docs_pages import render_pages, stale_pages
    from rehabgraph.views.output import write_content

    pages = render_pages(opened(ctx))
    if check:
        if stale := stale_pages(pages, Path(out)):
            raise InvalidData([f"{page}: stale; run rehabgraph docs" for page in stale])
        return
    for name, text in pages.items():
        write_content(text, str(Path(out) / name))
