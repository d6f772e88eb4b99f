"""Figures, dates and totals in the words that every page uses."""

from datetime import date

from rehabgraph.queries.market import Contract, Money
from rehabgraph.queries.pictures.matrix import Totals
from rehabgraph.queries.report import Coverage, format_pounds

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

VALUE_KINDS = {
    "announced-for-standard-term": "announced for the standard term",
    "predicted": "predicted for the standard term",
}


def format_short(value: Money) -> str:
    """Return pounds in millions or thousands, as short as a label needs.

    >>> format_short(33585120), format_short(319435), format_short(0)
    ('£33.6m', '£0.3m', '£0')
    """
    return f"£{value / 1_000_000:.1f}m" if value >= 50_000 else format_pounds(value)


def format_interval(low: Money, high: Money) -> str:
    """Return the two ends of an interval of pounds, as short as a label needs.

    >>> format_interval(25260000, 33585120), format_interval(0, 900000)
    ('£25.3–33.6m', '£0–0.9m')
    """
    first, last = format_short(low), format_short(high)
    if last.endswith("m") and (first.endswith("m") or low == 0):
        return f"{first.removesuffix('m')}–{last.removeprefix('£')}"
    return f"{first}–{last}"


def format_day(day: date | None, precision: str = "day") -> str:
    """Return a date as people write it, no finer than it is known.

    >>> format_day(date(2021, 6, 26)), format_day(date(2023, 6, 30), "month"), format_day(None)
    ('26 June 2021', 'June 2023', 'not published')
    """
    if day is None:
        return "not published"
    if precision == "year":
        return str(day.year)
    month = f"{MONTHS[day.month - 1]} {day.year}"
    return month if precision in ("month", "quarter") else f"{day.day} {month}"


def describe_term(contract: Contract) -> str:
    """Return from when to when a contract runs, and how its end is known.

    >>> describe_term(Contract("r", "o", "l", "n", (), "", "", "x"))
    'start and end not published'
    """
    if contract.start is None and contract.end is None:
        return "start and end not published"
    end = format_day(contract.end, contract.end_precision or "day")
    derived = contract.end is not None and contract.end_basis.startswith("derived")
    why = " (end derived from the term)" if derived else ""
    return f"{format_day(contract.start)} to {end}{why}"


def read_slug(slug: str) -> str:
    """Return a short id of a list of terms as words.

    >>> read_slug("subject-to-contract")
    'subject to contract'
    """
    return slug.replace("-", " ").replace("_", " ")


def count_words(number: int, one: str, many: str) -> str:
    """Return a number with its noun.

    >>> count_words(1, "line", "lines"), count_words(1200, "line", "lines")
    ('1 line', '1,200 lines')
    """
    return f"{number:,} {one if number == 1 else many}"


def describe_totals(totals: Totals) -> str:
    """Return one or more sentences on what a page shows, with the unknown said apart."""
    if not totals.contracts:
        return "Nothing matches these filters."
    text = []
    counts = [count_words(totals.leads, "lead provider", "lead providers")]
    counts.insert(0, count_words(totals.contracts, "contract", "contracts"))
    if totals.lines:
        counts.insert(0, count_words(totals.lines, "priced line", "priced lines"))
        whole = totals.lines - totals.parts
        known = f"Known value {format_pounds(totals.pounds)}"
        of = f" ({count_words(whole, 'whole line', 'whole lines')})" if totals.parts else ""
        text.append(f"{', '.join(counts)}. {known}{of}.")
    else:
        text.append(f"{', '.join(counts)}.")
    if totals.parts:
        lines = count_words(totals.parts, "line", "lines")
        most = format_pounds(totals.parts_at_most)
        text.append(f" {lines} partly inside, worth between £0 and {most}.")
    if totals.unpriced:
        some = count_words(totals.unpriced, "contract", "contracts")
        text.append(f" {some} without a published price: value unknown.")
    return "".join(text)


def describe_coverage(coverage: Coverage) -> str:
    """Return how much of what is shown has a published price, and what such a price is.

    >>> describe_coverage(Coverage(0, 2))
    'A price is published for 0 of 2 rows.'
    """
    if not coverage.rows_all:
        return "No rows."
    text = f"A price is published for {coverage.rows_known:,} of {coverage.rows_all:,} rows"
    if coverage.pounds_known is not None:
        text += f", {format_pounds(coverage.pounds_known)} in all"
    if coverage.pounds_headline is not None:
        text += f", against a published total of {format_pounds(coverage.pounds_headline)}"
    if coverage.rows_known:
        text += ": what was announced or predicted for the standard terms, not what was paid"
    return f"{text}."
