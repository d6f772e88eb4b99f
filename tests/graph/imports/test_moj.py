"""The ministry's contract records: read from files made by hand, held against the record.

What the record has of PRJ_5624 and PRJ_5813 is in its own tables, which a reader can open.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.moj import import_contracts
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.queries.graph import Graph

CHAIN = ["COMMUNITY_LED_INIT", "DVIP_RICHMOND", "GANGSLINE", "GROUNDWORK_EAST", "MAGISTRA"]
CHAIN += ["REFORM_RESTORE_RESPECT", "RFEA", "UP_BEAT_LIFE"]


def record(reference: str, lead: str, *chain: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a record of the ministry's shape."""
    return {
        "contract_reference": reference,
        "contract_type_id": "PWB",
        "incoming_distribution_email": "somebody@example.org",
        "region": {"nps_region_code": None, "pcc_region_code": "cambridgeshire"},
        "eligibility": {"allows_female": False, "allows_male": True, "minimum_age": 18},
        "providers": {"prime_provider_code": lead, "subcontractor_codes": list(chain)},
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one contract as the record has it, one changed and one new."""
    base = tmp_path / "clone" / "src" / "main" / "resources" / "contracts"
    base.mkdir(parents=True)
    region = {"nps_region_code": "G", "pcc_region_code": None}
    place = {"nps_region_code": None, "pcc_region_code": "lincolnshire"}
    for one in (
        record("PRJ_5624", "THE_FORWARD_TRUST", *CHAIN),
        record("PRJ_5813", "CHANGING_LIVES", "NEWCOMER", region=place, contract_type_id="WOS"),
        record("PRJ_NEW", "NEWCOMER", region=region),
    ):
        (base / f"{one['contract_reference']}.json").write_text(json.dumps(one))
    (base / "broken.json").write_text("{")
    (base / "other.json").write_text("[]")
    (base / "outside.json").symlink_to("/etc/hostname")
    return tmp_path / "clone"


def test_changes_against_the_record(workspace: Workspace, folder: Path) -> None:
    """The same contract is silent; lead and chain of another are told; one is new."""
    found = import_contracts(workspace, folder)
    said = [(c.contract, c.state, c.words) for c in found.changes if c.state != "gone"]
    assert [(c, s) for c, s, _ in said] == [
        ("PRJ_5813", "differs"),
        ("PRJ_5813", "differs"),
        ("PRJ_NEW", "new"),
    ]
    assert said[0][2] == "lead: lincolnshire-action-trust in the record, changing-lives in the file"
    assert said[1][2] == "subcontractors only in the file: NEWCOMER"
    assert said[2][2].endswith("led by NEWCOMER")
    assert found.count("contracts") == 3
    assert found.count("contracts gone") > 100
    assert found.findings.counts == {"not read": 2, "unknown code": 1}


def test_what_reaches_the_store(
    workspace: Workspace, folder: Path, graph: Callable[[], Graph], world: Graph
) -> None:
    """Contracts and chains in words and links, no e-mail address, and no market report moved."""
    import_contracts(workspace, folder)
    mine = graph()
    rows = mine.store.select(
        "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> SELECT ?r ?lead ?who WHERE { ?c a "
        "rg:ContractRecord ; rg:reference ?r ; rg:primeProvider ?lead ; rg:cohortAsPrinted ?who "
        "} ORDER BY ?r"
    )
    assert [(r["r"], r["lead"].id, r["who"]) for r in rows] == [
        ("PRJ_5624", "forward-trust", "male, from 18"),
        ("PRJ_5813", "changing-lives", "male, from 18"),
        ("PRJ_NEW", "moj:NEWCOMER", "male, from 18"),
    ]
    assert "somebody@" not in "".join(mine.store.quads())
    for name in ("market-share", "partnerships", "coverage"):
        assert mine.report(name).rows == world.report(name).rows, name


def test_the_folder_itself_and_again(workspace: Workspace, folder: Path) -> None:
    """The folder of files does as well as the clone; the same files again add nothing."""
    inner = folder / "src" / "main" / "resources" / "contracts"
    first = import_contracts(workspace, inner, How(dry_run=True))
    assert first.count("contracts") == 3
    assert import_contracts(workspace, folder).state == "added"
    assert import_contracts(workspace, inner).state == "already there"


def test_a_folder_without_records_is_one_line(workspace: Workspace, tmp_path: Path) -> None:
    """An empty folder and a missing one are refused."""
    (tmp_path / "empty").mkdir()
    for name in ("empty", "none"):
        with pytest.raises(InvalidData, match=name):
            import_contracts(workspace, tmp_path / name)
    assert not workspace.folder.exists()


def test_a_chain_that_is_no_list_of_codes_is_told(workspace: Workspace, folder: Path) -> None:
    """A bare text, a number and an address are left out of the chain, and it is said."""
    (inner := folder / "flat").mkdir()
    chains: dict[str, Any] = {"X_1": "RFEA", "X_2": ["RFEA", 5, "jo@example.org"], "X_3": None}
    for name, chain in chains.items():
        one = record(name, "CHANGING_LIVES")
        one["providers"]["subcontractor_codes"] = chain
        (inner / f"{name}.json").write_text(json.dumps(one))
    found = import_contracts(workspace, inner, How(dry_run=True))
    assert [w.split()[0] for w in map(str, found.findings.shown) if "not all are codes" in w] == [
        "X_1",
        "X_2",
    ]
