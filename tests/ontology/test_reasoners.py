"""The ontology under two reasoners: within OWL 2 DL, consistent, and every class possible.

HermiT and Pellet are independent of each other and of us; both ship in owlready2 and need Java.
The profile is checked by the OWL API, which Pellet brings.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.build import build_quads
from rehabgraph.ontology import DERIVED, FOLDER, RG

DL = {"OWL 2 DL", "OWL 2 EL", "OWL 2 QL", "OWL 2 RL"}
"""OWL 2 DL and the profiles inside it."""
STANDARDS = Path(__file__).parents[1] / "data" / "standards.ttl"
DEFINED = ("Ministry", "Charity", "Company", "Consortium", "Brand", "OwnershipInterest", "Reform",
           "Framework", "PartnershipAgreement", "Programme")  # fmt: skip
"""Classes that the ontology defines by a kind, so that a reasoner can tell their members."""
BOTH = pytest.mark.parametrize("reasoner", ["pellet", "hermit"])
Write = Callable[..., Path]


def test_ontology_is_in_owl_2_dl(reasoners: Any, write_ontology: Write) -> None:  # noqa: ANN401
    """The ontology, the alignment, and the ontology with all rows are within the profile.

    Source: W3C, OWL 2 Structural Specification (second edition), section 3.
    """
    assert reasoners.find_profile(FOLDER / "rehab.ttl") in DL
    assert reasoners.find_profile(FOLDER / "alignment.ttl") in DL
    assert reasoners.find_profile(write_ontology(data=True)) in DL


@pytest.mark.parametrize(
    "fault",
    [
        "rg:lot a owl:DatatypeProperty .",
        "rg:undeclared rdfs:domain rg:Lot .",
        "rg:Lot a rdfs:Datatype .",
        "rg:parent a owl:TransitiveProperty , owl:FunctionalProperty .",
    ],
    ids=["of-two-kinds", "undeclared", "class-and-datatype", "transitive-and-counted"],
)
def test_a_fault_leaves_the_profile(reasoners: Any, write_ontology: Write, fault: str) -> None:  # noqa: ANN401
    """A property of two kinds, an undeclared one, a class that is a datatype, a counted chain.

    Source: W3C, OWL 2 Structural Specification, sections 5.8.1, 5.8.2 and 11.2.
    """
    assert reasoners.find_profile(write_ontology(fault)) == "OWL 2"


@BOTH
def test_ontology_is_consistent(reasoners: Any, write_ontology: Write, reasoner: str) -> None:  # noqa: ANN401
    """There is no contradiction, and every class can have a member."""
    path = write_ontology()
    assert reasoners.find_fault(reasoner, path) == ""
    assert reasoners.find_impossible(reasoner, path) == set()


@BOTH
def test_ontology_holds_beside_those_it_stands_on(
    reasoners: Any,  # noqa: ANN401
    write_ontology: Write,
    reasoner: str,
) -> None:
    """With what PROV-O, ORG, SKOS and the others say of their terms, and with all our rows."""
    theirs = STANDARDS.read_text(encoding="utf-8")
    assert reasoners.find_impossible(reasoner, write_ontology(theirs)) == set()
    assert reasoners.find_fault(reasoner, write_ontology(theirs, data=True)) == ""


@BOTH
def test_a_class_below_two_that_exclude_each_other_is_found(
    reasoners: Any,  # noqa: ANN401
    write_ontology: Write,
    reasoner: str,
) -> None:
    """Nothing can be a contract and a person, so a class of such things is named."""
    path = write_ontology("rg:Odd a owl:Class ; rdfs:subClassOf rg:Contract , rg:Person .")
    assert reasoners.find_impossible(reasoner, path) == {"Odd"}


@BOTH
def test_an_entity_that_happens_is_found(
    reasoners: Any,  # noqa: ANN401
    write_ontology: Write,
    reasoner: str,
) -> None:
    """Were every policy a prov:Entity, a reform could not be an org:ChangeEvent any more."""
    theirs = STANDARDS.read_text(encoding="utf-8")
    path = write_ontology(theirs + "rg:Policy rdfs:subClassOf prov:Entity .")
    assert reasoners.find_impossible(reasoner, path) == {"Reform"}


@BOTH
def test_a_row_of_two_classes_is_found(
    reasoners: Any,  # noqa: ANN401
    write_ontology: Write,
    reasoner: str,
) -> None:
    """One row too many classes makes the whole inconsistent."""
    row = "<https://w3id.org/rehabgraph/id/organisation/nacro> a rg:Contract ."
    assert reasoners.find_fault(reasoner, write_ontology(row, data=True)) != ""


def test_hermit_refuses_a_date(reasoners: Any, write_ontology: Write) -> None:  # noqa: ANN401
    """Why dates become dateTimes before a reasoner reads them: xsd:date is not of OWL 2."""
    fault = reasoners.find_fault("hermit", write_ontology("rg:retrieved rdfs:range xsd:date ."))
    assert "XMLSchema#date' is not part of the OWL 2 datatype map" in fault


def test_rules_derive_what_the_definitions_entail(reasoners: Any, write_ontology: Write) -> None:  # noqa: ANN401
    """HermiT finds the same members of the defined classes as our rules do."""
    defined = {RG + name for name in DEFINED}
    entailed = {pair for pair in reasoners.list_instances(write_ontology(data=True))
                if pair[1] in defined}  # fmt: skip
    derived = set()
    for line in build_quads():
        subject, predicate, target, graph = line.split(" ", 3)
        if DERIVED in graph and predicate.endswith("#type>") and target[1:-1] in defined:
            derived.add((subject[1:-1], target[1:-1]))
    assert entailed == derived
    assert {cls for _, cls in derived} == defined
