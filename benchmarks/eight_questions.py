"""Eight analytical questions of a market, each as SPARQL for a store and as SQL for its facts.

Both give the same rows. Sums are taken once in sub-selects and paths go in stages: that is how
the store answers them fastest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PREFIXES = """PREFIX rg: <https://w3id.org/rehabgraph/ontology#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX schema: <https://schema.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
DAY, UNTIL = "2023-07-01", "2024-06-30"


@dataclass(frozen=True, slots=True)
class Question:
    """One question in both languages."""

    sparql: str
    sql: str


def _shares(side: str, term: str) -> Question:
    return Question(
        f"""SELECT ?{side} (SUM(?value) AS ?sum) (COUNT(?line) AS ?lines) WHERE {{
  ?line a rg:Award ; rg:lot ?lot ; rg:region ?region ; {term} ?{side} ; rg:value ?value }}
GROUP BY ?{side}""",
        f"SELECT {side}, sum(value), count(*) FROM lines GROUP BY {side}",  # noqa: S608 - our own
    )


QUESTIONS: Mapping[str, Question] = {
    "shares by provider": _shares("lead", "rg:awardedTo"),
    "shares by lot": _shares("lot", "rg:lot"),
    "shares by region": _shares("region", "rg:region"),
    "HHI by lot and region": Question(
        """SELECT ?lot ?region (SUM(?share * ?share) AS ?hhi) WHERE {
  { SELECT ?lot ?region ?lead (SUM(?value) AS ?part) WHERE { ?line a rg:Award ; rg:lot ?lot ;
      rg:region ?region ; rg:awardedTo ?lead ; rg:value ?value } GROUP BY ?lot ?region ?lead }
  { SELECT ?lot ?region (SUM(?value) AS ?all) WHERE { ?line a rg:Award ; rg:lot ?lot ;
      rg:region ?region ; rg:value ?value } GROUP BY ?lot ?region }
  BIND (100 * xsd:double(?part) / xsd:double(?all) AS ?share)
} GROUP BY ?lot ?region""",
        """WITH held AS (
    SELECT lot, region, lead, sum(value)::DOUBLE AS part FROM lines GROUP BY ALL),
  whole AS (SELECT lot, region, sum(part) AS sum_all FROM held GROUP BY ALL)
SELECT lot, region, sum((100 * part / sum_all) ** 2) FROM held JOIN whole USING (lot, region)
GROUP BY ALL""",
    ),
    "contracts active on a day": Question(
        f"""SELECT ?lot (COUNT(?contract) AS ?contracts) WHERE {{
  ?contract a rg:Contract ; rg:lot ?lot .
  OPTIONAL {{ ?contract schema:startDate ?start }} OPTIONAL {{ ?contract schema:endDate ?end }}
  FILTER ((!BOUND(?start) || ?start <= "{DAY}"^^xsd:date)
    && (!BOUND(?end) || ?end >= "{DAY}"^^xsd:date)) }} GROUP BY ?lot""",
        f"""SELECT lot, count(DISTINCT row) FROM market
WHERE coalesce(start <= DATE '{DAY}', true) AND coalesce("end" >= DATE '{DAY}', true)
GROUP BY lot""",  # noqa: S608
    ),
    "contracts ending in a window": Question(
        f"""SELECT ?reference ?end WHERE {{ ?contract schema:endDate ?end .
  FILTER (?end >= "{DAY}"^^xsd:date && ?end <= "{UNTIL}"^^xsd:date)
  ?contract a rg:Contract ; rg:lot ?lot ; rg:reference ?reference }}""",
        f"""SELECT DISTINCT contract, "end" FROM market
WHERE "end" BETWEEN DATE '{DAY}' AND DATE '{UNTIL}'""",  # noqa: S608
    ),
    "areas served by a provider": Question(
        """SELECT ?lead (COUNT(?area) AS ?areas) WHERE { { SELECT DISTINCT ?lead ?area WHERE {
  { ?contract rg:area ?area ; rg:lead ?lead }
  UNION
  { { SELECT DISTINCT ?lead ?region WHERE { ?contract a rg:Contract ; rg:region ?region ;
        rg:lead ?lead . FILTER NOT EXISTS { ?contract rg:area ?any } } }
    ?area geo:sfWithin ?region ; rg:commissionedArea true } } } } GROUP BY ?lead""",
        "SELECT lead, count(DISTINCT area) FROM market WHERE area IS NOT NULL GROUP BY lead",
    ),
    "co-delivery pairs": Question(
        """SELECT ?one ?other (COUNT(?contract) AS ?contracts) WHERE {
  { SELECT DISTINCT ?contract ?one WHERE { ?part rg:contract ?contract ; rg:organisation ?one ;
      rg:role ?role . FILTER (?role != <https://w3id.org/rehabgraph/id/participation-role/lead>) } }
  { SELECT DISTINCT ?contract ?other WHERE { ?part rg:contract ?contract ; rg:organisation ?other ;
      rg:role ?role . FILTER (?role != <https://w3id.org/rehabgraph/id/participation-role/lead>) } }
  FILTER (STR(?one) < STR(?other)) } GROUP BY ?one ?other""",
        """WITH under AS (SELECT DISTINCT contract, organisation FROM parts WHERE role <> 'lead')
SELECT a.organisation, b.organisation, count(*) FROM under a JOIN under b
  ON a.contract = b.contract AND a.organisation < b.organisation GROUP BY ALL""",
    ),
}
