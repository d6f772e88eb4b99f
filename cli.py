"""The command line: parse, call one function, print."""

import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from rehabgraph import __version__
from rehabgraph.cli_import import COMMANDS as IMPORTS

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Report

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx")
WELCOME = """rehabgraph {version}: who delivers probation rehabilitation services, and how we know.

Four commands to try:
  rehabgraph report market-share              who holds how much
  rehabgraph why market-share Ingeus          the lines behind one figure
  rehabgraph query who-serves-area -p area=Kent
  rehabgraph view matrix -o matrix.html       a picture to send

rehabgraph --help lists the rest; rehabgraph status says what is loaded.
"""


class Commands(click.Group):
    """The command group: users' mistakes become one line, bugs keep their traceback."""

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


def opened(ctx: click.Context) -> "Graph":
    """Return the graph that the command line names."""
    import rehabgraph

    return rehabgraph.open(ctx.obj.get("store"), ctx.obj.get("data"))


def write(report: "Report", form: str | None, output: str | None) -> None:
    """Write a report where and how the options say."""
    from rehabgraph.views.output import write_report

    write_report(report, form, output)
    if output and output != "-":
        click.echo(f"Wrote {output}", err=True)


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(__version__, prog_name="rehabgraph")
@click.option("--store", metavar="DIR", envvar="REHABGRAPH_STORE", help="Store to ask instead.")
@click.option(
    "--data", metavar="DIR", envvar="REHABGRAPH_DATA", help="Tables to build from instead."
)
@click.pass_context
def main(ctx: click.Context, store: str | None, data: str | None) -> None:
    """Ask who delivers probation rehabilitation services in England and Wales.

    Every figure opens down to the line of its source: see the command why.
    """
    ctx.obj = {"store": store, "data": data}
    if ctx.invoked_subcommand is None:
        click.echo(WELCOME.format(version=__version__), nl=False)


@main.command()
@output_options
@click.pass_context
def status(ctx: click.Context, form: str | None, output: str | None) -> None:
    """Say what is loaded: counts, sources, dates, known gaps.

    rehabgraph status
    """
    from rehabgraph.queries.browse import report_status

    write(report_status(opened(ctx)), form, output)


@main.command("list", short_help="List what there is: providers, regions, lots, and more.")
@click.argument("kind", required=False, default="")
@output_options
@click.pass_context
def list_(ctx: click.Context, kind: str, form: str | None, output: str | None) -> None:
    """List things of a KIND: providers, regions, areas, lots, contracts, policies, sources, more.

    rehabgraph list regions
    """
    from rehabgraph.queries.browse import report_list

    write(report_list(opened(ctx), kind), form, output)


@main.command()
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@output_options
@click.pass_context
def find(ctx: click.Context, text: str, limit: int, form: str | None, output: str | None) -> None:
    """Find things by name or alias, best match first.

    rehabgraph find "st giles"
    """
    from rehabgraph.queries.browse import report_find

    write(report_find(opened(ctx), text, limit), form, output)


@main.command(short_help="Show all that is said of one thing, by name or id.")
@click.argument("name")
@output_options
@click.pass_context
def show(ctx: click.Context, name: str, form: str | None, output: str | None) -> None:
    """Show all that the graph says of one thing, by NAME or id.

    rehabgraph show Ingeus
    """
    from rehabgraph.queries.browse import report_show

    write(report_show(opened(ctx), name), form, output)


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


@main.command(cls=ReportCommand, short_help="Print a report by name; --list shows all.")
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


