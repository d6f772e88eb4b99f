"""What undoes a judgement: updates that take back what it put into the dataset."""

import re
from dataclasses import dataclass

from rehabgraph.ontology import ID

_SUBCONTRACTOR = f"<{ID}participation-role/subcontractor>"
_LEAD = f"<{ID}participation-role/lead>"
_STATED = f"<{ID}date-basis/stated>"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement as the tables hold it; texts are empty where they say nothing."""

    id: str
    kind: str
    subject: str
    object: str
    printed: str
    read: str
    reason: str

    def is_about(self, kind: str) -> bool:
        """Say whether its subject is a thing of that kind."""
        return self.subject.startswith(f"{ID}{kind}/")


def undo_judgement(j: Judgement) -> list[str]:
    """Return the SPARQL updates that undo a judgement; none where the tables hold nothing else."""
    both = j.is_about("organisation") and j.object.startswith(f"{ID}organisation/")
    if j.kind == "not-same-as":
        return _merge(j.subject, j.object) if both else []
    if j.kind == "same-as" and both:
        return [f"DELETE WHERE {{ GRAPH ?g {{ <{ID}judgement/{j.id}> ?p ?o }} }}"]
    undo = {"award": _undo_award, "round": _undo_round, "organisation": _undo_organisation}
    undo |= {"relation": _undo_relation, "contract": _undo_contract}
    about = next((of for kind, of in undo.items() if j.is_about(kind)), None)
    return about(j) if about else []


def _undo_award(j: Judgement) -> list[str]:
    under = f"?c rg:award <{j.subject}>"
    if j.kind == "reads-as" and re.search(r"£\s*\d", j.printed):
        return [f"DELETE WHERE {{ GRAPH ?g {{ <{j.subject}> rg:value ?o }} }}"]
    if j.kind == "reads-as" and j.id.startswith("name-"):
        return _separate(j.subject, j.printed)
    if j.kind == "counts-as":
        return [_keep_first(under, "?o rg:area ?place", "?c rg:area ?place")]
    if j.kind == "held-as" and "until" in j.printed:
        return [_forget_end(f"{under} ; rg:endBasis {_STATED}")]
    return []


def _undo_relation(j: Judgement) -> list[str]:
    return [f"DELETE WHERE {{ GRAPH ?g {{ <{j.subject}> ?p ?o }} }}"]


def _undo_contract(j: Judgement) -> list[str]:
    if "area" not in f"{j.read} {j.reason}":
        return []
    references = {j.subject, *(f"{ID}contract/{r}" for r in re.findall(r"PRJ_\w+", j.reason))}
    return [f"DELETE WHERE {{ GRAPH ?g {{ <{c}> rg:area ?o }} }}" for c in sorted(references)]


def _undo_organisation(j: Judgement) -> list[str]:
    if j.id.startswith("kind-"):
        return [
            f"DELETE {{ GRAPH ?g {{ <{j.subject}> rg:kind ?o }} }} INSERT {{ GRAPH ?g {{ "
            f"<{j.subject}> rg:kind <{ID}organisation-kind/unknown> }} }} "
            f"WHERE {{ GRAPH ?g {{ <{j.subject}> rg:kind ?o }} }}"
        ]
    return [_drop_second_part(j.subject)] if "subcontractor" in j.read else []


def _undo_round(j: Judgement) -> list[str]:
    of = f"?c rg:round <{j.subject}>"
    if j.kind == "counts-as" and (found := re.match(r"[A-Z]+\d+", j.printed)):
        named = f'{of} ; rg:reference ?name . FILTER(STRSTARTS(?name, "{found.group()}"))'
        return [_keep_first(named, "?o rg:lot ?place", "?c rg:lot ?place")]
    if j.printed.startswith("until") and (day := re.match(r"\d{4}-\d\d-\d\d", j.read)):
        end = f'"{day.group()}"^^xsd:date'
        return [_forget_end(f"{of} ; rg:endBasis {_STATED} ; schema:endDate {end}")]
    if j.read == "contract to priced line":
        return [
            "DELETE { GRAPH ?g { ?c rg:award ?a } } WHERE { GRAPH ?g { "
            f"{of} ; rg:award ?a }} }}"
        ]
    return []


def _separate(award: str, printed: str) -> list[str]:
    """Make the lead of a line, and of its contracts, a holder of its own named as printed."""
    slug = re.sub(r"[^a-z0-9]+", "-", printed.casefold()).strip("-")
    own = f"<{ID}organisation/printed-{slug}>"
    label = printed.replace("\\", "\\\\").replace('"', '\\"')
    return [
        f"DELETE {{ GRAPH ?g {{ <{award}> rg:awardedTo ?o }} }} INSERT {{ GRAPH ?g {{ <{award}> "
        f'rg:awardedTo {own} . {own} a rg:Organisation ; rdfs:label "{label}" ; rg:kind '
        f"<{ID}organisation-kind/unknown> ; rg:citation ?citation }} }} "
        f"WHERE {{ GRAPH ?g {{ <{award}> rg:awardedTo ?o ; rg:citation ?citation }} }}",
        f"DELETE {{ GRAPH ?g {{ ?part rg:organisation ?o }} }} INSERT {{ GRAPH ?g {{ ?part "
        f"rg:organisation {own} }} }} WHERE {{ GRAPH ?g {{ ?c rg:award <{award}> . "
        f"?part rg:contract ?c ; rg:role {_LEAD} ; rg:organisation ?o }} }}",
    ]


def _merge(kept: str, other: str) -> list[str]:
    """Make two organisations one."""
    return [
        f"DELETE {{ GRAPH ?g {{ ?s ?p <{other}> }} }} INSERT {{ GRAPH ?g {{ ?s ?p <{kept}> }} }} "
        f"WHERE {{ GRAPH ?g {{ ?s ?p <{other}> }} }}",
        f"DELETE WHERE {{ GRAPH ?g {{ <{other}> ?p ?o }} }}",
    ]


def _keep_first(which: str, other: str, own: str) -> str:
    """Drop every contract that shares its place with one of an earlier reference."""
    earlier = which.replace("?c ", "?o ").replace("?name", "?first")
    if "rg:reference" not in which:
        earlier += " . ?o rg:reference ?first"
        which += " . ?c rg:reference ?name"
    return (
        "DELETE { GRAPH ?g { ?c ?p ?v . ?part ?q ?w } } WHERE { GRAPH ?g { "
        f"{which} . {own} . {earlier} . {other} . FILTER(?first < ?name) "
        "?c ?p ?v . OPTIONAL { ?part rg:contract ?c ; ?q ?w } } }"
    )


def _forget_end(which: str) -> str:
    """Forget a stated end, so that the term derives one where there is a term."""
    return (
        "DELETE { GRAPH ?g { ?c schema:endDate ?end ; rg:endPrecision ?how ; rg:endBasis ?why } } "
        f"WHERE {{ GRAPH ?g {{ {which} . ?c schema:endDate ?end ; rg:endBasis ?why "
        "OPTIONAL { ?c rg:endPrecision ?how } } }"
    )


def _drop_second_part(organisation: str) -> str:
    """Drop the part of subcontractor of an organisation, or of those in two parts under it."""
    return (
        "DELETE { GRAPH ?g { ?part ?p ?o } } WHERE { GRAPH ?g { "
        f"?part rg:role {_SUBCONTRACTOR} ; rg:contract ?c ; rg:organisation ?who ; ?p ?o . "
        f"OPTIONAL {{ ?lead rg:contract ?c ; rg:role {_LEAD} ; rg:organisation ?leader }} "
        "OPTIONAL { ?twin rg:contract ?c ; rg:organisation ?who ; rg:role ?as . "
        f"FILTER(?as != {_SUBCONTRACTOR}) }} "
        f"FILTER(?who = <{organisation}> || (?leader = <{organisation}> && BOUND(?twin))) }} }}"
    )
