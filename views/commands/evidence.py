"""Commands about evidence: check citations against the texts."""

import click

from rehabgraph.views.commands.common import fail_on_gap, output_options, write


@click.group()
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
