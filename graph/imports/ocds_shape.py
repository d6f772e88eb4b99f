"""The fields of a release that are read, and what each must be.

Everything else is left out at the door: contact points, addresses and free fields never
reach the store, and a field of an unexpected type can harm nothing but itself.

Source: https://standard.open-contracting.org/1.1/en/schema/release/
"""

from typing import Any, Final

TEXT: Final = "text"
ID: Final = "id"
DATE: Final = "date"
MOMENT: Final = "moment"
NUMBER: Final = "number"
TEXTS: Final = "texts"
CURRENCY: Final = "currency"

VALUE: dict[str, Any] = {"amount": NUMBER, "amountGross": NUMBER, "currency": CURRENCY}
PERIOD: dict[str, Any] = {"startDate": DATE, "endDate": DATE}
IDENTIFIER: dict[str, Any] = {"scheme": TEXT, "id": ID, "legalName": TEXT}
ORGANISATION: dict[str, Any] = {
    "id": ID,
    "name": TEXT,
    "identifier": IDENTIFIER,
    "additionalIdentifiers": [IDENTIFIER],
}
PARTY: dict[str, Any] = {**ORGANISATION, "roles": TEXTS}
DOCUMENT: dict[str, Any] = {
    "id": ID,
    "title": TEXT,
    "url": TEXT,
    "documentType": TEXT,
    "datePublished": DATE,
}
AMENDMENT: dict[str, Any] = {"id": ID, "date": DATE}
LOT: dict[str, Any] = {
    "id": ID,
    "title": TEXT,
    "status": TEXT,
    "value": VALUE,
    "contractPeriod": PERIOD,
}
TENDER: dict[str, Any] = {
    "id": ID,
    "title": TEXT,
    "status": TEXT,
    "value": VALUE,
    "lots": [LOT],
    "procuringEntity": ORGANISATION,
    "contractPeriod": PERIOD,
    "documents": [DOCUMENT],
}
AWARD: dict[str, Any] = {
    "id": ID,
    "title": TEXT,
    "status": TEXT,
    "date": DATE,
    "value": VALUE,
    "suppliers": [ORGANISATION],
    "relatedLots": TEXTS,
    "contractPeriod": PERIOD,
    "documents": [DOCUMENT],
    "amendments": [AMENDMENT],
    "amendment": AMENDMENT,
}
CONTRACT: dict[str, Any] = {
    "id": ID,
    "awardID": ID,
    "title": TEXT,
    "status": TEXT,
    "dateSigned": DATE,
    "period": PERIOD,
    "value": VALUE,
    "documents": [DOCUMENT],
    "amendments": [AMENDMENT],
}
RELEASE: dict[str, Any] = {
    "ocid": ID,
    "id": ID,
    "date": MOMENT,
    "tag": TEXTS,
    "buyer": ORGANISATION,
    "parties": [PARTY],
    "tender": TENDER,
    "awards": [AWARD],
    "contracts": [CONTRACT],
    "bids": {"statistics": [{"id": ID}], "details": [{"id": ID}]},
}
DELETABLE = frozenset({"buyer", "parties", "tender", "awards", "contracts"})
"""Fields of a release that a later one takes back by giving null for them."""
NAMED_BY_TEXT = ("buyer", "procuringEntity", "suppliers", "parties")
"""Fields whose organisation may be a bare name, which the standard does not allow but data do."""
