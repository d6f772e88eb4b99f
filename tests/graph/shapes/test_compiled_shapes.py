"""The compiled shapes find what pySHACL finds: focus node, shape, value and message."""

import importlib.util
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rehabgraph.graph.build import build_quads
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.shapes.check import check_store
from rehabgraph.graph.shapes.model import read_shapes
from rehabgraph.graph.store import open_memory
from rehabgraph.graph.validate import Violation, validate_dataset
from rehabgraph.ontology import FOLDER, PREFIXES

ROOT = Path(__file__).parents[3]
PREFIX = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
PREFIX += "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix e: <urn:e:> .\n"


def load_module(path: Path) -> ModuleType:
    """Return a module of a file that stands in no package."""
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def find_both(lines: list[str], shapes: Path | None = None) -> list[Violation]:
    """Return what the compiled shapes find in a store, once pySHACL has found the same there."""
    from rehabgraph.graph.rdflib_door import read_rdflib

    store = open_memory(lines)
    ours = check_store(store.raw, *([shapes] if shapes else []))
    assert ours == validate_dataset(read_rdflib(store.quads()), shapes)
    return ours


def test_the_packaged_dataset_conforms() -> None:
    """Neither engine finds anything in the packaged dataset."""
    assert find_both(build_quads()) == []


def broken_cases() -> list[list[tuple[str, ...]]]:
    """Return the breaking records of the shapes' own tests, those of different rows together."""
    cases = load_module(ROOT / "tests" / "ontology" / "test_shapes.py").CASES
    batches: list[list[tuple[str, ...]]] = []
    for case in cases:
        free = (b for b in batches if all(case[1] != other[1] for other in b))
        batch = next(free, None)
        if batch is None:
            batches.append([case])
        else:
            batch.append(case)
    return batches


@pytest.mark.parametrize("batch", broken_cases(), ids=lambda batch: f"{len(batch)} rows")
def test_every_breaking_record_is_found_alike(batch: list[tuple[str, ...]]) -> None:
    """Each record that the shapes' own tests break is found in the same words by both."""
    from rdflib import Graph

    graph = Graph().parse(ROOT / "tests" / "data" / "tiny.ttl")
    change = sys.modules["loaded_test_shapes"].change
    for _, row, prop, values, *_ in batch:
        change(graph, row, prop, values)
    for name in ("schemes.ttl", "rehab.ttl"):
        graph.parse(FOLDER / name)
    found = {v.shape.rpartition("#")[2] for v in find_both([graph.serialize(format="nt")])}
    assert found >= {case[0] for case in batch} - {"line-within-text"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return a made-up world of ten thousand quads."""
    folder = tmp_path_factory.mktemp("made")
    command = [sys.executable, ROOT / "benchmarks" / "generate.py", "10000", folder, "--seed", "3"]
    subprocess.run(command, check=True, capture_output=True)
    return build_quads(folder)


def test_a_made_world_conforms(made: list[str]) -> None:
    """The generator's world breaks no shape."""
    assert find_both(made) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_damage_to_a_made_world_is_found_alike(made: list[str], seed: int) -> None:
    """Statements lost, doubled, turned round or of another type: both engines say the same."""
    chance = random.Random(seed)  # noqa: S311 - places of damage, no secret
    curated = [line for line in made if "dataset/curated" in line]
    gone, new = set(), []
    for line in chance.sample(curated, 150):
        subject, predicate, rest = line.split(" ", 2)
        value, graph = rest.rsplit(" <", 1)
        other = chance.choice(curated).split(" ", 2)[2].rsplit(" <", 1)[0]
        text = value.split('"')[1] if value.startswith('"') else "x"
        put = chance.choice(
            (None, other, '"9"', f'"{text}"^^<{PREFIXES["xsd"]}gYear>', '"x"@en', '"-1"^^<urn:t>')
        )
        if chance.random() < 0.7:
            gone.add(line)
        if put:
            new.append(f"{subject} {predicate} {put} <{graph}")
    found = find_both([line for line in made if line not in gone] + new)
    assert len(found) > 50


ROUND = {
    "two in order, one not": ("e:a e:from 1, 5, 6 ; e:to 3, 4", 2),
    "not comparable": ('e:a e:from 1 ; e:to "x"', 1),
    "in order": ("e:a e:from 1 ; e:to 3", 0),
}


@pytest.mark.parametrize("case", ROUND)
def test_pairs_are_compared_one_by_one(case: str, tmp_path: Path) -> None:
    """sh:lessThanOrEquals gives a result for each value out of order with some other."""
    file = tmp_path / "shapes.ttl"
    file.write_text(
        PREFIX + "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:p . e:p sh:path e:from ;"
        ' sh:lessThanOrEquals e:to ; sh:message "m" .'
    )
    data, number = ROUND[case]
    assert len(find_both(lines_of(f"{data} . e:a a e:C ."), file)) == number


def lines_of(turtle: str) -> list[str]:
    """Return a little Turtle as N-Triples lines."""
    from rdflib import Graph

    return [Graph().parse(data=PREFIX + turtle, format="turtle").serialize(format="nt")]


def test_subclasses_are_targets_and_fit_a_class(tmp_path: Path) -> None:
    """A thing of a subclass is checked, and a value of a subclass is of the class."""
    file = tmp_path / "shapes.ttl"
    file.write_text(
        PREFIX + "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:p . e:p sh:path e:q ;"
        ' sh:class e:C ; sh:minCount 1 ; sh:message "m" .'
    )
    data = "e:D rdfs:subClassOf e:C . e:E rdfs:subClassOf e:D . e:a a e:E ; e:q e:b . e:b a e:D ."
    assert [v.thing for v in find_both(lines_of(data), file)] == ["urn:e:b"]


UNKNOWN: dict[str, str] = {
    "sh:closed": "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:closed true .",
    "sh:targetNode": "e:S a sh:NodeShape ; sh:targetNode e:c .",
    "sh:in": "e:S sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:in ( 1 ) ; sh:message 'm' ]",
    "sh:message": "e:S sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:minCount 1 ] .",
    "sh:zeroOrMorePath": "e:S sh:targetClass e:C ; sh:property [ sh:minCount 1 ; sh:message 'm' ;"
    " sh:path [ sh:zeroOrMorePath e:p ] ] .",
    "sh:severity": "e:S sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:minCount 1 ;"
    " sh:message 'm' ; sh:severity sh:Info ] .",
    "sh:xone": "e:S sh:targetClass e:C ; sh:or ( [ sh:xone ( [] ) ] ) ; sh:message 'm' .",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_compiled_is_refused(name: str, tmp_path: Path) -> None:
    """A construct that we do not compile is named with its shape, never passed over."""
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIX + UNKNOWN[name].rstrip(" .") + " .")
    with pytest.raises(InvalidData, match=f"{name}.*--engine pyshacl") as caught:
        read_shapes(file)
    assert str(file) in caught.value.problems[0]


def test_every_shape_of_ours_is_compiled() -> None:
    """Each target of the shapes file is a target of a shape read: none is left out."""
    import rdflib

    graph: Any = rdflib.Graph().parse(FOLDER / "shapes.ttl")
    targets = {f"<{o}>" for o in graph.objects(None, rdflib.SH.targetClass)}
    assert {t for shape in read_shapes() for t in shape.targets} == targets
