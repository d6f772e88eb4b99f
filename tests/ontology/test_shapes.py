"""The shapes: the tiny dataset conforms, and each check sees the one row that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef

from rehabgraph.ontology import FOLDER, ID

if TYPE_CHECKING:
    from rdflib.term import Node

SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPE = Namespace("https://w3id.org/rehabgraph/shapes#")
PREFIXES = """
@prefix rg: <https://w3id.org/rehabgraph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@base <https://w3id.org/rehabgraph/id/> .
"""
NOBODY = "<organisation/nobody>"
DERIVED = "<date-basis/derived>"
ETE = "<lot/education-training-employment>"

# Check, row, property and what its values become; with a fifth item, the row that the check names
# when it is another than the one that was broken.
CASES: list[tuple[str, ...]] = [
    # shared by many classes
    ("citation", "area/down", "rg:citation", ""),
    ("label", "region/westmark", "rdfs:label", ""),
    ("alt-label", "region/eastmark", "skos:altLabel", "5"),
    ("definition", "service/oversight", "skos:definition", ""),
    ("comment", "organisation/moj", "rdfs:comment", '"one", "two"'),
    ("precision", "source/list-2021", "rg:datePrecision", '"decade"'),
    ("start", "relation/birch-trust", "schema:startDate", '"2020"^^xsd:gYear'),
    ("start-required", "event/announcement-2021", "schema:startDate", ""),
    (
        "end",
        "policy/unification",
        "schema:endDate",
        '"2024-12-31"^^xsd:date, "2025-01-31"^^xsd:date',
    ),
    ("issued", "notice/n-later", "dcterms:issued", '"2022-05"^^xsd:gYearMonth'),
    ("stated-on", "role/kim-alder", "rg:statedOn", '"2021"^^xsd:gYear'),
    ("start-before-end", "name/alder-the", "schema:endDate", '"2018-12-31"^^xsd:date'),
    ("organisation", "participation/T_0004-elm", "rg:organisation", NOBODY),
    ("commissioner", "round/later", "rg:commissioner", ""),
    ("buyer", "notice/n-later", "rg:commissioner", NOBODY),
    ("co-commissioner", "round/later", "rg:coCommissioner", NOBODY),
    ("operator", "site/coombe-hub", "rg:operator", ""),
    ("round", "term/day-one-accommodation", "rg:round", "<round/none>"),
    ("round-optional", "notice/n-later", "rg:round", "<round/none>"),
    ("lot", "contract/T_0006", "rg:lot", ""),
    ("lot-optional", "commissioning/coombe-women", "rg:lot", "<lot/none>"),
    ("region", "contract/T_0006", "rg:region", ""),
    ("region-optional", "commissioning/east", "rg:region", "<region/none>"),
    ("area", "crc-coverage/C01-ash-valley", "rg:area", ""),
    ("area-optional", "site/coombe-hub", "rg:area", "<area/none>"),
    ("crc-area", "lineage/C01-birch", "rg:crcArea", ""),
    ("subject", "amount/later-notice", "rg:subject", "<notice/none>"),
    ("subject-optional", "event/announcement-2021", "rg:subject", "<round/none>"),
    ("object", "policy-link/unification-oversight", "rg:object", ""),
    ("object-optional", "judgement/alder-elm", "rg:object", NOBODY),
    ("value-not-negative", "award/eastmark-wom-alder", "rg:value", "-1.0"),
    ("currency", "award/eastmark-wom-alder", "rg:currency", '"£"'),
    ("share", "participation/T_0004-elm", "rg:share", "100.5"),
    ("value-kind", "award/eastmark-wom-alder", "rg:valueKind", "<status/announced>"),
    ("comparator", "claim/total", "rg:comparator", ""),
    ("level", "lot/accommodation", "rg:commissioningLevel", "<route/competed>"),
    ("moj-code", "organisation/alder", "rg:mojCode", "7"),
    # sources and evidence
    ("source-kind", "source/records", "dcterms:type", "<voice/article>"),
    ("publisher", "source/records", "rg:publisherName", ""),
    ("url", "source/records", "schema:url", '"https://example.org"'),
    ("rights", "source/records", "dcterms:rights", ""),
    ("retrieved", "source/records", "rg:retrieved", '"2026"^^xsd:gYear'),
    ("text-hash", "source/list-2021", "rg:sha256", '"0123"'),
    ("line-count", "source/list-2021", "rg:lineCount", '"twenty"'),
    ("citation-source", "area/down#evidence", "prov:wasDerivedFrom", "<source/none>"),
    ("locator", "area/down#evidence", "rg:locator", ""),
    ("printed", "name/alder-the#evidence", "rg:printed", "5"),
    ("line-source", "line/list-2021.L5", "dcterms:isPartOf", "<source/none>"),
    ("line-number", "line/list-2021.L5", "rg:lineNumber", "0"),
    ("line-hash", "line/list-2021.L5", "rg:sha256", '"0123"'),
    ("line-kind", "line/list-2021.L5", "rg:lineKind", ""),
    ("supports", "evidence/t1-start", "rg:supports", "<contract/none>"),
    ("about-column", "evidence/t1-start", "rg:aboutColumn", '"start", "end"'),
    ("judgement-kind", "judgement/dogwood-space", "rg:judgementKind", "<effect/ends>"),
    ("as-printed", "judgement/dogwood-space", "rg:asPrinted", '"one", "two"'),
    ("read-as", "judgement/dogwood-space", "rg:readAs", '"one", "two"'),
    ("reason", "judgement/dogwood-space", "rdfs:comment", ""),
    ("speaker", "claim/total", "prov:wasAttributedTo", "<region/eastmark>"),
    ("voice", "claim/total", "rg:voice", ""),
    ("measure", "claim/total", "rg:measure", ""),
    ("unit", "claim/total", "rg:unit", ""),
    ("claim-value", "claim/total", "rg:value", ""),
    ("scope", "claim/total", "rg:scope", ""),
    ("hearsay", "claim/total", "rg:hearsay", '"no"'),
    # organisations and people
    ("organisation-kind", "organisation/elm", "rg:kind", "<effect/ends>"),
    ("kind-basis", "organisation/elm", "rg:kindBasis", ""),
    ("legal-name", "organisation/birch", "rg:legalName", '"One", "Two"'),
    ("identifier", "organisation/alder", "rg:identifier", '"1000001"'),
    ("parent", "organisation/elm", "rg:parent", "<organisation/alder>, <organisation/birch>"),
    ("group", "organisation/elm", "rg:group", "<organisation/alder>, <organisation/birch>"),
    ("sector", "organisation/elm", "rg:sector", "<sector/public>, <sector/private>"),
    ("name-of", "name/alder-the", "rg:nameOf", ""),
    ("name-kind", "name/alder-the", "rg:nameKind", ""),
    ("relation-subject", "relation/dogwood-birch", "rg:subject", ""),
    ("relation-object", "relation/dogwood-birch", "rg:object", NOBODY),
    ("relation-kind", "relation/dogwood-birch", "rg:relationKind", ""),
    ("relation-ends-differ", "relation/dogwood-birch", "rg:object", "<organisation/dogwood>"),
    ("person", "role/kim-alder", "rg:person", "<person/none>"),
    # places
    ("region-code", "region/westmark", "rg:regionCode", '"Z"'),
    ("country", "region/westmark", "rg:country", '"Scotland"'),
    ("area-region", "area/down", "geo:sfWithin", ""),
    ("gss-code", "area/down", "rg:gssCode", '"S23000009"'),
    ("population", "area/down", "rg:population", "-1"),
    ("population-year", "area/down", "rg:populationYear", '"2020"'),
    ("longitude", "area/down", "wgs:long", "9.0"),
    ("latitude", "area/down", "wgs:lat", "40.0"),
    ("tile-column", "area/down", "rg:tileColumn", "-1"),
    ("tile-row", "area/down", "rg:tileRow", "-1"),
    ("commissioned-area", "area/down", "rg:commissionedArea", ""),
    ("unit-area", "delivery-unit/ash-north", "geo:sfWithin", "<region/eastmark>"),
    ("town", "site/coombe-hub", "rg:town", '"12 High Street, Coombe"'),
    ("site-kind", "site/coombe-hub", "rg:siteKind", ""),
    ("audience", "site/coombe-hub", "rg:audience", "<level/region>"),
    ("programme", "site/coombe-hub", "rg:programme", "<policy/none>"),
    # services
    ("lot-notation", ETE[1:-1], "skos:notation", '"ET"'),
    ("lot-label", ETE[1:-1], "skos:prefLabel", ""),
    ("lot-definition", ETE[1:-1], "skos:definition", '"One.", "Two."'),
    ("lot-parent", ETE[1:-1], "skos:broader", "<lot/none>"),
    ("theme", "intervention/steps", "rg:theme", ""),
    ("intervention", "intervention-partner/steps-elm", "rg:intervention", ""),
    ("intervention-role", "intervention-partner/steps-elm", "rg:role", "<crc-role/owner>"),
    # contracts and money
    ("framework", "round/day-one", "rg:framework", "<policy/none>"),
    ("announced", "round/day-one", "rg:announced", '"2021"^^xsd:gYear'),
    ("term-length", "term/day-one-accommodation", "rg:term", '"two years"'),
    ("awarded-to", "award/eastmark-wom-alder", "rg:awardedTo", ""),
    ("name-as-printed", "award/eastmark-wom-alder", "rg:nameAsPrinted", ""),
    ("value-as-printed", "award/eastmark-wom-alder", "rg:valueAsPrinted", ""),
    ("status", "award/eastmark-wom-alder", "rg:status", ""),
    ("award-has-contract", "contract/T_0005", "rg:award", "", "award/westmark-acc-dogwood"),
    ("reference", "contract/T_0006", "rg:reference", ""),
    ("award", "contract/T_0006", "rg:award", "<award/none>"),
    ("cohort", "contract/T_0006", "rg:cohort", ""),
    ("route", "contract/T_0006", "rg:route", ""),
    ("end-precision", "contract/T_0006", "rg:endPrecision", '"decade"'),
    ("end-basis", "contract/T_0006", "rg:endBasis", "<status/announced>"),
    (
        "referrals-closed",
        "contract/T_0006",
        "rg:referralsClosed",
        '"2023-03-31"^^xsd:date, "2023-04-30"^^xsd:date',
    ),
    (
        "start-before-referrals-closed",
        "contract/T_0006",
        "rg:referralsClosed",
        '"2022-01-01"^^xsd:date',
    ),
    ("lead", "contract/T_0006", "rg:lead", "<organisation/alder>, <organisation/elm>"),
    (
        "one-lead",
        "participation/T_0006-alder",
        "rg:role",
        "<participation-role/subcontractor>",
        "contract/T_0006",
    ),
    ("amount-kind", "amount/later-notice", "rg:amountKind", ""),
    ("stated-by", "amount/later-notice", "rg:statedBy", NOBODY),
    ("stage", "notice/n-later", "rg:stage", ""),
    ("notice-contract", "notice/n-later", "rg:contract", "<contract/none>"),
    ("participation-contract", "participation/T_0004-elm", "rg:contract", ""),
    ("participation-role", "participation/T_0004-elm", "rg:role", "<party-role/owner>"),
    ("arrangement", "commissioning/east", "rg:arrangement", ""),
    # policies, events, earlier companies
    ("policy-kind", "policy/hubs", "rg:policyKind", ""),
    ("owner", "policy/hubs", "rg:owner", NOBODY),
    ("policy", "policy-link/unification-oversight", "rg:policy", ""),
    ("effect", "policy-link/unification-oversight", "rg:effect", ""),
    ("agreement", "party/work-moj", "rg:agreement", ""),
    ("party-role", "party/work-moj", "rg:role", "<crc-role/owner>"),
    ("event-kind", "event/announcement-2021", "rg:eventKind", ""),
    ("crc-role", "crc-owner/C01-birch", "rg:role", "<party-role/owner>"),
    ("predecessor", "lineage/C01-birch", "rg:predecessor", ""),
    ("successor", "lineage/C01-birch", "rg:successor", ""),
    ("lineage-kind", "lineage/C01-birch", "rg:lineageKind", ""),
    # several rows or columns together
    ("area-in-region", "contract/T_0006", "rg:area", "<area/brook>"),
    ("award-matches-contract", "contract/T_0005", "rg:lot", ETE),
    ("printed-when-held", "name/alder-the#evidence", "rg:printed", ""),
    ("held-text-has-lines", "source/list-2021", "rg:lineCount", ""),
    ("end-and-basis", "contract/T_0006", "rg:endBasis", ""),
    ("derived-end", "contract/T_0006", "rg:endBasis", DERIVED),
    ("pair-has-object", "judgement/alder-elm", "rg:object", ""),
    ("reading-is-whole", "judgement/dogwood-space", "rg:readAs", ""),
    ("line-within-text", "line/list-2021.L5", "rg:lineNumber", "21"),
]


def change(graph: Graph, row: str, prop: str, values: str) -> None:
    """Replace the values of a row's property; none removes them."""
    some = Graph().parse(data=f"{PREFIXES} <{row}> {prop} {values or '0'} .", format="turtle")
    [(subject, predicate), *_] = list(some.subject_predicates())
    graph.remove((subject, predicate, None))
    if values:
        for triple in some:
            graph.add(triple)


