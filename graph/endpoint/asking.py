"""Ask a SPARQL server: queries out, whole answers back.

An answer that the server cuts is read page by page, and used only when every row of it is there,
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from rehabgraph.graph.endpoint.address import Credentials, read_address, read_credentials
from rehabgraph.graph.endpoint.results import Cell, Table, read_results, to_value
from rehabgraph.graph.endpoint.server import Server, look_at_server
from rehabgraph.graph.endpoint.shape import Shape, drop_dataset, read_shape
from rehabgraph.graph.endpoint.transport import MAX_BYTES, SECONDS, Client, Reply
from rehabgraph.graph.errors import BadQuery, StoreError
from rehabgraph.graph.guard import Look

COUNTED_ROWS = 1_000
"""Answers of so many rows are counted too: servers cut long answers without a word."""
JSON = "application/sparql-results+json"
TRIPLES = "application/n-triples, text/plain;q=0.5"
LOOK_BYTES = 8 * 1024 * 1024
"""Size of an answer when a server is looked at: it is not known yet, and nothing else bounds it."""
_FORM = "application/x-www-form-urlencoded"
_SERVERS: dict[str, Server] = {}


class Refused(StoreError):
    """The server cannot take the query."""


class Cut(StoreError):
    """The server cuts its answer, and its pages cannot be put together."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A SELECT to be read page by page: its columns, rows a page, and graphs."""

    shape: Shape
    names: Sequence[str]
    step: int
    default: Sequence[str] | None = None
    named: Sequence[str] | None = None


