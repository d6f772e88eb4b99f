"""Where an answer goes and in which form: a terminal, a pipe or a file."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from rehabgraph.graph.errors import OutputError
from rehabgraph.queries.report import Report

FORMATS: Mapping[str, tuple[str, str]] = {
    "table": ("table", "render_table"),
    "csv": ("delimited", "render_csv"),
    "tsv": ("delimited", "render_tsv"),
    "json": ("markup", "render_json"),
    "jsonl": ("markup", "render_jsonl"),
    "md": ("markup", "render_markdown"),
    "html": ("markup", "render_html"),
    "xlsx": ("workbook", "render_xlsx"),
}
_ENDINGS = {".txt": "table", ".htm": "html", ".markdown": "md", ".ndjson": "jsonl"} | {
    f".{name}": name for name in FORMATS if name != "table"
}


def choose_format(wanted: str | None, target: str | None) -> str:
    """Return the format asked for, or that of the file's ending, or what suits the terminal."""
    if wanted:
        return wanted
    if target and target != "-":
        ending = Path(target).suffix.lower()
        if ending not in _ENDINGS:
            raise OutputError(
                f"{target}: no format has the ending {ending or '(none)'}; use --format, "
                f"or one of {' '.join(sorted(_ENDINGS))}"
            )
        return _ENDINGS[ending]
    return "table" if sys.stdout.isatty() else "tsv"


def render(report: Report, form: str) -> str | bytes:
    """Return a report in one of the `FORMATS`."""
    module, function = FORMATS[form]
    renderer: Callable[[Report], str | bytes] = getattr(
        import_module(f"rehabgraph.views.{module}"), function
    )
    return renderer(report)


def write_report(report: Report, wanted: str | None = None, target: str | None = None) -> None:
    """Write a report to a file or to standard output.

    Raises:
        OutputError: no such format, or the file cannot be written.
    """
    form = choose_format(wanted, target)
    if form == "xlsx" and target in (None, "-") and sys.stdout.isatty():
        raise OutputError("a workbook is no text for a terminal; name a file with -o report.xlsx")
    write_content(render(report, form), target)


def write_content(content: str | bytes, target: str | None = None) -> None:
    """Write text (as UTF-8 whatever the locale) or bytes to a file or to standard output.

    A file is there whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if target in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    from rehabgraph.graph.build import write_file

    path = Path(str(target))
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(raw)  # a device or a named pipe is written into, never replaced
            return
        path = path.resolve()  # a link keeps pointing at its file
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, raw)
    except OSError as e:
        raise OutputError(f"{path}: cannot be written ({e.strerror})") from e
