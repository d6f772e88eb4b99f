"""The market facts as Parquet tables: their files, columns, types and order.

They stand in the folder `facts/` beside a store and say what the store's own questions say, flat:
whoever adds up a large market reads them and not the store. Things are short ids (`kind/id`
without the kind) in the tables of the record, and addresses in `imported.parquet`. Every text
is never empty unless the table says so; null is unknown or not so. Prices are never divided.

- `market.parquet`: one row a contract × area. A contract that names no area stands for each
  commissioned area of its region, or keeps one row with area null where its region has none.
- `lines.parquet`: one row a priced line (award) of an announcement.
- `parts.parquet`: one row a part in a contract: contract × organisation × role.
- `holders.parquet`: one row an organisation that leads a contract or has a part in one.
- `citations.parquet`: one row a contract or priced line × source that it cites.
- `imported.parquet`: one row an imported award × supplier; an award that names no supplier
  keeps one row with supplier null.
"""

from collections.abc import Mapping

FACTS = "facts"
"""Name of the folder beside a store."""

MANIFEST = "facts.json"
"""Name of the file in that folder that says which tables hold, and how many rows each has."""

VERSION = 2
"""Number of this schema: facts of another number are of no account."""

NOT_MADE = ("cancelled", "unsuccessful")
"""Statuses of an award that nobody holds, in the standard's words; it is in no table.

Source: https://standard.open-contracting.org/1.1/en/schema/codelists/#award-status
"""

COMPRESSION = "zstd"

MARKET: Mapping[str, str] = {
    "row": "integer",
    "contract": "string",
    "round": "string",
    "award": "string",
    "lot": "string",
    "region": "string",
    "area": "string",
    "area_stated": "boolean",
    "cohort": "string",
    "route": "string",
    "lead": "string",
    "start": "date",
    "end": "date",
    "end_precision": "string",
    "end_basis": "string",
    "referrals_closed": "date",
}
"""`row` numbers the contracts from 0 in order of address; all areas of a contract have its number.
`contract` is the reference; `award` is null when unpriced; `area_stated` is false where the row
stands for one area of a region-wide contract; `end_precision` and `end_basis` are empty for none.
"""

LINES: Mapping[str, str] = {
    "row": "integer",
    "award": "string",
    "round": "string",
    "lot": "string",
    "region": "string",
    "lead": "string",
    "value": "decimal(18,2)",
    "value_kind": "string",
    "status": "string",
    "currency": "string",
    "name_as_printed": "string",
    "source": "string",
    "locator": "string",
    "contracts": "integer",
}
"""`row` numbers the lines from 0 in order of address. `value` is the price of the whole line,
never divided; `contracts` counts the contracts that it covers; `currency` is null if unstated."""

PARTS: Mapping[str, str] = {
    "row": "integer",
    "part": "string",
    "contract": "string",
    "round": "string",
    "lot": "string",
    "region": "string",
    "organisation": "string",
    "role": "string",
}
"""`row` numbers the parts from 0 in order of address. `part` is the id of the participation, the
evidence of the row; `role` is `lead`, `subcontractor`, `named-partner` or `consortium-member`;
`lot` and `region` are null where the contract states none."""

HOLDERS: Mapping[str, str] = {
    "organisation": "string",
    "name": "string",
    "kind": "string",
    "group": "string",
    "group_name": "string",
    "sector": "string",
    "leads": "boolean",
    "charity": "boolean",
    "voluntary": "boolean",
}
"""`group` is the organisation itself where it belongs to no other, `group_name` is null then;
`sector` is empty for none; `leads` says that it leads a contract of any round; `charity` and
`voluntary` say how its kind counts."""

CITATIONS: Mapping[str, str] = {
    "thing": "string",
    "source": "string",
}
"""`thing` is `contract/REFERENCE` or `award/ID`; `source` is the address of the source."""

IMPORTED: Mapping[str, str] = {
    "award": "string",
    "ocid": "string",
    "round": "string",
    "supplier": "string",
    "supplier_name": "string",
    "suppliers": "integer",
    "value": "decimal(38,12)",
    "currency": "string",
    "tax_basis": "string",
    "buyer": "string",
    "start": "date",
    "end": "date",
}
"""An award that its source calls cancelled or unsuccessful has no row.
`award`, `supplier` and `buyer` are addresses, `round` the id of the import's round, such as
`import-0123456789abcdef`; `ocid` is the reference of the process. `suppliers` counts the
suppliers that share the award; `value` is the whole award's, null when not stated; `currency` and
`tax_basis` are empty where not stated. `buyer` is null where the process names none or several.
Rows are in order of award, then supplier."""

TABLES: Mapping[str, Mapping[str, str]] = {
    "market": MARKET,
    "lines": LINES,
    "parts": PARTS,
    "holders": HOLDERS,
    "citations": CITATIONS,
    "imported": IMPORTED,
}
"""Table → its columns in order, each with `string`, `integer` (64 bits), `boolean`, `date` (days)
or `decimal(p,s)`; the file is the table's name with `.parquet`."""


def file_name(table: str) -> str:
    """Return the name of a table's file in the folder of facts.

    >>> file_name("lines")
    'lines.parquet'
    """
    return f"{table}.parquet"
