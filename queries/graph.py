"""The open graph: one object with the questions, the reports and the doors to other tools.

The command line uses this object and nothing else, so a terminal and a notebook say the same.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, UnknownReport
from rehabgraph.graph.store import Store
from rehabgraph.queries.market import Filters
from rehabgraph.queries.report import Report

if TYPE_CHECKING:
    import networkx as nx
    from rdflib import Dataset

    from rehabgraph.queries.market import Market
    from rehabgraph.queries.resolve import Found, NameIndex

FILTER_KINDS: Mapping[str, tuple[str, ...]] = {
    "round": ("round",),
    "lot": ("lot",),
    "region": ("region",),
    "area": ("area",),
    "provider": ("organisation",),
    "kind": ("organisation-kind",),
}


class Graph:
    """The graph, open for questions.

    >>> import rehabgraph
    >>> g = rehabgraph.open()
    >>> g.report("market-share", lot="accommodation").rows[0]["name"]
    'Seetec'
    """

    def __init__(self, store: Store, unmerged: Store | None = None) -> None:
        self.store = store
        self.unmerged = unmerged
        """The store before rows that are judged one were made one; None where none are."""
        self._names: NameIndex | None = None

    @property
    def names(self) -> "NameIndex":
        """Every name in the graph, read when first needed."""
        if self._names is None:
            from rehabgraph.queries.resolve import read_names

            self._names = read_names(self.store)
        return self._names

    def resolve(self, text: str, kinds: Iterable[str] = ()) -> str:
        """Return the address of the one thing that a name, id or address names.

        Raises:
            UnknownName: none or several; the message lists the nearest.
        """
        return self.names.resolve(text, kinds)

    def find(self, text: str, limit: int = 10) -> "list[Found]":
        """Return the things whose names come nearest to the text, best first."""
        return self.names.find(text, limit)

    def query(self, question: str, /, **params: object) -> Report:
        """Return the answer of a saved question.

        Args:
            question: its name, as `query --list` shows it.
            params: values by parameter name; a name of a thing is resolved to the thing, a list
                means any of them.

        Raises:
            UnknownQuestion: no question has that name.
            BadParameter: a parameter is unknown, missing or of the wrong type.
        """
        from rehabgraph.queries.ask import answer_question

        return answer_question(self, question, params)

    def sparql(self, query: str) -> Report:
        """Return the answer of a SELECT or ASK query of one's own; reading only.

        Raises:
            BadQuery: it does not parse, asks for more than reading, or passes a limit.
        """
        from rehabgraph.queries.ask import answer_own_query

        return answer_own_query(self.store, query)

    def filters(
        self,
        *,
        as_of: date | str | None = None,
        **named: str | Iterable[str] | None,
    ) -> Filters:
        """Return filters from names, ids or addresses of things.

        Raises:
            BadParameter: no such filter, or a date that is none.
            UnknownName: a name that nothing bears.
        """
        ids: dict[str, tuple[str, ...]] = {}
        for key, values in named.items():
            name = key.removesuffix("s")
            if name not in FILTER_KINDS:
                raise BadParameter(f"no filter {key!r}; there are: {', '.join(FILTER_KINDS)}")
            wanted = [values] if isinstance(values, str) else list(values or ())
            if name == "round" and "all" in wanted:
                ids["rounds"] = ()
            elif wanted:
                ids[f"{name}s"] = tuple(
                    self.resolve(text, FILTER_KINDS[name]).rsplit("/", 1)[-1] for text in wanted
                )
        return Filters(as_of=parse_date(as_of), **ids)

    def report(self, report: str, /, **options: Any) -> Report:  # noqa: ANN401
        """Return a report by name.

        Args:
            report: its name, as `report --list` shows it.
            options: filters (`lot`, `region`, `area`, `provider`, `kind`, `round`, `as_of`) and
                the report's own options, such as `by`.

        Raises:
            UnknownReport: no report has that name.
            BadParameter: an option that it does not have.
        """
        from rehabgraph.queries.reports import run_report

        return run_report(self, report, options)

    def why(self, report: str, row: str, /, **options: Any) -> Report:  # noqa: ANN401
        """Return the lines, places in the sources and judgements behind one row of a report.

        Raises:
            UnknownReport: no report has that name.
            BadParameter: the report has no such row.
        """
        from rehabgraph.queries.why import report_why

        return report_why(self, self.report(report, **options), row)

    def market(self) -> "Market":
        """Return every line and contract as plain rows."""
        from rehabgraph.queries.facts import read_market

        return read_market(self.store)

    def to_rdflib(self) -> "Dataset":
        """Return the whole dataset as an rdflib Dataset with its named graphs."""
        from rehabgraph.graph.rdflib_door import read_rdflib

        return read_rdflib(self.store.quads())

    def to_networkx(self, kind: str = "provider-area") -> "nx.MultiDiGraph[str]":
        """Return a network of the graph, built from the ontology's edge declarations.

        Args:
            kind: see `rehabgraph.graph.network.NETWORKS`; `all` for every edge.

        Raises:
            BadParameter: no such network.
        """
        from rehabgraph.graph.network import build_network

        return build_network(self.store, kind)


def parse_date(value: date | str | None) -> date | None:
    """Return a day from `2023-07-01`, a month as its first day, or None.

    Raises:
        BadParameter: the text is no date.
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    text = f"{value}-01" if len(value) == 7 else value
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise BadParameter(
            f"{value!r} is not a date; write year-month-day, such as 2023-07-01"
        ) from e


def open_graph(
    store: str | Path | None = None,
    data: str | Path | None = None,
    endpoint: str | None = None,
) -> Graph:
    """Open the graph.

    Args:
        store: folder of a store made by `build --store`; the packaged data when left out.
        data: folder of tables to build from instead of the packaged ones.
        endpoint: address of a SPARQL server to ask instead.

    Raises:
        BadParameter: an endpoint beside a store or tables.
        StoreError: the store cannot be opened, or the address is none.
        InvalidData: a table breaks a rule.
    """
    from rehabgraph.graph.answers import RememberingStore
    from rehabgraph.graph.build import ANSWERS, STORE, open_built
    from rehabgraph.graph.large.facts_schema import FACTS
    from rehabgraph.ontology import DATA
    from rehabgraph.queries.identity.merge import merge_judged

    if endpoint is not None:
        from rehabgraph.graph.endpoint.store import EndpointStore

        if store is not None or data is not None:
            raise BadParameter("an endpoint, a store and tables are different graphs; name one")
        return Graph(EndpointStore(endpoint))
    if store is not None:
        from rehabgraph.graph.imports.workspace import current_generation
        from rehabgraph.graph.store import open_directory

        folder = Path(store)
        folder = current_generation(folder) or folder  # where imports went into
        inner = folder / STORE
        opened = open_directory(inner if inner.is_dir() else folder)
        opened.facts = folder / FACTS
        return Graph(opened)
    built = open_built(Path(data) if data is not None else DATA)
    kept = RememberingStore(built / STORE, built / ANSWERS)
    kept.facts = built / FACTS
    return merge_judged(Graph(kept))


def unknown_report(name: str, known: Iterable[str]) -> UnknownReport:
    """Return the error for a report name that is none, with the nearest ones."""
    from difflib import get_close_matches

    from rehabgraph.queries.catalogue import question_files

    if name in question_files():
        how = f"rehabgraph query {name} asks it, rehabgraph show opens what it names"
        return UnknownReport(f"{name} is a question, no report; {how}")
    near = get_close_matches(name, list(known), n=2, cutoff=0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return UnknownReport(f"no report {name!r}{hint} (report --list shows all)")
