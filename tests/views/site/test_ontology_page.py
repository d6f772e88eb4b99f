"""The page that explains the terms."""

import json
import re

from rehabgraph.graph.vocabulary import read_vocabulary
from rehabgraph.ontology import VERSION
from rehabgraph.queries.graph import Graph
from rehabgraph.views.site.respond import get_page


def read_page(world: Graph) -> str:
    """Return the page as HTML."""
    page = get_page(world, "/ontology.html")
    assert page.status == 200
    return page.body.decode()


def test_every_term_has_a_place_of_its_own_name(world: Graph) -> None:
    """The part of a term's address after # is the place on the page; so with every list."""
    text = read_page(world)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    vocabulary = read_vocabulary()
    assert {t.name for t in vocabulary.terms} <= set(ids)
    assert {f"list-{s.name}" for s in vocabulary.schemes} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


def test_a_term_shows_all_that_is_said_of_it(world: Graph) -> None:
    """Definition, example, classes above, properties, matches with their reasons."""
    text = read_page(world)
    part = text.split('<h3 id="Award">')[1].split("<h3 ")[0]
    for wanted in (
        "One priced line of an announcement, which may cover several contracts.",
        "Ingeus, £6,021,064, for Derbyshire, Leicestershire and Nottinghamshire.",
        'href="http://data.europa.eu/a4g/ontology#LotAwardOutcome"',
        'href="ontology.html#awardedTo"',
        'href="http://data.tbfy.eu/ontology/ocds#Award"',
        "The decision has outcomes; ours is an outcome as it was announced.",
        "source: rg:awardedTo",
        "https://w3id.org/rehabgraph/ontology#Award",
    ):
        assert wanted in part, wanted
    part = text.split('<h3 id="subject">')[1].split("<h3 ")[0]
    assert part.count("any, on purpose") == 2
    part = text.split('<h3 id="Charity">')[1].split("<h3 ")[0]
    assert 'href="page/scheme/organisation-kind.html#' in part


def test_the_header_is_shown(world: Graph) -> None:
    """Version, licence, maker and every file of the ontology."""
    text = read_page(world)
    for wanted in (
        f"https://w3id.org/rehabgraph/ontology/{VERSION}",
        "none; this is the first",
        "the rehabgraph project",
        'href="https://spdx.org/licenses/MIT.html"',
        *(f'href="download/ontology/{n}"' for n in (
            "rehab.ttl", "schemes.ttl", "alignment.ttl", "shapes.ttl", "context.jsonld")),
    ):  # fmt: skip
        assert wanted in text, wanted


def test_the_twins_hold_every_term(world: Graph) -> None:
    """The JSON twin has a row a term, with domain, range and matches."""
    rows = json.loads(get_page(world, "/ontology.json").body)["rows"]
    assert len(rows) == len(read_vocabulary().terms)
    [lot] = [r for r in rows if r["term"] == "rg:lot"]
    assert lot["range"] == "rg:Lot"
    assert lot["matches"].startswith("related to schema:serviceType: ")


def test_other_pages_lead_there(world: Graph) -> None:
    """The foot of every page and the downloads lead to the terms."""
    assert 'href="ontology.html"' in get_page(world, "/").body.decode()
    downloads = get_page(world, "/downloads.html").body.decode()
    assert 'href="ontology.html"' in downloads
    assert 'href="download/ontology/alignment.ttl"' in downloads
