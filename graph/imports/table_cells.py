"""Cells as people write them, read exactly or not at all.

A cell that could mean two things is refused with what it says; the caller knows where.
"""

import re
from datetime import date
from decimal import Decimal

from rehabgraph.graph.imports.ocds_clean import MAX_MONEY, MAX_TEXT, safe_text, without_mail
from rehabgraph.graph.imports.table_rows import Cell, Formula

NOTHING = frozenset(
    {"", "-", "–", "—", "n/a", "na", "none", "null", "tbc", "tbd", "unknown", "#n/a"}
)
"""Ways of saying that there is nothing, or that it is not known."""
_MONEY = re.compile(
    r"(?P<open>\()?\s*(?P<sign>-)?\s*(?:(?P<symbol>[£€$])|(?P<code>[A-Z]{3}))?\s*(?P<sign2>-)?\s*"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<code2>[A-Z]{3})?\s*(?P<close>\))?"
)
_SYMBOLS = {"£": "GBP", "€": "EUR"}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


class CellError(ValueError):
    """A cell cannot be read exactly; the message says why."""


def read_text_cell(cell: Cell) -> str:
    """Return a cell as text; empty where it says nothing.

    Raises:
        CellError: it is a formula, or longer than any name or title.
    """
    if isinstance(cell, Formula):
        raise CellError(f"a formula ({cell.text}); paste its value")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = safe_text("" if cell is None else str(cell))
    if len(text) > MAX_TEXT:
        raise CellError(f"a text of {len(text):,} characters")
    text = without_mail(text)
    return "" if text.casefold() in NOTHING else text


def read_money_cell(cell: Cell) -> tuple[Decimal | None, str]:
    """Return a sum, None where the cell says nothing, and its currency where it shows one.

    >>> read_money_cell("£1,234.50"), read_money_cell("(1,234)"), read_money_cell("tbc")
    ((Decimal('1234.50'), 'GBP'), (Decimal('-1234'), ''), (None, ''))

    Raises:
        CellError: it is no sum, or could be read in two ways.
    """
    if isinstance(cell, bool | date):
        raise CellError(f"{cell} is no sum")
    if isinstance(cell, int | float | Decimal):
        number = Decimal(str(cell))
        if not number.is_finite() or abs(number) > MAX_MONEY:
            raise CellError(f"{cell} is no sum")
        return number, ""
    text = read_text_cell(cell).replace("\u00a0", " ").replace("\u2212", "-")
    if not text:
        return None, ""
    found = _MONEY.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]):
        why = "is no sum that can be read in one way only; write it out, as 1234.50"
        raise CellError(f"{text[:40]!r} {why}")
    if found["symbol"] == "$":
        raise CellError(f"{text[:40]!r}: which dollar is not said")
    signs = [bool(found["sign"]), bool(found["sign2"]), bool(found["open"])]
    if sum(signs) > 1:
        raise CellError(f"{text[:40]!r} is below nothing twice over")
    number = Decimal(found["number"].replace(",", ""))
    if number > MAX_MONEY:
        raise CellError(f"{text[:40]!r} is no sum")
    shown = {_SYMBOLS.get(found["symbol"] or "", ""), found["code"] or "", found["code2"] or ""}
    shown -= {""}
    if len(shown) > 1:
        raise CellError(f"{text[:40]!r} shows two currencies")
    return (-number if any(signs) else number), next(iter(shown), "")


def read_date_cell(cell: Cell, order: str) -> date | None:
    """Return a day; None where the cell says nothing.

    >>> read_date_cell("26/06/2021", ""), read_date_cell("01/02/2021", "day-first")
    (datetime.date(2021, 6, 26), datetime.date(2021, 2, 1))

    Args:
        cell: the cell.
        order: `day-first` or `month-first` for days with strokes; empty when it is not said.

    Raises:
        CellError: it is no day, or day and month could change places and `order` is not said.
    """
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float | Decimal):
        raise CellError(f"{cell} is a number, not a date")
    text = read_text_cell(cell)
    if not text:
        return None
    try:
        if re.match(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text[:10])
        if named := _IN_WORDS.fullmatch(text):
            return _read_named_month(*named.groups())
        if re.fullmatch(r"\d{1,2}([/. -])\w{1,9}\1\d{2}", text):
            raise CellError(f"{text[:40]!r}: the century is not said; write the year in full")
        found = _DAY.fullmatch(text.split(" ")[0])
        if found is None:
            raise CellError(f"{text[:40]!r} is no date")
        one, two, year = map(int, found.groups())
        if one != two and max(one, two) <= 12 and order not in ("day-first", "month-first"):
            raise CellError(
                f"{text[:40]!r}: day and month could change places; "
                'say dates = "day-first" or "month-first" in [format]'
            )
        day, month = (
            (two, one) if order == "month-first" or (not order and two > 12) else (one, two)
        )
        return date(year, month, day)
    except CellError:
        raise
    except ValueError as e:
        raise CellError(f"{text[:40]!r} is no date") from e


def _read_named_month(day: str, month: str, year: str) -> date:
    fold = month.casefold()
    for number, name in enumerate(_MONTHS, 1):
        if fold in (name, name[:3]) or (fold, number) == ("sept", 9):
            return date(int(year), number, int(day))
    raise ValueError(month)


def read_currency_cell(cell: Cell) -> str:
    """Return a currency as three capital letters; empty where the cell says nothing.

    >>> read_currency_cell("gbp"), read_currency_cell("£"), read_currency_cell("n/a")
    ('GBP', 'GBP', '')

    Raises:
        CellError: it is no currency.
    """
    text = read_text_cell(cell)
    text = _SYMBOLS.get(text, text)
    if text and not re.fullmatch("[A-Za-z]{3}", text):
        raise CellError(f"{text[:40]!r} is no currency; write its three letters, as GBP")
    return text.upper()


def read_company_number(cell: Cell) -> tuple[str, str]:
    """Return a company number of eight places, and what was mended.

    >>> read_company_number("4320853"), read_company_number("SC123456")
    (('04320853', 'company number 4320853 read as 04320853'), ('SC123456', ''))

    Raises:
        CellError: it is no company number.
    """
    text = read_text_cell(cell).upper().replace(" ", "")
    if not text:
        return "", ""
    if re.fullmatch(r"\d{5,7}", text):  # a spreadsheet drops leading noughts
        return text.zfill(8), f"company number {text} read as {text.zfill(8)}"
    if re.fullmatch(r"\d{8}|[A-Z]{2}\d{6}|[A-Z]{2}\d{5}[A-Z]", text):
        return text, ""
    raise CellError(f"{text[:40]!r} is no company number")