def findings(data: Graph, shapes: Graph) -> set[tuple[Node | None, str, Node | None]]:
    """Return check, message and row of every result under pySHACL."""
    import pyshacl

    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, Graph)
    return {
        (
            report.value(result, SH.sourceShape),
            str(report.value(result, SH.resultMessage)),
            report.value(result, SH.focusNode),
        )
        for result in report.objects(None, SH.result)
    }


def test_tiny_conforms(tiny: Graph, shapes: Graph) -> None:
    """The tiny dataset breaks no rule."""
    assert findings(tiny, shapes) == set()


def test_tiny_conforms_with_what_the_rules_derive(tiny: Graph, shapes: Graph) -> None:
    """What the rules add to the tiny dataset breaks no rule either."""
    for name in (
        "contract-end",
        "group-parent",
        "group",
        "kind-class",
        "lead",
        "provider",
        "sector",
    ):
        rule = (FOLDER / "rules" / f"{name}.rq").read_text(encoding="utf-8")
        for triple in list(tiny.query(rule)):
            tiny.add(triple)  # type: ignore[arg-type]
    assert findings(tiny, shapes) == set()


def test_typed_strings_conform_too(tiny: Graph, shapes: Graph) -> None:
    """Strings that another engine hands back as xsd:string are as good as plain ones."""
    for subject, predicate, value in list(tiny):
        if isinstance(value, Literal) and value.datatype is None and value.language is None:
            tiny.remove((subject, predicate, value))
            tiny.add((subject, predicate, Literal(str(value), datatype=XSD.string)))
    assert findings(tiny, shapes) == set()


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_check_sees_the_broken_row(case: tuple[str, ...], tiny: Graph, shapes: Graph) -> None:
    """One broken row gives one finding: this check, its message, that row, and no other."""
    check, row, prop, values, *other = case
    change(tiny, row, prop, values)
    stated_by = shapes.value(SHAPE[check], SH.sparql) or SHAPE[check]
    message = str(shapes.value(stated_by, SH.message))
    assert findings(tiny, shapes) == {(SHAPE[check], message, URIRef(ID + (other or [row])[0]))}


