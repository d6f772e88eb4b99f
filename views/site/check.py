"""Check a built site: links, twins, size, and what every page must have."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rehabgraph.graph.errors import OutputError
from rehabgraph.views.site.build import MARK

MOST_PAGE, MOST_SITE = 2_000_000, 250_000_000
"""Greatest size of a page and of the whole site, in bytes."""
_LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "form": "action"}
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
     "track", "wbr"]
)  # fmt: skip


@dataclass(slots=True)
class Seen(HTMLParser):
    """What one page holds."""

    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lang: str = ""
    title: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element that ends itself."""
        self._look(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in the start of an element."""
        self._look(tag, attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take in the end of an element, which must be the one opened last."""
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in _VOID and not self.problems:
            self.problems.append(f"</{tag}> ends nothing, or what was opened before")

    def handle_data(self, data: str) -> None:
        """Take in words."""
        if self.open[-1:] == ["title"] and "svg" not in self.open:
            self.title += data

    def _look(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "html":
            self.lang = found.get("lang", "")
        if tag == "link" and found.get("rel") == "alternate":
            self.alternates[found.get("type", "")] = found.get("href", "")
        if tag == "img" and "alt" not in found:
            self.problems.append("a picture has no alt text")
        if target := found.get(_LINKS.get(tag, "")):
            self.links.append(target)


def check_site(folder: Path) -> list[str]:
    """Return every problem of a built site, a line each; none when all is well.

    Raises:
        OutputError: there is no built site in the folder.
    """
    if not (folder / MARK).is_file():
        raise OutputError(f"{folder}: no site there; build one with site build {folder}")
    files = {p: p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file()}
    pages = {p: _read(p) for p in files if p.suffix == ".html"}
    ids = {p: frozenset(seen.ids) for p, seen in pages.items()}
    found = []
    for path, seen in pages.items():
        name = path.relative_to(folder).as_posix()
        own = name.startswith("view/")  # pictures are files of their own, without twins
        found += [f"{name}: {p}" for p in _check_page(seen, files[path])]
        found += [f"{name}: {p}" for p in _check_links(path, seen, files, ids)]
        if not own:
            found += [f"{name}: {p}" for p in _check_twins(path, seen)]
    if (whole := sum(files.values())) > MOST_SITE:
        found.append(f"the site has {whole:,} bytes; at most {MOST_SITE:,} are allowed")
    return found


def _read(path: Path) -> Seen:
    seen = Seen()
    seen.feed(path.read_text(encoding="utf-8"))
    seen.close()
    return seen


def _check_page(seen: Seen, size: int) -> Iterator[str]:
    yield from seen.problems[:3]
    if seen.open:
        yield f"<{seen.open[-1]}> is never ended"
    if seen.counts.get("h1", 0) != 1:
        yield f"has {seen.counts.get('h1', 0)} h1; exactly one is allowed"
    if seen.counts.get("main", 0) != 1:
        yield "has no main landmark, or several"
    if not seen.title.strip():
        yield "has no title"
    if not seen.lang:
        yield "does not say its language"
    twice = sorted({i for i in seen.ids if seen.ids.count(i) > 1}) if len(
        set(seen.ids)
    ) < len(seen.ids) else []  # fmt: skip
    for id_ in twice[:3]:
        yield f"has the id {id_!r} more than once"
    if size > MOST_PAGE:
        yield f"has {size:,} bytes; at most {MOST_PAGE:,} are allowed"


def _check_links(
    path: Path, seen: Seen, files: dict[Path, int], ids: dict[Path, frozenset[str]]
) -> Iterator[str]:
    for link in dict.fromkeys(seen.links):
        parts = urlsplit(link)
        if parts.scheme in ("http", "https", "data"):
            continue
        if parts.scheme or parts.netloc or link.startswith("/"):
            yield f"{link[:120]}: leads out of the folder; write it as a relative link"
            continue
        target = path
        if parts.path:
            target = Path(_tidy(path.parent / unquote(parts.path)))
        if target not in files:
            yield f"{link[:120]}: leads to nothing"
        elif parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]:
            yield f"{link[:120]}: there is no such place on that page"


def _tidy(path: Path) -> str:
    import os.path

    return os.path.normpath(path)


def _check_twins(path: Path, seen: Seen) -> Iterator[str]:
    for type_, ending in (("application/json", "json"), ("text/csv", "csv")):
        twin = path.with_suffix(f".{ending}")
        if seen.alternates.get(type_) != twin.name:
            yield f"does not name its twin {twin.name}"
        if not twin.is_file():
            yield f"has no twin {twin.name}"
            continue
        try:
            with twin.open(encoding="utf-8", newline="") as file:
                _ = json.load(file) if ending == "json" else list(csv.reader(file, strict=True))
        except (ValueError, csv.Error) as e:
            yield f"its twin {twin.name} cannot be read: {e}"
