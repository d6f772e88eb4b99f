"""A PNG of an SVG picture, drawn by the installed Chromium; without one there is none."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from rehabgraph.graph.errors import OutputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""No window, no profile of the user's, no request to any network."""

SECONDS = 60
MOST = 16_000


def find_browser() -> str | None:
    """Return the path of an installed Chromium, or None; REHABGRAPH_CHROMIUM names another."""
    named = os.environ.get("REHABGRAPH_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def draw_png(svg: str) -> bytes:
    """Return an SVG picture as PNG, at its own size.

    Args:
        svg: one of our own pictures, with its width and height.

    Raises:
        OutputError: there is no Chromium, it fails, or the picture is too large.
    """
    browser = find_browser()
    if browser is None:
        raise OutputError("PNG: no Chromium is installed to draw it; ask for --svg instead")
    size = re.search(r'<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"', svg)
    width, height = (round(float(n)) + 1 for n in size.groups()) if size else (1280, 900)
    if max(width, height) > MOST:
        raise OutputError(f"PNG: {width} by {height} is too large a picture; ask for --svg instead")
    with tempfile.TemporaryDirectory() as folder:
        page, image = Path(folder) / "picture.svg", Path(folder) / "picture.png"
        page.write_text(svg, encoding="utf-8")
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium will not start as root with its sandbox
        command += [f"--window-size={width},{height}", f"--screenshot={image}", page.as_uri()]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603
            return image.read_bytes()
        except subprocess.TimeoutExpired as e:
            raise OutputError(f"PNG: Chromium took more than {SECONDS} s; ask for --svg") from e
        except (OSError, subprocess.CalledProcessError) as e:
            raise OutputError("PNG: Chromium could not draw it; ask for --svg instead") from e
