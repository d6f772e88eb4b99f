"""A Virtuoso 7 of its own on loopback, empty, gone when the block ends."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serve import find_port, serving

SETTINGS = Path(__file__).with_suffix(".ini")
"""Settings of a server on loopback, with slots for its folder and ports."""
CREDENTIALS = {"REHABGRAPH_ENDPOINT_USER": "dba", "REHABGRAPH_ENDPOINT_PASSWORD": "dba"}
"""What a new server's owner is called, and the password that everybody knows."""


@contextmanager
def running() -> Iterator[tuple[str, int]]:
    """Give the address and the process of a new server.

    Raises:
        OSError: Virtuoso is not installed.
    """
    command = shutil.which("virtuoso-t")
    if command is None:
        raise OSError("not installed; apt-get install virtuoso-opensource-7")
    with tempfile.TemporaryDirectory() as folder:
        port = find_port()
        ini = Path(folder) / "virtuoso.ini"
        ini.write_text(SETTINGS.read_text().format(folder=folder, port=port, sql=find_port()))
        arguments = [command, "+foreground", "+configfile", str(ini)]
        with serving(arguments, port) as pid:
            yield f"http://127.0.0.1:{port}/sparql", pid
