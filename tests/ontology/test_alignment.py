"""The matches with terms of others: every term compared, every address real, every reason given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import CSVW, DCAT, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, Namespace, URIRef
from rdflib.namespace import DCTERMS, GEO, DefinedNamespace

from rehabgraph.ontology import RG, VERSION

if TYPE_CHECKING:
    from rdflib import Graph

MATCHES = (SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch)
KNOWN = (CSVW, DCAT, DCTERMS, FOAF, GEO, ORG, PROV, SDO, SKOS)
"""Vocabularies whose terms rdflib holds, read from their published files."""
WGS = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
# Read by hand in the file named; each list holds only what we use.
READ = {
    # ePO core 5.0.0, ePO_core.ttl of 28 February 2025
    "http://data.europa.eu/a4g/ontology#": {
        "AgentInRole", "AwardDecision", "Business", "Buyer", "Contract", "Contractor", "Document",
        "Duration", "FrameworkAgreement", "Lot", "LotAwardOutcome", "MonetaryValue", "Notice",
        "OrganisationGroup", "Procedure", "Subcontractor", "concernsLot",
        "definesContractDuration", "hasAmountValue", "hasAwardStatus", "hasCurrency",
        "hasFormType", "hasSubcontractor", "isResponsibilityOfBuyer", "playedBy",
        "refersToContract", "resultsFromLotAwardOutcome", "signedByContractor",
    },
    # TheyBuyForYou, OCDS ontology, model/ocds.ttl
    "http://data.tbfy.eu/ontology/ocds#": {
        "Award", "Contract", "ContractingProcess", "Document", "Organisation", "Value", "hasBuyer",
        "hasSupplier", "procurementMethod", "valueAmount", "valueCurrency",
    },
    # Registered Organization Vocabulary, W3C Note of 1 August 2013
    "http://www.w3.org/ns/regorg#": {
        "RegisteredOrganization", "legalName", "orgType", "registration",
    },
    # Web Annotation Vocabulary, W3C Recommendation of 23 February 2017
    "http://www.w3.org/ns/oa#": {"TextPositionSelector", "exact", "hasSelector"},
    # PAV 2.3
    "http://purl.org/pav/": {"retrievedOn"},
    # Basic Geo, W3C
    str(WGS): {"lat", "long"},
    # VANN
    "http://purl.org/vocab/vann/": {"preferredNamespacePrefix", "preferredNamespaceUri"},
}  # fmt: skip


def is_real(term: URIRef) -> bool:
    """Say whether a term is in the vocabulary that its address names."""
    for vocabulary in KNOWN:
        if isinstance(vocabulary, type(DefinedNamespace)) and term.startswith(str(vocabulary)):
            return str(term).removeprefix(str(vocabulary)) in vocabulary.__annotations__
    return any(
        str(term).removeprefix(base) in names
        for base, names in READ.items()
        if term.startswith(base)
    )


def own(ontology: Graph) -> set[URIRef]:
    """Return every rg: term."""
    return {
        t
        for t in ontology.subjects(RDFS.isDefinedBy, None)
        if isinstance(t, URIRef) and t.startswith(RG)
    }


@pytest.mark.parametrize("match", MATCHES)
def test_a_match_is_between_our_term_and_a_real_one(
    ontology: Graph, alignment: Graph, match: URIRef
) -> None:
    """Every match begins at a term that we define and ends at one that its vocabulary has."""
    pairs = list(alignment.subject_objects(match))
    assert pairs
    for term, other in pairs:
        assert term in own(ontology), term
        assert is_real(other), other


def test_every_term_of_others_in_the_ontology_is_real(ontology: Graph) -> None:
    """What the ontology declares of others is in their vocabularies."""
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    declared = {t for kind in kinds for t in ontology.subjects(RDF.type, kind)}
    others = {t for t in declared if isinstance(t, URIRef) and not t.startswith(RG)}
    assert len(others) > 50
    assert {t for t in others if not is_real(t)} == set()


def test_every_match_has_a_reason(alignment: Graph) -> None:
    """Each match is annotated as OWL 2 annotates an axiom, with one sentence, and no other is."""
    matched = {(s, m, o) for m in MATCHES for s, o in alignment.subject_objects(m)}
    annotated = {}
    for axiom in alignment.subjects(RDF.type, OWL.Axiom):
        parts = (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)
        key = tuple(alignment.value(axiom, part) for part in parts)
        reason = str(alignment.value(axiom, RDFS.comment))
        assert reason.endswith("."), key
        annotated[key] = reason
    assert set(annotated) == matched


def test_matches_join_like_with_like(alignment: Graph) -> None:
    """Only a related match may join a class with a property; names tell which is which."""
    for match in (SKOS.closeMatch, SKOS.broadMatch):
        for term, other in alignment.subject_objects(match):
            ours, theirs = (str(t).rsplit("#")[-1].rsplit("/")[-1] for t in (term, other))
            assert ours[0].isupper() == theirs[0].isupper(), (term, other)


def test_nothing_is_both_below_and_beside(ontology: Graph, alignment: Graph) -> None:
    """What a term is below, by the ontology, is not said again as a match."""
    for match in MATCHES:
        for term, other in alignment.subject_objects(match):
            above = set(ontology.transitive_objects(term, RDFS.subClassOf))
            above |= set(ontology.transitive_objects(term, RDFS.subPropertyOf))
            assert other not in above, (term, other)


def test_every_term_is_compared(ontology: Graph, alignment: Graph) -> None:
    """A term has a match, or a term of others above it, or a reason why there is none.

    prov:Entity and prov:Activity are above nearly everything and do not count.
    """
    for term in own(ontology):
        above = set(ontology.transitive_objects(term, RDFS.subClassOf))
        above |= set(ontology.transitive_objects(term, RDFS.subPropertyOf))
        theirs = {t for t in above if isinstance(t, URIRef) and not t.startswith(RG)}
        theirs -= {PROV.Entity, PROV.Activity}
        matched = any((term, m, None) in alignment for m in MATCHES)
        notes = [str(n) for n in alignment.objects(term, SKOS.scopeNote)]
        assert all(n.startswith("No counterpart on purpose: ") for n in notes), term
        assert len(notes) == (0 if matched or theirs else 1), term


def test_the_alignment_has_a_header(alignment: Graph) -> None:
    """It names itself, its version, which is the package's, its licence and what it is about."""
    [this] = alignment.subjects(RDF.type, OWL.Ontology)
    assert str(alignment.value(this, OWL.versionInfo)) == VERSION
    assert alignment.value(this, OWL.versionIRI) == URIRef(f"{this}/{VERSION}")
    for wanted in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.creator):
        assert alignment.value(this, wanted), wanted
