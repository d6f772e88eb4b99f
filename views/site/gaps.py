"""What is not known of a thing, by rule: what such a thing should have and this one has not."""

from rehabgraph.queries.browse import GAPS
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.site.site import Site

EXPECTED = {
    "contract": (
        ("schema:startDate", "Its first day is not published."),
        ("schema:endDate", "Its last day is not published."),
        ("rg:award", "No price of its own is published."),
    ),
    "organisation": (
        ("rg:identifier", "No register number is held, so its legal identity is not settled."),
        ("rg:legalName", "Its legal name is not held."),
    ),
    "source": (("dcterms:issued", "Its date of publication is unknown."),),
    "claim": (
        ("prov:wasAttributedTo", "The source does not name who said it."),
        ("rg:statedOn", "When it was said is unknown."),
    ),
    "policy": (("schema:startDate", "No first day is held."),),
    "round": (("rg:framework", "Its framework is not held."),),
    "site": (("schema:startDate", "When it opened is unknown."),),
    "amount": (("rg:statedBy", "Who stated it is unknown."),),
}
"""Kind → property, and what to say where it is missing."""


def list_unknowns(site: Site, thing: str) -> list[str]:
    """Return what is not known of a thing, a sentence each."""
    facts = site.facts
    kind = kind_of(thing)
    found = [text for property_, text in EXPECTED.get(kind, ()) if not facts.all(thing, property_)]
    if str(facts.get(thing, "rg:kindBasis") or "").endswith("/believed"):
        found.append("Its kind is believed, not stated in a source that is cited.")
    if str(facts.get(thing, "rg:endBasis") or "").endswith("/derived"):
        found.append("Its last day follows by rule from the standard term; no source states it.")
    if kind == "award" and len(facts.naming(thing, "rg:award", "contract")) > 1:
        found.append(GAPS[1])
    if kind == "contract" and (award := facts.get(thing, "rg:award")):
        number = len(facts.naming(str(award), "rg:award", "contract"))
        if number > 1:
            found.append(
                f"Its price is one of {number} contracts together; its part is not published."
            )
    roles = {
        str(facts.get(p, "rg:role"))
        for p in facts.naming(thing, "rg:organisation", "participation")
    }
    if any(not r.endswith("/lead") for r in roles):
        found.append("What it is paid as a partner or subcontractor is published nowhere.")
    if kind in ("area", "region", "lot", "round"):
        held = facts.naming(thing, f"rg:{kind}", "contract")
        unpriced = [c for c in held if not facts.get(c, "rg:award")]
        if unpriced:
            found.append(f"{len(unpriced)} of its {len(held)} contracts have no published price.")
        open_ends = [c for c in held if not facts.get(c, "schema:endDate")]
        if open_ends:
            found.append(f"The last day of {len(open_ends)} of its contracts is not published.")
    return found
