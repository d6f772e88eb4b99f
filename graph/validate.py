"""Hold the dataset against the SHACL shapes, with pySHACL."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.ontology import FOLDER

if TYPE_CHECKING:
    from rdflib import Dataset, Graph


@dataclass(frozen=True, slots=True)
class Violation:
    """One record that breaks one shape."""

    thing: str
    shape: str
    message: str
    value: str = ""


def validate_dataset(dataset: "Dataset | Graph", shapes: Path | None = None) -> list[Violation]:
    """Return the violations of the shapes, in order of thing; none when the data conforms.

    Args:
        dataset: the data with the concept schemes, as rdflib holds them.
        shapes: a Turtle file of shapes; the project's own when left out.
    """
    from pyshacl import validate
    from rdflib import SH, Dataset, Graph

    data = Graph()
    if isinstance(dataset, Dataset):
        for s, p, o, _ in dataset.quads():
            data.add((s, p, o))
    else:
        data = dataset
    rules = Graph().parse(shapes or FOLDER / "shapes.ttl")
    terms = Graph().parse(FOLDER / "rehab.ttl")
    _, results, _ = validate(data, shacl_graph=rules, ont_graph=terms, advanced=True)
    found = []
    results_graph: Any = results
    for result in results_graph.objects(None, SH.result):  # not the details of another result

        def text(prop: Any, result: Any = result) -> str:  # noqa: ANN401
            value = results_graph.value(result, prop)
            return "" if value is None else str(value)

        found.append(
            Violation(
                text(SH.focusNode), text(SH.sourceShape), text(SH.resultMessage), text(SH.value)
            )
        )
    return sorted(set(found), key=lambda v: (v.thing, v.message, v.value))
