"""Screens for the HHI that an authority has published; there is no band without its name."""

import math
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

from rehabgraph.graph.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The screens of one authority.

    An HHI below `moderate` is in the first band, up to and with `high` in the second, above
    it in the third.

    Attributes:
        name: short name, as the user types it.
        authority: who published the screens.
        document: where.
        published: year.
        url: address of the document, or empty.
        words: what the authority says of them, in our words.
        moderate: HHI at which the second band starts.
        high: HHI above which the third band starts.
        labels: names of the three bands; figures where the authority gives no names.
        change_moderate: change in HHI that counts in the second band; None if it gives none.
        change_high: change in HHI that counts in the third band; None if it gives none.
        limit_counts: whether a change equal to the limit counts already.
        share: combined share in percent above which `change_high` counts in any band, or None.
    """

    name: str
    authority: str
    document: str
    published: int
    words: str
    moderate: float
    high: float
    labels: tuple[str, str, str]
    url: str = ""
    change_moderate: float | None = None
    change_high: float | None = None
    limit_counts: bool = False
    share: float | None = None

    def name_level(self, hhi: float) -> str:
        """Return the band of an HHI, always with the authority's name.

        Args:
            hhi: an HHI, 0 to 10,000.

        Returns:
            Band, authority and year.

        Raises:
            BadParameter: the HHI is no number from 0 to 10,000.

        >>> BANDS["us-2023"].name_level(1_900)
        'highly concentrated (US Department of Justice and Federal Trade Commission, 2023)'
        """
        return f"{self.labels[self._level(hhi)]} ({self.authority}, {self.published})"

    def flags_change(self, after: float, change: float, share: float | None = None) -> bool:
        """Return whether a merger lies above the authority's screen for a closer look.

        Args:
            after: HHI after the merger.
            change: rise of the HHI.
            share: combined share of the parties in percent, where it is known.

        Returns:
            True when the change counts; False says nothing about the merger's effects.

        Raises:
            BadParameter: `after` is no number from 0 to 10,000, or `change` or `share` is NaN.

        >>> BANDS["us-2023"].flags_change(2_540, 1_000)
        True
        """
        if math.isnan(change) or (share is not None and math.isnan(share)):
            raise BadParameter("the change and the share must be numbers, not NaN")
        limit = (None, self.change_moderate, self.change_high)[self._level(after)]
        if self.share is not None and share is not None and share > self.share:
            limit = self.change_high
        if limit is None:
            return False
        return change > limit or (self.limit_counts and change == limit)

    def _level(self, hhi: float) -> int:
        if not 0 <= hhi <= 10_000:
            raise BadParameter(f"an HHI lies from 0 to 10,000, not at {hhi}")
        return 0 if hhi < self.moderate else 1 if hhi <= self.high else 2


BANDS: dict[str, Bands] = {
    "us-2023": Bands(
        name="us-2023",
        authority="US Department of Justice and Federal Trade Commission",
        document="Merger Guidelines, guideline 1 (section 2.1)",
        published=2023,
        url="https://www.justice.gov/atr/merger-guidelines/applying-merger-guidelines/guideline-1",
        words=(
            "A market above 1,800 is highly concentrated and a rise of more than 100 is a "
            "significant one; both together, or the rise with a combined share above 30 per "
            "cent, raise a presumption against a merger that evidence can rebut. The lower "
            "figure of 1,000 stands on the department's page about the index."
        ),
        moderate=1_000,
        high=1_800,
        labels=("HHI below 1,000", "moderately concentrated", "highly concentrated"),
        change_high=100,
        share=30,
    ),
    "eu-2004": Bands(
        name="eu-2004",
        authority="European Commission",
        document="Guidelines on horizontal mergers (2004/C 31/03), paragraphs 19 to 21",
        published=2004,
        url="https://eur-lex.europa.eu/legal-content/EN/ALL/?uri=CELEX:52004XC0205(02)",
        words=(
            "Below 1,000 a merger normally needs no long analysis. From 1,000 to 2,000 with a "
            "rise below 250, and above 2,000 with a rise below 150, concerns are unlikely "
            "unless special circumstances are present. Higher figures presume nothing."
        ),
        moderate=1_000,
        high=2_000,
        labels=("HHI below 1,000", "HHI from 1,000 to 2,000", "HHI above 2,000"),
        change_moderate=250,
        change_high=150,
        limit_counts=True,
    ),
}


def read_bands(name_or_path: str | Path) -> Bands:
    """Return the bands of that name, or those of a TOML file with the same fields.

    Args:
        name_or_path: a key of `BANDS`, or the path of a file.

    Returns:
        The bands, with the name of their authority.

    Raises:
        BadParameter: no such bands, or the file breaks a rule.

    >>> read_bands("eu-2004").authority
    'European Commission'
    """
    if (named := BANDS.get(str(name_or_path))) is not None:
        return named
    path = Path(name_or_path)
    known = ", ".join(BANDS)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise BadParameter(
            f"no bands {str(name_or_path)!r}: use {known}, or the path of a TOML file"
        ) from error
    try:
        return _build_bands(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise BadParameter(f"{path}: {error}") from error


def _build_bands(table: dict[str, object]) -> Bands:
    """Check the fields of a file; a ValueError says what is wrong."""
    known = {field.name: field for field in fields(Bands)}
    needed = {name for name, field in known.items() if field.default is MISSING}
    if unknown := sorted(table.keys() - known.keys()):
        raise ValueError(f"unknown field {unknown[0]!r}: the fields are {', '.join(known)}")
    if missing := sorted(needed - table.keys()):
        raise ValueError(f"field {missing[0]!r} is missing")
    for name in ("name", "authority", "document", "words", "url"):
        value = table.get(name, "")
        if not isinstance(value, str) or (name in needed and not value.strip()):
            raise ValueError(f"field {name!r} must be text, not {value!r}")
    for name in ("moderate", "high", "change_moderate", "change_high", "share"):
        if name in table:
            _check_number(name, table[name], 100 if name == "share" else 10_000)
    if type(table["published"]) is not int:
        raise ValueError(f"field 'published' must be a year, not {table['published']!r}")
    if type(table.get("limit_counts", False)) is not bool:
        raise ValueError("field 'limit_counts' must be true or false")
    labels = table["labels"]
    if not (
        isinstance(labels, list)
        and len(labels) == 3
        and all(isinstance(x, str) and x.strip() for x in labels)
    ):
        raise ValueError("field 'labels' must be a list of three texts")
    bands = Bands(**{**table, "labels": tuple(labels)})  # type: ignore[arg-type]
    if not bands.moderate < bands.high:
        raise ValueError("field 'moderate' must be below 'high'")
    return bands


def _check_number(name: str, value: object, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < most:
        raise ValueError(f"field {name!r} must be a number between 0 and {most:,}, not {value!r}")
