"""A Virtuoso 7 of its own on loopback, empty, gone when the block ends."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serve import find_port, serving

_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 85000
MaxDirtyBuffers = 60000
CaseMode = 2
DisableUnixSocket = 1
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 10000
"""
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
        ini.write_text(_INI.format(folder=folder, port=port, sql=find_port()))
        arguments = [command, "+foreground", "+configfile", str(ini)]
        with serving(arguments, port) as pid:
            yield f"http://127.0.0.1:{port}/sparql", pid
