"""Commands about identity: match, which proposes, and match review, which records decisions."""

import sys
from typing import TYPE_CHECKING

import click

from rehabgraph.views.commands.common import opened, output_options, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehabgraph.graph.imports.judged import StoreJudgements
    from rehabgraph.graph.judgement_rows import JudgementRow, TableJudgements
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.identity.decisions import Decision

_KINDS = ("certain", "likely", "possible")
_score = click.option(
    "--min-score",
    type=click.IntRange(0, 100),
    default=50,
    show_default=True,
    help="Least score of a pair.",
)
_decision = click.option(
    "--decision", multiple=True, type=click.Choice(_KINDS), help="Only these; may repeat."
)


@click.group(invoke_without_command=True, short_help="Propose organisations that may be one.")
@_score
@_decision
@output_options
@click.pass_context
def match(
    ctx: click.Context,
    /,
    min_score: int,
    decision: tuple[str, ...],
    form: str | None,
    output: str | None,
) -> None:
    """Propose organisations that may be one, with a score and the reasons; merge nothing.

    rehabgraph --store mine match --min-score 80 -o pairs.csv
    """
    if ctx.invoked_subcommand is not None:
        if said := [name for name in ctx.params if _is_said(ctx, name)]:
            words = ", ".join(f"--{name.replace('_', '-')}" for name in said)
            raise click.UsageError(f"{words}: give it after {ctx.invoked_subcommand}")
    else:
        report = opened(ctx).report("match", min_score=min_score, decision=decision)
        write(report, form, output)


