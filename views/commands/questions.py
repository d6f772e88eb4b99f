"""The command query: saved questions and SPARQL of one's own."""

import sys

import click

from rehabgraph.views.commands.common import opened, output_options, write


@click.command(short_help="Ask a saved question, or run SPARQL of your own.")
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
