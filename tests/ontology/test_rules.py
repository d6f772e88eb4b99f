"""The rules: hand-written triples in, hand-computed triples out, on both engines."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rehabgraph.ontology import FOLDER, ID, RG

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Triples = set[tuple[str, str, str]]
Run = Callable[[str, str], Triples]

HEAD = """
@prefix rg: <https://w3id.org/rehabgraph/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix schema: <https://schema.org/> .
@base <https://w3id.org/rehabgraph/id/> .
"""
SHORT = (
    (RG, "rg:"),
    (ID, ""),
    ("https://schema.org/", "schema:"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"),
)
NAMES = ("contract-end", "group-parent", "group", "kind-class", "lead", "provider", "sector")


def short(text: str) -> str:
    """Return an address without its namespace."""
    for space, prefix in SHORT:
        text = text.replace(space, prefix)
    return text


def rule(name: str) -> str:
    """Return the text of a rule."""
    return (FOLDER / "rules" / f"{name}.rq").read_text(encoding="utf-8")


@cache
def scheme_triples() -> list[tuple[Node, Node, Node]]:
    """Return the triples of the schemes that the rules need, read once."""
    from rdflib import SKOS, Graph

    return [
        t for t in Graph().parse(FOLDER / "schemes.ttl") if t[1] in (SKOS.broader, SKOS.inScheme)
    ]


def run_rdflib(name: str, turtle: str) -> Triples:
    """Run rules, joined by +, one after the other; return what they derive."""
    from rdflib import Graph

    graph = Graph().parse(data=HEAD + turtle, format="turtle")
    for triple in scheme_triples():
        graph.add(triple)
    found: Triples = set()
    for one in name.split("+"):
        new = {(s, p, o) for s, p, o in graph.query(rule(one))}  # type: ignore[misc]
        found |= {(short(str(s)), short(str(p)), short(str(o))) for s, p, o in new}
        for triple in new:
            graph.add(triple)
    return found


def run_pyoxigraph(name: str, turtle: str) -> Triples:
    """Run rules with the data and the schemes in two named graphs, as the build does."""
    from pyoxigraph import NamedNode, Quad, RdfFormat, Store

    store = Store()
    store.load(HEAD + turtle, format=RdfFormat.TURTLE, to_graph=NamedNode("urn:data"))
    store.load(
        path=str(FOLDER / "schemes.ttl"), format=RdfFormat.TURTLE, to_graph=NamedNode("urn:terms")
    )
    found: Triples = set()
    for one in name.split("+"):
        new = list(store.query(rule(one), use_default_graph_as_union=True))
        found |= {
            (short(t.subject.value), short(t.predicate.value), short(t.object.value)) for t in new
        }
        store.extend(Quad(t.subject, t.predicate, t.object, NamedNode("urn:derived")) for t in new)
    return found


@pytest.fixture(params=[run_pyoxigraph, run_rdflib], ids=["pyoxigraph", "rdflib"])
def run(request: pytest.FixtureRequest) -> Run:
    """Return a function that runs a rule on one of the two engines."""
    engine: Run = request.param
    return engine


def contract(start: str, term: str, more: str = "") -> str:
    """Return one contract and the standard term of its round and lot."""
    return f"""
    <contract/c> a rg:Contract ; rg:round <round/r> ; rg:lot <lot/l> ;
        schema:startDate "{start}"^^xsd:date {more} .
    <term/t> a rg:Term ; rg:round <round/r> ; rg:lot <lot/l> ;
        rg:term "{term}"^^xsd:yearMonthDuration .
    """


def test_every_rule_is_tested_here() -> None:
    """The folder holds the rules that this file names, each with a comment at its head."""
    paths = sorted((FOLDER / "rules").glob("*.rq"))
    assert tuple(path.stem for path in paths) == NAMES
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in paths)


def test_lead(run: Run) -> None:
    """Only the participation with the role lead makes the lead of a contract."""
    assert run(
        "lead",
        """
    <participation/1> a rg:Participation ; rg:contract <contract/c> ;
        rg:organisation <organisation/a> ; rg:role <participation-role/lead> .
    <participation/2> a rg:Participation ; rg:contract <contract/c> ;
        rg:organisation <organisation/b> ; rg:role <participation-role/subcontractor> .
    """,
    ) == {("contract/c", "rg:lead", "organisation/a")}


def test_provider(run: Run) -> None:
    """Leads and those who deliver are providers; a role that is not listed makes none."""
    roles = ("lead", "subcontractor", "named-partner", "consortium-member", "guarantor")
    turtle = "".join(
        f"<participation/{role}> a rg:Participation ; rg:contract <contract/c> ;"
        f" rg:organisation <organisation/{role}> ; rg:role <participation-role/{role}> .\n"
        for role in roles
    )
    expected = {(f"organisation/{role}", "rdf:type", "rg:Provider") for role in roles[:-1]}
    assert run("provider", turtle) == expected


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2021-06-26", "P2Y9M", "2024-03-31"),
        ("2021-06-26", "P3Y9M", "2025-03-31"),
        ("2021-06-26", "P33M", "2024-03-31"),
        ("2021-11-01", "P1M", "2021-12-31"),
        ("2021-12-01", "P1M", "2022-01-31"),
        ("2021-03-31", "P1M", "2021-04-30"),
        ("2022-05-10", "P9M", "2023-02-28"),
        ("2023-05-10", "P9M", "2024-02-29"),
        ("1999-02-14", "P1Y", "2000-02-29"),
        ("2099-02-14", "P1Y", "2100-02-28"),
    ],
)
def test_contract_end(run: Run, start: str, term: str, end: str) -> None:
    """The end is the last day of the month that start and term reach, by the calendar."""
    assert run("contract-end", contract(start, term)) == {
        ("contract/c", "schema:endDate", end),
        ("contract/c", "rg:endPrecision", "month"),
        ("contract/c", "rg:endBasis", "date-basis/derived"),
        ("contract/c", "rg:derivedFromTerm", "term/t"),
    }


@settings(max_examples=15, deadline=None)
@given(
    start=st.dates(date(1990, 1, 1), date(2100, 12, 31)),
    years=st.integers(0, 9),
    months=st.integers(0, 24),
)
def test_contract_end_is_the_calendars(start: date, years: int, months: int) -> None:
    """For any start, and a term of a month or more, both engines agree with the calendar.

    Python's own calendar module is the independent implementation.
    """
    assume(years + months > 0)
    total = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = total // 12, total % 12 + 1
    end = date(year, month, calendar.monthrange(year, month)[1]).isoformat()
    turtle = contract(start.isoformat(), f"P{years}Y{months}M")
    for engine in (run_pyoxigraph, run_rdflib):
        assert ("contract/c", "schema:endDate", end) in engine("contract-end", turtle)


@pytest.mark.parametrize(
    "turtle",
    [
        contract("2021-06-26", "P2Y9M", '; schema:endDate "2023-06-30"^^xsd:date'),
        contract("2021-06-26", "P2Y9M").replace(
            "rg:Term ; rg:round <round/r>", "rg:Term ; rg:round <round/s>"
        ),
        contract("2021-06-26", "P2Y9M").replace("schema:startDate", "rg:referralsClosed"),
    ],
    ids=["end is stated", "term of another round", "no start"],
)
def test_contract_end_is_left_alone(run: Run, turtle: str) -> None:
    """A stated end stays, and without a start or a term of its own round none is made."""
    assert run("contract-end", turtle) == set()


def organisations(**kinds: str) -> str:
    """Return organisations by name and kind."""
    return "".join(
        f"<organisation/{name}> a rg:Organisation ;"
        f" rg:kind <organisation-kind/{kind.replace('_', '-')}> .\n"
        for name, kind in kinds.items()
    )


def relation(child: str, kind: str, parent: str, more: str = "") -> str:
    """Return one relation between organisations."""
    return (
        f"<relation/{child}-{parent}> a rg:Relation ; rg:subject <organisation/{child}> ;"
        f" rg:relationKind <relation-kind/{kind}> ; rg:object <organisation/{parent}> {more} .\n"
    )


FOUR = organisations(a="brand", b="company", c="company", d="employee_trust")


@pytest.mark.parametrize(
    ("turtle", "groups"),
    [
        (FOUR, "aa bb cc dd"),
        (FOUR + relation("a", "brand-of", "b") + relation("b", "owned-by", "c"), "ac bc cc dd"),
        (FOUR + relation("a", "part-of", "b") + relation("b", "owned-by", "d"), "ab bb cc dd"),
        (
            FOUR + relation("a", "member-of", "b") + relation("b", "succeeded-by", "c"),
            "aa bb cc dd",
        ),
        (
            FOUR + relation("b", "owned-by", "c", '; schema:endDate "2018-12-20"^^xsd:date'),
            "aa bb cc dd",
        ),
        (FOUR + relation("b", "owned-by", "c", "; rg:share 50.0"), "aa bb cc dd"),
        (FOUR + relation("b", "owned-by", "c", "; rg:share 50.1"), "aa bc cc dd"),
        (FOUR + relation("a", "owned-by", "b") + relation("a", "owned-by", "c"), "aa bb cc dd"),
        (
            FOUR
            + relation("a", "owned-by", "b")
            + relation("a", "part-of", "b", "; rg:share 100.0"),
            "ab bb cc dd",
        ),
        (organisations(a="agency", b="ministry") + relation("a", "part-of", "b"), "aa bb"),
        (organisations(a="company", b="ministry") + relation("a", "owned-by", "b"), "aa bb"),
        (
            organisations(a="company", b="company")
            + relation("a", "owned-by", "b")
            + relation("b", "owned-by", "a"),
            "",
        ),
    ],
    ids=[
        "no relations",
        "chain of two",
        "trust ends the group",
        "other relations",
        "ended",
        "half",
        "more than half",
        "two parents",
        "one parent twice",
        "public child",
        "public parent",
        "loop",
    ],
)
def test_group(run: Run, turtle: str, groups: str) -> None:
    """An organisation's group is the top of its chain of single, lasting, private parents.

    Pairs such as "ac" read: the group of a is c. A loop has no top, so it gives no group.
    """
    found = {(s, o) for s, p, o in run("group-parent+group", turtle) if p == "rg:group"}
    assert found == {(f"organisation/{x}", f"organisation/{y}") for x, y in groups.split()}


def test_group_parent_names_the_direct_parent(run: Run) -> None:
    """The parent is the next organisation up, not the top."""
    turtle = FOUR + relation("a", "brand-of", "b") + relation("b", "owned-by", "c")
    parents = {(s, o) for s, p, o in run("group-parent", turtle) if p == "rg:parent"}
    assert parents == {("organisation/a", "organisation/b"), ("organisation/b", "organisation/c")}


def test_sector(run: Run) -> None:
    """The sector follows from the kind, by the scheme of organisation kinds."""
    turtle = organisations(
        a="charity",
        b="company",
        c="ministry",
        d="housing_association",
        e="partnership",
        f="unknown",
    )
    expected = zip(
        "abcdef",
        ["voluntary", "private", "public", "social-enterprise", "mixed", "unknown"],
        strict=True,
    )
    assert run("sector", turtle) == {
        (f"organisation/{x}", "rg:sector", f"sector/{y}") for x, y in expected
    }


def test_kind_class(run: Run) -> None:
    """A kind gives its class, and a kind of the public sector gives public body besides."""
    turtle = (
        organisations(a="ministry", b="police_force", c="charity", d="unknown")
        + """
    <policy/p> a rg:Policy ; rg:policyKind <policy-kind/reform> .
    <policy/q> a rg:Policy ; rg:policyKind <policy-kind/fund> .
    """
        + relation("a", "owned-by", "b")
        + relation("c", "member-of", "d")
    )
    assert run("kind-class", turtle) == {
        ("organisation/a", "rdf:type", "rg:Ministry"),
        ("organisation/a", "rdf:type", "rg:PublicBody"),
        ("organisation/b", "rdf:type", "rg:PublicBody"),
        ("organisation/c", "rdf:type", "rg:Charity"),
        ("policy/p", "rdf:type", "rg:Reform"),
        ("relation/a-b", "rdf:type", "rg:OwnershipInterest"),
    }


def test_kind_class_does_what_the_ontology_says(ontology: Graph, schemes: Graph) -> None:
    """The pairs of kind and class in the rule are those of the ontology's equivalences."""
    import re

    from rdflib import OWL, RDF, SKOS
    from rdflib.collection import Collection

    said = set()
    for cls, same in ontology.subject_objects(OWL.equivalentClass):
        members = Collection(ontology, ontology.value(same, OWL.intersectionOf))  # type: ignore[arg-type]
        kind = ontology.value(list(members)[1], OWL.hasValue)  # type: ignore[arg-type]
        assert (kind, RDF.type, SKOS.Concept) in schemes, kind
        said.add((short(str(kind)), short(str(cls))))
    done = re.findall(r"\(<([^>]+)> (rg:\w+)\)", rule("kind-class"))
    assert {(short(kind), cls) for kind, cls in done} == said


def test_rules_on_the_tiny_dataset_agree(tiny: Graph) -> None:
    """All rules on the tiny dataset give the same triples on both engines, and as its head says."""
    turtle = tiny.serialize(format="turtle")
    names = "+".join(NAMES)
    found = run_pyoxigraph(names, turtle)
    assert found == run_rdflib(names, turtle)
    ends = {s.removeprefix("contract/"): o for s, p, o in found if p == "schema:endDate"}
    assert ends == {
        "T_0001": "2025-03-31",
        "T_0002": "2024-03-31",
        "T_0004": "2024-03-31",
        "T_0005": "2024-03-31",
    }
    assert ("organisation/dogwood", "rg:group", "organisation/birch") in found
    assert len([o for _, _, o in found if o == "rg:Provider"]) == 5
