"""The ties of contracts at size: DuckDB pairs the parties of each contract."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.large.engine import open_facts
from rehabgraph.queries.partnerships import AGREEMENT, CO_DELIVERY, LEAD, LED_KINDS, Tie
from rehabgraph.queries.parts import CLOSEST_FIRST

if TYPE_CHECKING:
    from rehabgraph.graph.large.facts import Facts

TIES = """WITH ranked AS (
    SELECT contract, organisation, role, $part || part AS evidence, part,
      coalesce(nullif(list_position($roles::VARCHAR[], role), 0), 9) AS place
    FROM parts JOIN holders USING (organisation)
    WHERE contract IN (SELECT unnest($contracts::VARCHAR[]))),
  parties AS (
    SELECT contract, organisation, first(role ORDER BY place, part) AS role,
      string_agg(evidence, '|' ORDER BY place, part) AS evidence
    FROM ranked GROUP BY contract, organisation),
  led AS (SELECT contract, bool_or(role = $lead) AS led FROM parties GROUP BY contract),
  pairs AS (
    SELECT contract, led, a.evidence AS one_says, b.evidence AS other_says,
      (a.role = $lead) <> (b.role = $lead) AS from_lead, b.role = $lead AS turned,
      a.organisation AS one, b.organisation AS other, a.role AS one_role, b.role AS other_role,
      CASE WHEN b.role = $lead THEN a.role ELSE b.role END AS part_role
    FROM parties a JOIN parties b USING (contract) JOIN led USING (contract)
    WHERE a.organisation < b.organisation)
  SELECT CASE WHEN from_lead AND turned THEN other ELSE one END AS source,
    CASE WHEN from_lead AND turned THEN one ELSE other END AS target,
    CASE WHEN NOT from_lead THEN CASE WHEN led THEN $co ELSE $agreement END
      ELSE coalesce(
        list_extract($led_kinds::VARCHAR[], list_position($led_roles::VARCHAR[], part_role)),
        'lead-' || part_role) END AS kind,
    CASE WHEN from_lead THEN part_role
      WHEN one_role = other_role THEN one_role
      ELSE least(one_role, other_role) || ' / ' || greatest(one_role, other_role) END AS role,
    list(contract ORDER BY contract),
    list_sort(list_distinct(list_concat(list(one_says), list(other_says))))
  FROM pairs GROUP BY ALL ORDER BY ALL"""


def read_large_ties(facts: "Facts", contracts: Collection[str]) -> list[Tie]:
    """Return the ties between the parties of some contracts, as `measure_ties` gives them.

    Args:
        facts: the facts.
        contracts: references of the contracts.
    """
    asked = {
        "contracts": sorted(contracts),
        "roles": list(CLOSEST_FIRST),
        "part": f"{ID}participation/",
        "lead": LEAD,
        "co": CO_DELIVERY,
        "agreement": AGREEMENT,
        "led_roles": list(LED_KINDS),
        "led_kinds": list(LED_KINDS.values()),
    }
    with open_facts(facts) as db:
        return [
            Tie(source, target, kind, role, tuple(ids), tuple(evidence))
            for source, target, kind, role, ids, evidence in db.execute(TIES, asked).fetchall()
        ]
