"""The command view: pictures as files."""

from typing import Any

import click

from rehabgraph.views.commands.common import filter_options, opened


@click.command(short_help="Write a picture as one HTML file: matrix, network, map and more.")
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
