"""The commands that run on a cluster: parse, open Spark, call one function, print."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from rehabgraph.views.commands.common import FORMATS, F, filter_options, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehabgraph.queries.market import Filters, Market


def cluster_options(command: F) -> F:
    """Give a command the options that every job has."""
    for option in (
        click.option("--replace", is_flag=True, help="Replace an output of an earlier job."),
        click.option(
            "--conf", multiple=True, metavar="KEY=VALUE", help="A setting of Spark; repeatable."
        ),
        click.option(
            "--master",
            metavar="URL",
            default="local[*]",
            show_default=True,
            help="Where to run: local[4], spark://HOST:7077, yarn, k8s://HOST.",
        ),
    ):
        command = option(command)
    return command


@click.group("cluster", short_help="Import and report on a Spark cluster, for data past a machine.")
@click.pass_context
def cluster(ctx: click.Context) -> None:
    """Import and report on a Spark cluster, for data that one machine cannot hold.

    Needs pip install 'rehabgraph[spark]' and Java 17. See docs/scale.md for when it pays.
    """
    from rehabgraph.graph.errors import BadParameter

    for name in ("store", "endpoint"):
        if ctx.obj.get(name):
            raise BadParameter(
                f"cluster reads --input and no store: leave --{name} out, or unset "
                f"REHABGRAPH_{name.upper()}"
            )


@cluster.command("import")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    required=True,
    metavar="PATH",
    help="JSON Lines, plain or .gz: a file, folder or pattern; repeatable.",
)
@click.option("--output", required=True, metavar="PATH", help="Folder to make.")
@click.option("--time", "moment", metavar="TIME", help="Time of the import; now if not.")
@cluster_options
@click.option("--format", "form", type=click.Choice(FORMATS), help="Form of the report.")
@click.pass_context
def import_(
    ctx: click.Context,
    inputs: tuple[str, ...],
    output: str,
    moment: str | None,
    master: str,
    conf: tuple[str, ...],
    form: str | None,
    *,
    replace: bool,
) -> None:
    """Turn Open Contracting JSON Lines into facts and N-Quads, process by process.

    rehabgraph cluster import --input releases.jsonl.gz --output imported
    """
    from pathlib import Path

    from rehabgraph.graph.cluster.ocds import import_lines
    from rehabgraph.graph.imports.record import How
    from rehabgraph.ontology import DATA
    from rehabgraph.queries.import_report import report_import
    from rehabgraph.views.commands.importers import read_moment

    how = How(replace=replace, time=read_moment(moment))
    data = Path(ctx.obj.get("data") or DATA)
    with _spark(master, conf) as spark:
        found = import_lines(spark, inputs, output, how, data, say=_say)
    click.echo(f"Wrote {output}", err=True)
    write(report_import(found), form, None)


@cluster.command("report")
@click.argument("name", required=False)
@click.option(
    "--input", "place", required=True, metavar="PATH", help="Folder of facts, as Parquet."
)
@click.option(
    "--output", "folder", metavar="PATH", help="Folder to make; else one report is printed."
)
@click.option("--by", metavar="SIDE", help="What shares or slices are by, such as lot.")
@click.option("--of", metavar="HOLDER", default="provider", help="Concentration of whom.")
@filter_options
@cluster_options
@click.option("--format", "form", type=click.Choice(FORMATS), help="Form of a printed report.")
@click.pass_context
def report(
    ctx: click.Context,
    /,
    name: str | None,
    place: str,
    folder: str | None,
    by: str | None,
    of: str,
    master: str,
    conf: tuple[str, ...],
    form: str | None,
    *,
    replace: bool,
    **filters: Any,  # noqa: ANN401
) -> None:
    """Compute a report from facts: market-share, imported, concentration or co-delivery.

    Without NAME all that these facts can answer are written into --output. Filters take ids.

    rehabgraph cluster report market-share --input world/facts --output shares
    """
    from rehabgraph.graph.cluster.files import whole_folder
    from rehabgraph.graph.cluster.session import one_line_errors
    from rehabgraph.graph.errors import BadParameter
    from rehabgraph.queries.cluster.facts import open_cluster_facts
    from rehabgraph.queries.cluster.reports import (
        EMPTY,
        Asked,
        answer_report,
        check_rows,
        list_reports,
        write_answers,
    )

    if name is None and folder is None:
        raise BadParameter("name a report to print, or a folder to write all into: --output DIR")
    narrowed = _filters(filters)
    with _spark(master, conf) as spark, one_line_errors():
        facts = open_cluster_facts(spark, place)
        asked = Asked(narrowed, by or "", of, _labels(ctx) if facts.has_market else EMPTY)
        names = (name,) if name else list_reports(facts)
        if folder is None:
            write(check_rows(answer_report(spark, facts, names[0], asked)), form, None)
            return
        with whole_folder(spark, folder, replace=replace) as work:
            answers = []
            for one in names:
                _say(f"Computing {one}")
                answers.append(answer_report(spark, facts, one, asked))
            write_answers(spark, work, answers)
    click.echo(f"Wrote {folder}", err=True)


@contextmanager
def _spark(master: str, conf: tuple[str, ...]) -> "Iterator[Any]":
    from rehabgraph.graph.cluster.session import open_spark
    from rehabgraph.graph.errors import BadParameter

    settings = {}
    for text in conf:
        key, sign, value = text.partition("=")
        if not sign or not key.startswith("spark."):
            raise BadParameter(f"--conf {text}: write spark.executor.memory=4g")
        settings[key] = value
    _say(f"Starting Spark on {master}")
    with open_spark(master, settings) as spark:
        yield spark


def _say(words: str) -> None:
    """Tell of a step, where somebody looks on."""
    import sys

    if sys.stderr.isatty():
        click.echo(words, err=True)


def _filters(given: dict[str, Any]) -> "Filters":
    from datetime import date

    from rehabgraph.graph.errors import BadParameter
    from rehabgraph.queries.market import Filters

    try:
        day = date.fromisoformat(given["as_of"]) if given["as_of"] else None
    except ValueError as e:
        raise BadParameter(f"--as-of {given['as_of']}: write it as 2026-01-31") from e
    rounds = given["round"] or Filters().rounds
    return Filters(
        rounds=() if "all" in rounds else rounds,
        lots=given["lot"],
        regions=given["region"],
        areas=given["area"],
        providers=given["provider"],
        kinds=given["kind"],
        as_of=day,
    )


def _labels(ctx: click.Context) -> "Market":
    """Return the labels of lots, places, kinds and rounds, as the record has them."""
    from pathlib import Path

    from rehabgraph.graph.build import STORE, open_built
    from rehabgraph.graph.store import open_directory
    from rehabgraph.ontology import DATA
    from rehabgraph.queries.facts import read_frame

    data = Path(ctx.obj.get("data") or DATA)
    return read_frame(open_directory(open_built(data) / STORE))
