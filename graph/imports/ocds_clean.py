"""A release as somebody wrote it, made safe to merge: one bad value is one value lost."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rehabgraph.graph.imports import ocds_shape as shape
from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.splitter import Written

MAX_TEXT = 5_000
MAX_MONEY = Decimal(10) ** 13
"""Ten million million: no award comes near, and what lies above is a slip."""
TWIN = "\x1f"
"""Stands between an id and a number where one release gives the id to several things."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]+")
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?")


def clean_release(raw: dict[str, Any], ocid: str, findings: Findings) -> dict[str, Any]:
    """Return the fields of a release that are read, each of the type that it must have.

    Args:
        raw: the release as parsed; numbers as written.
        ocid: the process, for warnings.
        findings: told of each value that is lost.

    >>> clean_release({"ocid": "a", "buyer": "Ministry", "x": 1}, "a", Findings())
    {'ocid': 'a', 'buyer': {'name': 'Ministry'}}
    """
    cleaner = _Cleaner(ocid, findings)
    found: dict[str, Any] = cleaner.clean(raw, shape.RELEASE, "")
    for key in ("awards", "contracts"):
        cleaner.part_twins(found.get(key) or (), key)
    return found


def safe_text(text: str) -> str:
    r"""Return a text without control characters and halves of characters.

    >>> safe_text("a\nb\ud800 ")
    'a b?'
    """
    return _CONTROL.sub(" ", str(text)).encode("utf-8", "replace").decode().strip()


def without_mail(text: str) -> str:
    """Return a text with no e-mail address in it; dots stand where one stood.

    >>> without_mail("Ask jo.alder@example.org first"), without_mail("jo@example.org")
    ('Ask … first', '')
    """
    if "@" not in text:
        return text
    return re.sub(r"^[…\s]+$", "", _MAIL.sub("…", text))