@main.command(cls=ReportCommand, short_help="Open one row of a report: the lines behind it.")
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

    rehabgraph why market-share Ingeus
    """
    write(opened(ctx).why(name, row, **options), form, output)


@main.command(short_help="Ask a saved question, or run SPARQL of your own.")
@click.argument("name", required=False)
@click.option("-p", "--param", multiple=True, metavar="KEY=VALUE", help="A parameter; may repeat.")
@click.option("--list", "list_them", is_flag=True, help="List the saved questions and leave.")
@click.option("--show", "show_it", is_flag=True, help="Print the question's SPARQL and leave.")
@output_options
@click.pass_context
def query(
    ctx: click.Context,
    name: str | None,
    param: tuple[str, ...],
    list_them: bool,
    show_it: bool,
    form: str | None,
    output: str | None,
) -> None:
    """Ask a saved question by NAME, or run a .rq file or standard input (-), read-only.

    rehabgraph query providers-of-lot-in-region -p region="yorkshire & the humber"
    """
    from rehabgraph.queries.catalogue import read_question

    if list_them or name is None:
        _list_questions()
        return
    if name == "-" or name.endswith((".rq", ".sparql")):
        if param:
            raise click.UsageError("parameters belong to saved questions; write the terms in")
        write(opened(ctx).sparql(_read_query(name)), form, output)
        return
    if show_it:
        click.echo(read_question(name).sparql, nl=False)
        return
    write(opened(ctx).query(name, **_parse_params(param)), form, output)


def _list_questions() -> None:
    """Print each saved question with its parameters: first the questions, then the checks."""
    from rehabgraph.queries.catalogue import question_files, read_question

    known = sorted(
        map(read_question, question_files()), key=lambda q: (q.theme == "checks", q.name)
    )
    width = max(len(q.name) for q in known) + 2
    checks = next((q.name for q in known if q.theme == "checks"), "")
    for q in known:
        if q.name == checks:
            click.echo("\nChecks; a sound record answers each of them with no row:")
        wanted = ", ".join(p.name if p.required else f"[{p.name}]" for p in q.params)
        click.echo(f"{q.name:{width}}{q.question}{f'  -p {wanted}' if wanted else ''}")


def _read_query(name: str) -> str:
    from pathlib import Path

    from rehabgraph.graph.errors import BadQuery
    from rehabgraph.graph.guard import MAX_BYTES

    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8")
    except OSError as e:
        raise BadQuery(f"{name}: cannot be read ({e.strerror})") from e
    except UnicodeDecodeError as e:
        raise BadQuery(f"{name}: not UTF-8 text; save it as UTF-8") from e


def _parse_params(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"-p {pair}: write it as KEY=VALUE")
        found.setdefault(key, []).append(value)
    return found


@main.command()
@click.argument(
    "picture",
    metavar="KIND",
    type=click.Choice(["matrix", "network", "map", "timeline", "lineage", "all"]),
)
@filter_options
@click.option(
    "--of",
    type=click.Choice(["delivery", "subcontractors", "partnerships", "policies", "all"]),
    help="Which network; delivery unless named.",
)
@click.option("--focus", metavar="NAME", help="Only this thing of a network and what it touches.")
@click.option("--steps", type=click.IntRange(1, 2), help="How far from --focus; 1 unless named.")
@click.option(
    "--by",
    type=click.Choice(["lot", "holders", "concentration"]),
    help="What the squares of the map show.",
)
@click.option("--within", metavar="TIME", help="Shade what ends so soon after --as-of, as 12m.")
@click.option("--svg", "form", flag_value="svg", help="A drawing: matrix, map or timeline.")
@click.option("--png", "form", flag_value="png", help="The same as PNG, if Chromium is there.")
@click.option("-o", "--output", metavar="FILE", help="Where to; its ending names the form too.")
@click.pass_context
def view(
    ctx: click.Context,
    /,
    picture: str,
    output: str | None,
    form: str | None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Write a picture as one HTML file: matrix, network, map, timeline or lineage; or all.

    For all, FILE is a folder; an index page leads to each picture.

    rehabgraph view network --of subcontractors --focus Ingeus -o ingeus.html
    """
    from pathlib import Path

    from rehabgraph.views.output import write_content
    from rehabgraph.views.picture_set import choose_form, draw_view, name_file, write_set
    from rehabgraph.views.pictures import Wishes

    own = {name: options.pop(name) for name in ("of", "focus", "steps", "by", "within")}
    if picture == "all":
        if form or any(own.values()):
            raise click.UsageError("view all takes filters and -o DIR, nothing else")
        if output == "-":
            raise click.UsageError("view all writes a folder; name it with -o DIR")
        graph, folder = opened(ctx), output or "pictures"
        files = write_set(graph, graph.filters(**options), Path(folder))
        click.echo(f"Wrote {len(files)} pages; open {folder}/index.html", err=True)
        return
    wishes = Wishes(**{name: value for name, value in own.items() if value})
    form = choose_form(form or "", output)
    graph = opened(ctx)
    target = output or name_file(picture, wishes, form)
    content = draw_view(graph, picture, graph.filters(**options), wishes, form)
    write_content(content, target)
    if target != "-":
        click.echo(f"Wrote {target}", err=True)


@main.command()
@click.option("--shapes/--no-shapes", default=True, help="Hold the dataset against the shapes too.")
@click.pass_context
def validate(ctx: click.Context, shapes: bool) -> None:
    """Check the tables, then the dataset against the SHACL shapes.

    rehabgraph validate
    """
    from pathlib import Path

    from rehabgraph.graph.build import build_quads
    from rehabgraph.graph.errors import InvalidData
    from rehabgraph.ontology import DATA

    lines = build_quads(Path(ctx.obj["data"] or DATA))
    click.echo(f"Tables: no problem found; they make {len(lines):,} statements.")
    if shapes:
        from rehabgraph.graph.rdflib_door import read_rdflib
        from rehabgraph.graph.validate import validate_dataset

        found = validate_dataset(read_rdflib(lines))
        if found:
            raise InvalidData([f"{v.thing}: {v.message}" for v in found])
        click.echo("Shapes: the dataset conforms.")