class Endpoint:
    """A server behind an address."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        *,
        seconds: float = SECONDS,
        most: int = MAX_BYTES,
    ) -> None:
        self.address = read_address(url)
        who = read_credentials() if credentials is None else credentials
        self.client = Client(who, seconds=seconds, most=most)
        self._name: str | None = None

    @property
    def server(self) -> Server:
        """What the server is; found out once for each process.

        Raises:
            StoreError: it cannot be reached, holds nothing, or cannot be relied on.
        """
        key = self.address.url
        if key not in _SERVERS:
            client = self.client
            most = min(LOOK_BYTES, client.most)
            looker = Endpoint(key, client.credentials, seconds=client.seconds, most=most)
            _SERVERS[key] = look_at_server(str(self.address), looker._ask_plainly)
        return _SERVERS[key]

    def forget(self) -> None:
        """Find out anew what the server is, when it is next asked."""
        _SERVERS.pop(self.address.url, None)

    def is_virtuoso(self) -> bool:
        """Return whether the server calls itself a Virtuoso; asked once, also of an empty one."""
        if self._name is None:
            self._name = self._ask_plainly("SELECT (1 AS ?one) WHERE {}", ())[1]
        return "virtuoso" in self._name.lower()

    def answer(
        self,
        text: str,
        look: Look,
        default: Sequence[str] | None = None,
        named: Sequence[str] | None = None,
    ) -> Table | bool | list[str]:
        """Return what the server answers to a query of somebody else's.

        Args:
            text: the query, looked at by the guard.
            look: what the guard found; its graphs count where the request names none.
            default: graphs of the request's default graph; None when it names no dataset.
            named: the request's named graphs; None when it names no dataset.

        Raises:
            BadQuery: the server cannot take it.
            StoreError: it does not answer as it should.
        """
        try:
            return self._answer(text, look, default, named)
        except Refused as e:
            raise BadQuery(str(e)) from e

    def _answer(
        self,
        text: str,
        look: Look,
        default: Sequence[str] | None,
        named: Sequence[str] | None,
    ) -> Table | bool | list[str]:
        if default is None and named is None and look.graphs:
            default, named = look.default_graphs, look.named_graphs
        if look.graphs:
            text = drop_dataset(text)
        if look.form in ("CONSTRUCT", "DESCRIBE"):
            return self.read_triples(self.post(text, TRIPLES, default, named))
        if look.form == "ASK":
            return self.read_truth(self.post(text, JSON, default, named))
        return self.read_whole(read_shape(text), text, default, named)

    def post(
        self,
        query: str,
        accept: str,
        default: Sequence[str] | None = None,
        named: Sequence[str] | None = None,
    ) -> Reply:
        """Return the answer to a query over some graphs; all of them when none is named.

        Raises:
            Refused: the server cannot take the query.
            StoreError: it does not answer, or answers with something else.
        """
        if default is None and named is None:
            default = named = self.server.graphs
        fields = [("query", query)]
        fields += [("default-graph-uri", graph) for graph in default or ()]
        fields += [("named-graph-uri", graph) for graph in named or ()]
        reply = self.client.post(self.address, urlencode(fields).encode(), _FORM, accept)
        if reply.status == 200 and "x-sql-state" in reply.headers:  # a Virtuoso out of time
            raise Cut(f"{self.address}: the server gives only a part of the answer; ask for less")
        if reply.status == 200:
            return self._of_type(reply, accept)
        if reply.status == 400:
            raise Refused(f"{self.address}: the server refuses the query: {words_of(reply)}")
        if reply.status in (404, 405, 406, 410, 415):
            raise StoreError(
                f"{self.address}: no SPARQL endpoint for queries there (status {reply.status})"
            )
        if reply.status >= 500:
            raise Cut(f"{self.address}: the server failed ({reply.status}): {words_of(reply)}")
        raise StoreError(f"{self.address}: the server answers with status {reply.status}")

    def read_triples(self, reply: Reply) -> list[str]:
        """Return the triples of an answer as sorted N-Triples lines."""
        from pyoxigraph import RdfFormat, parse

        try:
            found = parse(reply.body, format=RdfFormat.N_TRIPLES)
            return sorted({f"{q.triple} .\n" for q in found})
        except SyntaxError as e:
            raise StoreError(f"{self.address}: the triples are damaged; nothing was used") from e

    def read_table(self, reply: Reply) -> Table:
        """Return the solutions of an answer.

        Raises:
            StoreError: it holds none.
        """
        found = read_results(reply.body, str(self.address))
        if not isinstance(found, Table):
            raise StoreError(f"{self.address}: the answer has no rows: it is true or false")
        return found

    def read_truth(self, reply: Reply) -> bool:
        """Return the truth that an answer holds.

        Raises:
            StoreError: it holds none.
        """
        found = read_results(reply.body, str(self.address))
        if not isinstance(found, bool):
            raise StoreError(f"{self.address}: the answer is neither true nor false")
        return found

    def _of_type(self, reply: Reply, accept: str) -> Reply:
        wanted = {JSON, "application/json"} if accept == JSON else {"application/n-triples"}
        wanted |= {"text/plain"} if accept == TRIPLES else set()
        if reply.type not in wanted:
            raise StoreError(
                f"{self.address}: the answer is {reply.type[:60] or 'of no type'}, not "
                f"{accept.partition(',')[0]}; is this its SPARQL endpoint for queries?"
            )
        return reply

    def _ask_plainly(self, query: str, graphs: Sequence[str]) -> tuple[Table, str]:
        reply = self.post(query, JSON, graphs, graphs)
        return self.read_table(reply), reply.headers.get("server", "the server").strip()

    def read_number(
        self,
        query: str,
        default: Sequence[str] | None = None,
        named: Sequence[str] | None = None,
    ) -> int:
        """Return the one number that a query counts."""
        table = self.read_table(self.post(query, JSON, default, named))
        number = to_value(table.rows[0][0]) if table.rows and table.rows[0] else None
        if not isinstance(number, int):
            raise StoreError(f"{self.address}: COUNT gives no number")
        return number

    def read_whole(
        self,
        shape: Shape,
        query: str,
        default: Sequence[str] | None = None,
        named: Sequence[str] | None = None,
    ) -> Table:
        """Return every row of a SELECT, also where the server cuts its answers."""
        if shape.form != "SELECT":
            raise BadQuery("the query is not a SELECT; ask for columns with SELECT ?a ?b WHERE …")
        reply = self.post(query, JSON, default, named)
        table = self.read_table(reply)
        cut = "x-sparql-maxrows" in reply.headers
        if not table.rows or (len(table.rows) < COUNTED_ROWS and not cut):
            return table
        count = f"{shape.prologue} SELECT (COUNT(*) AS ?n) WHERE {{ {{ {shape.whole} }} }}"
        total = self.read_number(count, default, named)
        if total == len(table.rows):
            return table
        if total < len(table.rows):
            raise Cut(f"{self.address}: {total:,} rows are counted and more are sent; ask again")
        pages = Pages(shape, table.variables, len(table.rows), default, named)
        return Table(table.variables, self.read_pages(pages, total))

    def read_pages(self, pages: Pages, total: int) -> list[tuple[Cell, ...]]:
        """Return the rows of a SELECT page by page.

        As many rows as are counted, and no two alike: so each is there, once.
        """
        rows: list[tuple[Cell, ...]] = []
        while len(rows) < total:
            page = self._read_page(pages, len(rows))
            if not page:
                break
            rows += page
            if len(rows) > len(page) and any(c and c[0] == "bnode" for row in page for c in row):
                again = self._read_page(pages, len(rows) - len(page))
                if again != page:
                    raise Cut(f"{self.address}: nodes without an address are named anew each time")
        if len(rows) != total or len(set(rows)) != total:
            raise Cut(
                f"{self.address}: the server cuts this answer at {pages.step:,} rows, and its "
                f"pages do not make up the {total:,} that it counts; raise its limit"
            )
        return rows

    def _read_page(self, pages: Pages, offset: int) -> list[tuple[Cell, ...]]:
        columns = " ".join(f"?{name}" for name in pages.names)
        query = (
            f"{pages.shape.prologue} SELECT {columns} WHERE {{ {{ {pages.shape.whole} }} }} "
            f"LIMIT {pages.step} OFFSET {offset}"
        )
        return self.read_table(self.post(query, JSON, pages.default, pages.named)).rows


def words_of(reply: Reply) -> str:
    """Return what a server says of a failure: the first words of plain text, on one line."""
    if "html" in reply.type or reply.body[:1] == b"<":
        return "it says no more"
    text = reply.body[:2000].decode("utf-8", "replace").partition("\n\n")[0]
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain[:200] + ("…" if len(plain) > 200 else "") or "it says no more"
