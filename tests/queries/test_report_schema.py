"""Every report keeps to the published form of its JSON."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rehabgraph.queries.graph import Graph
from rehabgraph.queries.reports import REPORTS

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "report.schema.json").read_text("utf-8")
)
NEEDED: dict[str, dict[str, Any]] = {
    "failure": {"provider": ["Ingeus"]},
    "merger": {"parties": "Ingeus,Seetec"},
    "changes": {"from": "2021-07-01", "to": "2023-07-01"},
    "profile": {"about": "Seetec"},
    "policies": {"policy": "reunification"},
}
"""Options without which a report has nothing to say, or says more than a test can wait for."""


@pytest.mark.parametrize("name", [n for n in REPORTS if n != "imported"])  # needs an import
def test_the_json_form_of_every_report_is_valid(name: str, world: Graph) -> None:
    """The JSON form validates against `docs/report.schema.json`, each column is in each row."""
    report = world.report(name, **NEEDED.get(name, {}))
    form = json.loads(json.dumps(report.to_json(), allow_nan=False))
    jsonschema.validate(form, SCHEMA)
    names = {column["name"] for column in form["columns"]}
    assert all(names <= set(row) for row in form["rows"])