def _is_said(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


@match.command("review", short_help="Record which of them are one, or take that back.")
@click.argument("parties", nargs=-1, metavar="[ID ID]")
@click.option("--accept", is_flag=True, help="Judge two to be one.")
@click.option("--reject", is_flag=True, help="Judge two not to be the same.")
@click.option("--undo", is_flag=True, help="Take back: a judgement, or of two.")
@click.option("--from", "file", metavar="FILE", help="Decisions of a file that match -o wrote.")
@click.option("--reason", metavar="TEXT", default="", help="Why; else what was proposed.")
@click.option("--source", metavar="ID", default="", help="Source that it rests on.")
@click.option("--locator", metavar="PLACE", default="", help="Place in that source.")
@_score
@_decision
@click.pass_context
def review(
    ctx: click.Context,
    /,
    parties: tuple[str, ...],
    file: str | None,
    reason: str,
    source: str,
    locator: str,
    min_score: int,
    decision: tuple[str, ...],
    **flags: bool,
) -> None:
    """Record which organisations are one and which are not, as judgements that can be undone.

    In the store of --store, or in the tables of --data. Without an option it asks about one pair
    at a time. In a FILE, write accept or reject into the column decision.

    rehabgraph --store mine match review --accept ingeus GB-COH-04320853 --reason "One number."
    """
    from pathlib import Path

    from rehabgraph.queries.identity.decision_files import read_decisions
    from rehabgraph.queries.identity.decisions import keep_decisions, undo_decisions

    action = _choose_action(flags)
    _check_words(action, file, parties)
    keeper, graph = _keeper(ctx), opened(ctx)
    if action == "undo":
        undone = undo_decisions(graph, keeper, parties)
        click.echo(f"Undone: {', '.join(undone)}.", err=True)
        keeper.settle()
        return
    if action is None and file is None:
        _ask(graph, keeper, min_score, decision)
        return
    given = {"reason": reason, "source": source, "locator": locator}
    wanted = (
        read_decisions(graph, Path(file), **given)
        if file
        else [_decide(graph, keeper, parties, action == "accept", given)]
    )
    rows = keep_decisions(graph, keeper, wanted)
    for row in rows:
        _tell(row)
    if already := len(wanted) - len(rows):
        click.echo(f"Judged so already: {already}.", err=True)
    if rows:
        keeper.settle()


def _choose_action(flags: "Mapping[str, bool]") -> str | None:
    """Return which of --accept, --reject and --undo is said; refuse more than one."""
    said = [f"--{name}" for name, on in flags.items() if on]
    if len(said) > 1:
        raise click.UsageError(f"{' and '.join(said)} exclude each other; say one")
    return said[0].removeprefix("--") if said else None


def _check_words(action: str | None, file: str | None, parties: tuple[str, ...]) -> None:
    """Refuse words that do not go together."""
    if file and (action or parties):
        raise click.UsageError("--from takes its pairs from the file; leave the others out")
    if parties and not action:
        raise click.UsageError("say --accept, --reject or --undo before the two ids")
    if action and len(parties) != 2 and not (action == "undo" and len(parties) == 1):
        more = ", or the id of one judgement" if action == "undo" else ""
        raise click.UsageError(f"--{action} needs two ids of organisations{more}")
    if not action and not file and not on_terminal():
        raise click.UsageError(
            "questions need a terminal; say --accept, --reject, --undo or --from"
        )


def on_terminal() -> bool:
    """Say whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _keeper(ctx: click.Context) -> "StoreJudgements | TableJudgements":
    """Return where decisions are kept: the store of --store, or the tables of --data."""
    from pathlib import Path

    from rehabgraph.graph.errors import BadParameter
    from rehabgraph.graph.imports.judged import StoreJudgements
    from rehabgraph.graph.imports.workspace import Workspace
    from rehabgraph.graph.judgement_rows import TableJudgements
    from rehabgraph.ontology import DATA

    store, data = ctx.obj.get("store"), ctx.obj.get("data")
    if store:
        return StoreJudgements(Workspace(Path(store), Path(data or DATA)))
    if data:
        return TableJudgements(Path(data))
    raise BadParameter(
        "a decision needs a place of your own; say rehabgraph --store DIR match review …, "
        "or --data DIR"
    )


def _decide(
    graph: "Graph",
    keeper: "StoreJudgements | TableJudgements",
    parties: tuple[str, ...],
    same: bool,
    given: dict[str, str],
) -> "Decision":
    """Return the decision about two organisations; what is proposed of them is the reason."""
    from rehabgraph.queries.identity.decisions import (
        Decision,
        check_decision,
        name_party,
        read_judged,
        with_reason,
    )
    from rehabgraph.queries.identity.proposals import find_proposals

    one, other = (name_party(graph, text) for text in parties)
    decision = Decision(one, other, same, **given)
    reasons: tuple[str, ...] = ()
    if not check_decision(read_judged(graph, keeper), decision):
        return decision
    if not decision.reason:
        reasons = next(
            (
                p.evidence.reasons
                for p in find_proposals(graph).open
                if {p.one.iri, p.other.iri} == {one, other}
            ),
            (),
        )
    return with_reason(decision, reasons)


def _tell(row: "JudgementRow") -> None:
    both = f"{row.subject.split('/', 1)[1]} and {row.object.split('/', 1)[1]}"
    verdict = "are one" if row.kind == "same-as" else "are not the same"
    click.echo(f"Judged: {both} {verdict} ({row.id}; --undo {row.id} takes it back).", err=True)


def _ask(
    graph: "Graph",
    keeper: "StoreJudgements | TableJudgements",
    min_score: int,
    kinds: tuple[str, ...],
) -> None:
    """Ask about one pair at a time; each answer is kept at once, whatever happens then."""
    from rehabgraph.queries.identity.decisions import (
        Decision,
        keep_decisions,
        read_judged,
        with_reason,
    )
    from rehabgraph.queries.identity.proposals import find_proposals, judge_open

    identity = read_judged(graph, keeper)
    pairs = [
        p
        for p in find_proposals(graph).open
        if p.evidence.score >= min_score and p.evidence.decision in (kinds or _KINDS)
    ]
    kept = 0
    try:
        for number, pair in enumerate(pairs, 1):
            if not judge_open(identity, pair):
                continue
            click.echo(f"\n{number} of {len(pairs)}: {pair.evidence.decision}, score "
                       f"{pair.evidence.score}", err=True)  # fmt: skip
            for party in (pair.one, pair.other):
                click.echo(f"  {party.label}  ({party.iri.rsplit('/', 1)[-1]})", err=True)
            for reason in pair.evidence.reasons:
                click.echo(f"  - {reason}", err=True)
            answer = click.prompt(
                "One organisation? y yes, n no, s skip, q quit",
                type=click.Choice(["y", "n", "s", "q"]),
                show_choices=False,
                err=True,
            )
            if answer == "q":
                break
            if answer == "s":
                continue
            reason = click.prompt(
                "Why (Enter takes the above)", default="", show_default=False, err=True
            )
            decision = Decision(pair.one.iri, pair.other.iri, answer == "y", reason)
            decision = with_reason(decision, pair.evidence.reasons)
            for row in keep_decisions(graph, keeper, [decision], identity):
                _tell(row)
                kept += 1
    finally:
        if kept:
            keeper.settle()
    click.echo(f"{kept} recorded." if pairs else "No pair is open.", err=True)
