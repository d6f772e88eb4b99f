"""What stands behind a row, from the statements held in memory: the same rows as `why` gives."""

from datetime import date
from typing import Any

from rehabgraph.ontology import ID
from rehabgraph.queries.report import SourceRef
from rehabgraph.queries.resolve import kind_of
from rehabgraph.queries.why import show_sum
from rehabgraph.views.site.site import Site
from rehabgraph.views.site.statements import Citation


def explain(site: Site, things: list[str]) -> list[dict[str, Any]]:
    """Return one row for each thing that has a citation; see `queries.why.explain_things`."""
    facts = site.facts
    rows = []
    for thing in dict.fromkeys(things):
        cited = facts.citations(thing) if thing.startswith(ID) else []
        if not cited:
            continue
        own = len(facts.all(thing, "rg:citation"))
        placed = [*_by_place(cited[:own]), *_by_place(cited[own:])]
        places = list(dict.fromkeys(place for place, _ in placed))
        printed = {text for _, texts in placed for text in texts.split(" | ") if text}
        judged = sorted(j.rsplit("/", 1)[-1] for j in judgements_of(site, thing))
        lot, region = facts.get(thing, "rg:lot"), facts.get(thing, "rg:region")
        what = f"{site.names(str(lot))}, {site.names(str(region))}" if lot and region else ""
        is_sum = kind_of(thing) in ("award", "amount")
        rows.append(
            {
                "thing": thing.removeprefix(ID),
                "what": site.names.long(thing)
                if kind_of(thing) == "contract"
                else what or site.names(thing),
                "value": show_sum(facts.get(thing, "rg:value"), facts.get(thing, "rg:currency"))
                if is_sum
                else "",
                "judgements": ", ".join(judged),
                "ids": [thing, *(f"{ID}judgement/{j}" for j in judged)],
                "place": places[0],
                "also": "; ".join(places[1:]),
                "printed": " | ".join(sorted(printed, key=lambda t: (not t.startswith("£"), t))),
            }
        )
    return rows


def judgements_of(site: Site, thing: str) -> list[str]:
    """Return the judgements whose subject or object is the thing."""
    found = [
        *site.facts.naming(thing, "rg:subject", "judgement"),
        *site.facts.naming(thing, "rg:object", "judgement"),
    ]
    return list(dict.fromkeys(found))


def judge(site: Site, things: list[str]) -> list[str]:
    """Return every judgement that touched one of the things, in order of address."""
    return sorted({j for t in things if t.startswith(ID) for j in judgements_of(site, t)})


def word_judgement(site: Site, judgement: str) -> str:
    """Return a judgement in one sentence."""
    facts = site.facts
    kind = site.names(str(facts.get(judgement, "rg:judgementKind") or "")).lower()
    printed, read = facts.get(judgement, "rg:asPrinted"), facts.get(judgement, "rg:readAs")
    how = f" “{printed}” read as “{read}”:" if read else ""
    reason = facts.get(judgement, "rdfs:comment") or "no reason is held"
    return f"{judgement.rsplit('/', 1)[-1]} ({kind}):{how} {reason}"


def list_sources(site: Site, things: list[str]) -> tuple[SourceRef, ...]:
    """Return the sources that the things' own citations name, in order of id."""
    facts = site.facts
    own = {
        str(facts.get(str(c), "prov:wasDerivedFrom"))
        for t in things
        for c in facts.all(t, "rg:citation")
    }
    found = []
    for source in sorted(s for s in own if s in facts.of):
        issued = facts.get(source, "dcterms:issued")
        found.append(
            SourceRef(
                source.rsplit("/", 1)[-1],
                site.names(source),
                str(facts.get(source, "schema:url") or ""),
                str(facts.get(source, "dcterms:rights") or ""),
                issued if isinstance(issued, date) else None,
            )
        )
    return tuple(found)


def _by_place(cited: list[Citation]) -> list[tuple[str, str]]:
    return sorted((f"{c.source.rsplit('/', 1)[-1]} {c.locator}", c.printed) for c in cited)
