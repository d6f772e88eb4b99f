"""Facts as frames of Spark: found, checked against the schema, opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehabgraph.graph.cluster.files import open_place
from rehabgraph.graph.errors import BadParameter, InvalidData
from rehabgraph.graph.large.facts_schema import FACTS, TABLES, file_name

MARKET = ("market", "lines", "parts", "holders")
_TYPES = {"string": "string", "integer": "bigint", "boolean": "boolean", "date": "date"}


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The tables of a folder of facts that are there: name → frame."""

    place: str
    frames: Mapping[str, Any]

    def get(self, name: str) -> Any:  # noqa: ANN401
        """Return a table.

        Raises:
            BadParameter: these facts have no such table.
        """
        if name not in self.frames:
            there = ", ".join(file_name(one) for one in self.frames)
            raise BadParameter(
                f"{self.place}: has no {file_name(name)}, which this report needs; there is {there}"
            )
        return self.frames[name]

    @property
    def has_market(self) -> bool:
        """Whether these are facts of the record's market."""
        return all(name in self.frames for name in MARKET)


def open_cluster_facts(spark: Any, place: str) -> ClusterFacts:  # noqa: ANN401
    """Return the facts in a folder, or in the folder `facts` inside it.

    Args:
        spark: the session.
        place: path or address of the folder.

    Raises:
        InvalidData: there are no facts, or a table is not as the schema has it.
    """
    for folder in (place, f"{place.rstrip('/')}/{FACTS}"):
        found = {}
        for name in TABLES:
            system, path = open_place(spark, f"{folder.rstrip('/')}/{file_name(name)}")
            if system.exists(path):
                found[name] = _open_table(spark, name, str(path.toString()))
        if found:
            return ClusterFacts(place, found)
    raise InvalidData(
        [f"{place}: no facts there; name a folder with market.parquet or imported.parquet in it"]
    )


def _open_table(spark: Any, name: str, path: str) -> Any:  # noqa: ANN401
    frame = spark.read.option("__globPaths__", "false").parquet(path)
    has = dict(frame.dtypes)
    for column, kind in TABLES[name].items():
        wanted = _TYPES.get(kind, kind)
        if has.get(column) != wanted:
            problem = f"column {column} is {has.get(column, 'not there')}, not {wanted}"
            raise InvalidData([f"{path}: {problem}; write the facts anew"])
    return frame.select(*TABLES[name])
