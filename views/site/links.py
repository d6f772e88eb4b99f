"""The address of every page, and how one page names another."""

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,149}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def slug(text: str) -> str:
    """Return an id as the name of a file: itself where that is harmless, else its hash.

    >>> slug("ingeus"), slug("PRJ_5809")
    ('ingeus', 'PRJ_5809')
    >>> slug("../../etc/passwd")
    'x-3754d6cb3a38e118'
    """
    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text) and not text.startswith("x-"):
        return text
    return "x-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def page_path(kind: str, id_: str) -> str:
    """Return the path of a thing's page; its twins end in `.json` and `.csv`.

    Args:
        kind: kind of the thing, the part of its address before the id.
        id_: its id.

    >>> page_path("region", "wales")
    '/page/region/wales.html'
    """
    return f"/page/{slug(kind)}/{slug(id_)}.html"


def relative(to: str, at: str) -> str:
    """Return a link from one page of the site to another address.

    Args:
        to: path from the site's root, which begins with `/`, or anything else, left as it is.
        at: path of the page that holds the link, without the first slash.

    >>> relative("/list/regions.html", "page/region/wales")
    '../../list/regions.html'
    >>> relative("/method.html#shares", "index")
    'method.html#shares'
    """
    if not to.startswith("/"):
        return to
    return "../" * at.count("/") + to[1:]
