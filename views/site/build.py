"""Write the whole site as plain files."""

from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import OutputError
from rehabgraph.views.site.frame import render_content
from rehabgraph.views.site.routes import find_content, find_file, list_pages, list_plain_files
from rehabgraph.views.site.site import Site

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

MARK = ".rehabgraph-site"
"""A file that says that a folder is ours, so that building anew may clear it."""


def build_site(graph: "Graph", folder: Path) -> tuple[int, int]:
    """Write every page, its twins and every file of the site; the same bytes each time.

    Args:
        graph: the graph.
        folder: an empty folder, one that is not there yet, or a site built before: what that
            had and this has not is removed.

    Returns:
        The number of files and of bytes.

    Raises:
        OutputError: the folder holds something else, or cannot be written.
    """
    site = Site(graph, live=False)
    written: dict[Path, int] = {}
    try:
        _prepare(folder)
        for stem in list_pages(site):
            content = find_content(site, stem, {})
            if content is not None:
                for form in ("html", "json", "csv"):
                    body = render_content(content, form)
                    _write(folder / f"{stem[1:]}.{form}", body, written)
        for path in list_plain_files():
            file = find_file(site, path)
            if file is not None:
                _write(folder / path[1:], file.body, written)
        _write(folder / MARK, b"", written)
        _remove_others(folder, written)
    except OSError as e:
        raise OutputError(f"{e.filename or folder}: cannot be written ({e.strerror})") from e
    return len(written), sum(written.values())


def _prepare(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise OutputError(f"{folder}: holds something else; name an empty or a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _write(path: Path, body: bytes, written: dict[Path, int]) -> None:
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    written[path] = len(body)


def _remove_others(folder: Path, written: dict[Path, int]) -> None:
    """Remove what an earlier build left that this one did not write."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink() or path.is_file():
            if path not in written:
                path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