def test_derived_end_names_a_standard_term(tiny: Graph, shapes: Graph) -> None:
    """A derived end whose term stands in no table is found by the check of the term."""
    change(tiny, "contract/T_0006", "rg:endBasis", DERIVED)
    change(tiny, "contract/T_0006", "rg:derivedFromTerm", "<term/none>")
    assert {check for check, _, _ in findings(tiny, shapes)} == {SHAPE["derived-from-term"]}


def test_two_leads_are_found(tiny: Graph, shapes: Graph) -> None:
    """A second lead is as wrong as none."""
    change(tiny, "participation/T_0004-elm", "rg:role", "<participation-role/lead>")
    assert {check for check, _, _ in findings(tiny, shapes)} == {SHAPE["one-lead"]}


def test_every_check_has_a_case(shapes: Graph) -> None:
    """No check goes untested: every shape with a message of its own stands in the cases."""
    checks = {s for s in shapes.subjects(SH.message, None) if isinstance(s, URIRef)}
    checks |= {s for s, c in shapes.subject_objects(SH.sparql) if (c, SH.message, None) in shapes}
    assert checks == {SHAPE[case[0]] for case in CASES} | {SHAPE["derived-from-term"]}


def test_every_message_is_one_sentence_with_the_mend(shapes: Graph) -> None:
    """A message says what is wrong, then after a colon how to mend it, in one sentence."""
    for message in shapes.objects(None, SH.message):
        assert str(message).endswith("."), message
        assert str(message).count(": ") == 1, message
        assert ". " not in str(message), message


def test_every_class_of_the_tables_has_a_shape(shapes: Graph, ontology: Graph) -> None:
    """Each class whose rows the tables produce is the target of a node shape."""
    import json

    tables = json.loads((FOLDER.parent / "data" / "csv-metadata.json").read_text(encoding="utf-8"))
    classes = {
        c["valueUrl"]
        for t in tables["tables"]
        for c in t["tableSchema"]["columns"]
        if c["name"].startswith("type_") and "rehabgraph" in c["valueUrl"]
    }
    shaped = {
        str(o)
        for s, o in shapes.subject_objects(SH.targetClass)
        if (s, RDF.type, SH.NodeShape) in shapes
    }
    assert classes <= shaped
    assert all((URIRef(c), None, None) in ontology for c in shaped)
