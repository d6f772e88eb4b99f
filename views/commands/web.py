"""Commands for the explorer: serve, site."""

import sys
from typing import Any

import click

from rehabgraph.views.commands.common import opened


@click.command(short_help="Serve pages and a SPARQL endpoint on this machine.")
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


@click.group()
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
    from rehabgraph.graph.errors import UnknownName
    from rehabgraph.views.output import write_content
    from rehabgraph.views.site.respond import get_page

    page = get_page(opened(ctx), path)
    if page.refused:
        raise UnknownName(page.refused)
    if moved := page.headers.get("Location"):
        click.echo(f"It is at {moved}", err=True)
    write_content(page.body)