def parse_money(text: str) -> Decimal | None:
    """Return a sum as written, or None where it is none.

    >>> parse_money("12.50"), parse_money("1e9999"), parse_money("NaN")
    (Decimal('12.50'), None, None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if abs(number) <= MAX_MONEY and len(f"{number:f}") <= 40 else None


class _Cleaner:
    def __init__(self, ocid: str, findings: Findings) -> None:
        self.ocid, self.findings = ocid, findings

    def warn(self, kind: str, path: str, words: str) -> None:
        self.findings.warn(kind, self.ocid, path, words)

    def clean(self, value: Any, form: Any, path: str) -> Any:  # noqa: ANN401
        """Return a value in its form; None where it is not there or was lost."""
        if value is None:
            return None
        if isinstance(form, dict):
            return self._object(value, form, path)
        if isinstance(form, list):
            return self._list(value, form[0], path)
        return getattr(self, f"_{form}")(value, path)

    def _object(self, value: Any, form: dict[str, Any], path: str) -> dict[str, Any] | None:  # noqa: ANN401
        if isinstance(value, str) and path.split("/")[-1 - path[-1:].isdigit()] in (
            shape.NAMED_BY_TEXT
        ):
            self.warn("bare name", path, "a bare name, read as the name of an organisation")
            value = {"name": value}
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if not isinstance(value, dict):
            self.warn("type", path, f"{_short(value)} where an object belongs; left out")
            return None
        found: dict[str, Any] = {}
        for key, inner in form.items():
            if key == "id" and value.get("id") is None:
                continue
            if key in value and value[key] is None:
                if path or key in shape.DELETABLE:
                    found[key] = None  # takes back what an earlier release said
            elif key in value:
                cleaned = self.clean(value[key], inner, f"{path}/{key}" if path else key)
                if cleaned is not None:
                    found[key] = cleaned
        return found

    def _list(self, value: Any, form: Any, path: str) -> list[Any] | None:  # noqa: ANN401
        if isinstance(value, dict | str) and not isinstance(value, Written):
            self.warn("type", path, "one thing where a list belongs; read as a list of one")
            value = [value]
        if not isinstance(value, list):
            self.warn("type", path, f"{_short(value)} where a list belongs; left out")
            return None
        if any(isinstance(one, list) for one in value):
            self.warn("type", path, "a list inside a list; read as one list")
            value = [v for one in value for v in (one if isinstance(one, list) else [one])]
        cleaned = (self.clean(one, form, f"{path}/{n}") for n, one in enumerate(value))
        return [one for one in cleaned if one is not None]

    def part_twins(self, things: Iterable[dict[str, Any]], path: str) -> None:
        """Give things of one list that share an id ids of their own."""
        seen: dict[str, int] = {}
        for thing in things:
            if id_ := thing.get("id"):
                seen[id_] = seen.get(id_, 0) + 1
                if seen[id_] > 1:
                    thing["id"] = f"{id_}{TWIN}{seen[id_]}"
        for id_, times in seen.items():
            if times > 1:
                self.warn("repeated id", path, f"{times} {path} have the id {id_}; kept apart")

    def _text(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        text = self._plain(value, path)
        if text and (without := without_mail(text)) != text:
            self.warn("e-mail", path, "an e-mail address; left out")
            return without or None
        return text

    def _plain(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        if isinstance(value, bool | dict | list):
            self.warn("type", path, f"{_short(value)} where text belongs; left out")
            return None
        if len(value) > MAX_TEXT:
            self.warn("length", path, f"a text of {len(value):,} characters; left out")
            return None
        return safe_text(value) or None

    def _id(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        """Return an id; for one with an e-mail address in it, another that is its alone."""
        text = self._plain(value, path)
        if text and without_mail(text) != text:
            self.warn("e-mail", path, "an e-mail address; another id in its place")
            return f"id-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        return text

    def _currency(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        """Return a currency: three letters in capitals, or what else stands there, and told."""
        text = self._text(value, path)
        if text and re.fullmatch("[A-Za-z]{3}", text):
            return text.upper()
        if text:
            words = f"{_short(text)} is no currency of three letters; a currency of its own"
            self.warn("currency", path, words)
        return text

    def _texts(self, value: Any, path: str) -> list[str] | None:  # noqa: ANN401
        values = value if isinstance(value, list) else [value]
        found = [self._text(v, f"{path}/{n}") for n, v in enumerate(values) if v is not None]
        return [text for text in found if text]

    def _number(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        """Return a sum as text, so that no digit of it is lost on the way."""
        if not isinstance(value, str):
            self.warn("number", path, f"{_short(value)} is not a sum; left out")
            return None
        number = parse_money(value.strip())
        if number is None:
            self.warn("number", path, f"{_short(value)} is not a sum; left out")
            return None
        if not isinstance(value, Written):
            self.warn("number", path, f"{_short(value)} is text; read as a number")
        if number < 0:
            self.warn("number", path, f"{_short(value)} is below nothing; kept as it stands")
        return f"{number:f}"

    def _date(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        text = str(value).strip() if isinstance(value, str) else ""
        try:
            day = date.fromisoformat(text[:10])
            moment = datetime.fromisoformat(text) if len(text) > 10 else None
        except ValueError:
            self.warn("date", path, f"{_short(value)} is no date; left out")
            return None
        if day.year < 1900:
            self.warn("date", path, f"{_short(value)} stands for no date; left out")
            return None
        if moment is not None and moment.tzinfo is None:
            self.warn(
                "zone", path, f"{_short(value)} has no time zone; the day is taken as written"
            )
        return day.isoformat()

    def _moment(self, value: Any, path: str) -> str | None:  # noqa: ANN401
        """Return a time in UTC, for the order of releases; one without a zone is taken as UTC."""
        try:
            moment = datetime.fromisoformat(str(value).strip() if isinstance(value, str) else "")
            if moment.tzinfo is None:
                if len(str(value)) > 10:
                    self.warn("zone", path, f"{_short(value)} has no time zone; taken as UTC")
                moment = moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            self.warn("date", path, f"{_short(value)} is no time; left out")
            return None


def _short(value: object) -> str:
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "an object"
    text = " ".join(str(value).split()) if value != "" else "an empty text"
    return text if len(text) <= 40 else f"{text[:39]}…"
