"""What each policy made, ended, funded and touched, and what touched it."""

from typing import TYPE_CHECKING, Any

from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID
from rehabgraph.queries.citing import read_labels, read_places, show_date
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.queries.resolve import kind_of

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

LINKS = (
    PREFIXES
    + """
SELECT ?row ?policy ?effect ?object ?day ?precision ?note WHERE {
  ?row a rg:PolicyLink ; rg:policy ?policy ; rg:effect ?e ; rg:object ?object .
  ?e skos:notation ?effect .
  OPTIONAL { ?row schema:startDate ?day }
  OPTIONAL { ?row rg:datePrecision ?precision }
  OPTIONAL { ?row rdfs:comment ?note }
} ORDER BY ?policy ?effect ?object ?row"""
)
PARTIES = (
    PREFIXES
    + """
SELECT ?row ?policy ?effect ?object ?note WHERE {
  ?row a rg:Party ; rg:agreement ?policy ; rg:organisation ?object ; rg:role ?r .
  ?r skos:prefLabel ?effect .
  OPTIONAL { ?row rdfs:comment ?note }
} ORDER BY ?policy ?effect ?object ?row"""
)
SUMS = (
    PREFIXES
    + """
SELECT ?row ?policy ?value ?kind ?comparator ?currency ?day ?note WHERE {
  ?policy a rg:Policy .
  ?row a rg:Amount ; rg:subject ?policy ; rg:value ?value ; rg:currency ?currency ;
    rg:amountKind ?k ; rg:comparator ?c .
  ?k skos:prefLabel ?kind . ?c skos:notation ?comparator .
  OPTIONAL { ?row rg:statedOn ?day }
  OPTIONAL { ?row rdfs:comment ?note }
} ORDER BY ?policy ?row"""
)
EFFECTS = (
    "creates", "ends", "brings-in-house", "reorganises", "funds", "binds", "aims-at",
    "works-with", "announces", "continues", "succeeds",
)  # fmt: skip
PASSIVE = {
    "creates": "created by", "ends": "ended by", "brings-in-house": "brought in house by",
    "reorganises": "reorganised by", "funds": "funded by", "binds": "bound by",
    "aims-at": "aimed at by", "works-with": "worked with by", "announces": "announced on by",
    "continues": "continued by", "succeeds": "succeeded by",
}  # fmt: skip
COLUMNS = (
    Column("policy", "Policy"),
    Column("effect", "What it does"),
    Column("name", "To what"),
    Column("kind", "Kind"),
    Column("when", "When"),
    Column("note", "Note"),
    Column("place", "Place in source"),
    Column("precision", "Exact to the"),
    Column("id", "Id"),
)


def report_policies(graph: "Graph", policy: str = "") -> Report:
    """Return what policies made, ended, funded and touched.

    Args:
        graph: the graph.
        policy: name or id of one policy; all when left out.

    Returns:
        One row an effect, a party or a sum; for one policy also what other policies do to it.

    Raises:
        UnknownName: no policy has that name.
    """
    store = graph.store
    wanted = graph.resolve(policy, ("policy",)) if policy else ""
    rows = [*_read_links(store, wanted), *_read_parties(store), *_read_sums(store)]
    rows = [r for r in rows if not wanted or r["subject"] == wanted]
    labels = read_labels(store, {x for r in rows for x in (r["subject"], r["object"]) if x})
    places = read_places(store, [r["ids"][0] for r in rows])
    for row in rows:
        row["policy"] = labels[row["subject"]]
        if row["object"]:
            kind = kind_of(row["object"])
            number = f"{row['object'].rsplit('/', 1)[-1]} " if kind == "crc-area" else ""
            row |= {"name": number + labels[row["object"]], "kind": kind.replace("-", " ")}
        row["place"] = places.get(row["ids"][0], "unknown")
    rows.sort(key=lambda r: (r["policy"], r["order"], r["when"], r["name"], r["id"]))
    for row in rows:
        for key in ("subject", "object", "order"):
            del row[key]
    touched = {r["policy"] for r in rows}
    return Report(
        name="policies",
        title="What policies do" + (f": {labels.get(wanted, policy)}" if wanted else ""),
        columns=COLUMNS,
        rows=tuple(rows),
        method=(
            "Each effect stands in a source: that one thing came after another is not taken for an "
            "effect. Sums are as stated, never added up."
        ),
        filters={"policy": wanted.removeprefix(ID)} if wanted else {},
        notes=(
            f"{len(rows)} rows on {len(touched)} of the policies; a policy without a row has no "
            "effect in the record, which is not to say that it had none.",
        ),
        sources=read_sources(store, [i for r in rows for i in r["ids"]]),
    )


def _read_links(store: Store, wanted: str) -> list[dict[str, Any]]:
    rows = []
    for r in store.select(LINKS):
        effect, order = str(r["effect"]), _order(str(r["effect"]))
        rows.append(_row(r, r["policy"], r["object"], effect.replace("-", " "), order))
        if wanted and r["object"] == wanted:
            rows.append(_row(r, r["object"], r["policy"], PASSIVE.get(effect, effect), order + 30))
    return rows


def _read_parties(store: Store) -> list[dict[str, Any]]:
    return [
        _row(r, r["policy"], r["object"], f"has as {str(r['effect']).lower()}", 20)
        for r in store.select(PARTIES)
    ]


def _read_sums(store: Store) -> list[dict[str, Any]]:
    rows = []
    for r in store.select(SUMS):
        row = _row(r, r["policy"], "", "has a sum stated", 21)
        words = {"equals": "", "none": ""}.get(str(r["comparator"]), f"{r['comparator']} ")
        pounds = r["currency"] == "GBP"
        sum_ = format_pounds(r["value"]) if pounds else f"{r['currency']} {r['value']:,}"
        row["name"] = f"{words.replace('-', ' ')}{sum_}"
        row["kind"] = f"sum, {str(r['kind']).lower()}"
        rows.append(row)
    return rows


def _row(r: dict[str, Any], subject: str, object_: str, effect: str, order: int) -> dict[str, Any]:
    precision = str(r.get("precision") or "day")
    return {
        "effect": effect,
        "name": "",
        "kind": "",
        "when": show_date(r.get("day"), precision),
        "note": str(r["note"] or ""),
        "precision": precision if r.get("day") else "unknown",
        "id": r["row"].id,
        "subject": str(subject),
        "object": str(object_),
        "order": order,
        "ids": [str(r["row"]), *([str(object_)] if object_ else [])],
    }


def _order(effect: str) -> int:
    return EFFECTS.index(effect) if effect in EFFECTS else len(EFFECTS)