@main.command(short_help="Build the dataset from the tables; say where it is.")
@click.option("-o", "--output", metavar="FILE", help="Also write the dataset as sorted N-Quads.")
@click.pass_context
def build(ctx: click.Context, output: str | None) -> None:
    """Build the dataset from the tables, unless it is there already, and say where it is.

    rehabgraph build -o dataset.nq
    """
    from pathlib import Path

    from rehabgraph.graph.build import NQUADS, open_built
    from rehabgraph.ontology import DATA
    from rehabgraph.views.output import write_content

    folder = open_built(Path(ctx.obj["data"] or DATA))
    if output:
        write_content((folder / NQUADS).read_bytes(), output)
    click.echo(f"Dataset: {output or folder / NQUADS}", err=output == "-")


@main.command(short_help="Serve pages and a SPARQL endpoint on this machine.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Listen beyond this machine.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further Host header is ours.")
@click.option("--cors", is_flag=True, help="Let pages of other sites ask.")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1, 3600))
@click.option(
    "--memory", default=512, show_default=True, type=click.IntRange(64, 65536), help="MB."
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--log-queries", is_flag=True, help="Write the text of queries into the log.")
@click.option("--get", "path", metavar="PATH", help="Print one page and leave; nothing is served.")
@click.pass_context
def serve(
    ctx: click.Context,
    /,
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    path: str | None,
    **more: Any,  # noqa: ANN401
) -> None:
    """Serve the graph on this machine: pages, a SPARQL endpoint, an address for every thing.

    rehabgraph serve --port 8000
    """
    if path is not None:
        ctx.invoke(site_get, path=path)
        return
    from rehabgraph.views.server.app import serve as run
    from rehabgraph.views.server.options import Options

    options = Options(
        hosts=allow_host,
        cors=more["cors"],
        seconds=more["timeout"],
        megabytes=more["memory"],
        workers=more["workers"],
        log_queries=more["log_queries"],
    )
    if host not in ("127.0.0.1", "localhost", "::1"):
        warning = f"Warning: {host} can be reached from other machines; anyone there may ask"
        click.echo(f"{warning}, by the names that --allow-host gives.", err=True)
    run(opened(ctx), host, port, options=options)


@main.group()
def site() -> None:
    """Write the pages as plain files, check them, or print one."""


@site.command("build")
@click.argument("folder", metavar="DIR")
@click.pass_context
def site_build(ctx: click.Context, folder: str) -> None:
    """Write the whole site into the folder DIR, for any web host or a memory stick.

    rehabgraph site build public
    """
    from pathlib import Path

    from rehabgraph.views.site.build import build_site

    files, size = build_site(opened(ctx), Path(folder))
    click.echo(f"Wrote {files:,} files, {size:,} bytes; open {folder}/index.html", err=True)


@site.command("check")
@click.argument("folder", metavar="DIR")
def site_check(folder: str) -> None:
    """Check the site in DIR: links, twins, sizes, validity; one line for each problem.

    rehabgraph site check public
    """
    from pathlib import Path

    from rehabgraph.views.site.check import check_site

    problems = check_site(Path(folder))
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems):,} problems" if problems else "No problem found.", err=True)
    sys.exit(1 if problems else 0)


@site.command("get")
@click.argument("path")
@click.pass_context
def site_get(ctx: click.Context, path: str) -> None:
    """Print one page without a server: HTML, or by its ending JSON or CSV.

    rehabgraph site get /report/market-share.csv
    """
    from rehabgraph.views.output import write_content
    from rehabgraph.views.site.respond import get_page

    page = get_page(opened(ctx), path)
    if moved := page.headers.get("Location"):
        click.echo(f"It is at {moved}", err=True)
    write_content(page.body)
    sys.exit(1 if page.status >= 400 else 0)


fail_on_gap = click.option(
    "--fail-on",
    type=click.Choice(["gap"]),
    help="Exit with 3 when something is missing that this command looks for.",
)


@main.group()
def evidence() -> None:
    """Hold the record against the texts that it cites."""


@evidence.command("check")
@click.option("--sources", metavar="DIR", help="Folder of the texts, each named ID.txt.")
@fail_on_gap
@output_options
@click.pass_context
def evidence_check(
    ctx: click.Context,
    sources: str | None,
    fail_on: str | None,
    form: str | None,
    output: str | None,
) -> None:
    """Check that every citation stands on its line, word for word.

    A gap is a text on record that DIR lacks, or a fact of an award list that nobody entered.

    rehabgraph evidence check --sources texts
    """
    from pathlib import Path

    from rehabgraph.graph.errors import BadParameter, InvalidData
    from rehabgraph.ontology import DATA
    from rehabgraph.queries.evidence_report import report_evidence

    if ctx.obj["store"]:
        raise BadParameter("evidence check reads tables, which a store has not; use --data DIR")
    found = report_evidence(Path(ctx.obj["data"] or DATA), Path(sources) if sources else None)
    write(found.report, form, output)
    if found.problem:
        raise InvalidData([found.problem])
    ctx.exit(3 if fail_on and found.gap else 0)


@main.group("import")
def import_() -> None:
    """Read documents into proposals, and data of your own into a store of your own."""


for _command in IMPORTS:
    import_.add_command(_command)


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


@main.command(short_help="Write the whole graph in a format of other tools.")
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


@main.command(hidden=True)
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


if __name__ == "__main__":
    main()
