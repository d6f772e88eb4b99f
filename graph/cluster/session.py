"""A Spark session that starts quietly, says in one line what is wrong, and cleans up."""

import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import BadParameter, ClusterError

INSTALL = "pip install 'rehabgraph[spark]'"
LOCAL = "local[*]"
SETTINGS: Mapping[str, str] = {
    "spark.app.name": "rehabgraph",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.parquet.compression.codec": "zstd",
}
"""What every session has unless it is asked for otherwise."""


def is_local(master: str) -> bool:
    """Say whether a master runs on this machine alone.

    >>> is_local("local[2]"), is_local("local-cluster[2,1,1024]"), is_local("yarn")
    (True, True, False)
    """
    return master == "local" or master.startswith(("local[", "local-cluster["))


@contextmanager
def open_spark(master: str = LOCAL, conf: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Give a Spark session; all that it started ends with it. One that is open is used as it is.

    On a local master everything listens on 127.0.0.1 alone and its files stand in a folder that
    is removed.

    Args:
        master: address of the master, as Spark spells it.
        conf: settings of Spark, which come before ours.

    Raises:
        ClusterError: Spark or Java is missing, or the master cannot be reached.
        BadParameter: the master is none.
    """
    _check(master)
    if (session := _find_open()) is not None:
        yield session
        return
    with tempfile.TemporaryDirectory(prefix="rehabgraph-spark-") as name:
        folder = Path(name)
        settings = {"spark.master": master, **SETTINGS, "spark.sql.warehouse.dir": name}
        env = {}
        if is_local(master):
            settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
            settings["spark.local.dir"] = name
            settings["spark.sql.shuffle.partitions"] = str(4 * (os.cpu_count() or 1))
            env = {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
            env["SPARK_LOCAL_HOSTNAME"] = "127.0.0.1"
        with _environment(env), (folder / "log").open("wb") as log:
            session, gateway = _start({**settings, **(conf or {})}, folder / "log", log)
            try:
                yield session
            finally:
                _stop(session, gateway)


def _check(master: str) -> None:
    """Refuse at once what Spark itself would refuse after a long time, and in many lines."""
    try:
        import pyspark  # noqa: F401
    except ImportError as e:
        raise ClusterError(f"Spark is not installed; install it with: {INSTALL}") from e
    home = os.environ.get("JAVA_HOME", "")
    if not (home and (Path(home) / "bin" / "java").exists()) and shutil.which("java") is None:
        raise ClusterError("Java is not installed, and Spark runs on it; install Java 17 or newer")
    if not re.match(r"local(\[[\w*,]+\])?$|local-cluster\[|spark://|k8s://|yarn$", master):
        raise BadParameter(
            f"--master {master}: write local[*], spark://HOST:7077, yarn or k8s://HOST"
        )
    if master.startswith("spark://"):
        for place in master.removeprefix("spark://").split(","):
            host, _, port = place.rpartition(":")
            try:
                with socket.create_connection((host, int(port)), timeout=10):
                    return
            except (OSError, ValueError) as e:
                problem = e
        raise ClusterError(f"--master {master}: no Spark master answers there ({problem})")


def _find_open() -> Any:  # noqa: ANN401
    """Return the session that is open in this process, as in a notebook; None where none is."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    context: Any = SparkContext._active_spark_context
    return None if context is None else SparkSession(context)


def _start(settings: Mapping[str, str], path: Path, log: Any) -> tuple[Any, Any]:  # noqa: ANN401
    from pyspark import SparkConf, SparkContext, java_gateway
    from pyspark.sql import SparkSession

    _quieten()
    launch: Any = java_gateway.launch_gateway
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    gateway = None
    try:
        gateway = launch(conf, popen_kwargs={"stderr": log, "stdout": log})
        return SparkSession(SparkContext(conf=conf, gateway=gateway)), gateway
    except java_errors() as e:
        _end(gateway)
        said = path.read_text(encoding="utf-8", errors="replace")
        if "UnsupportedClassVersionError" in said:
            raise ClusterError("this Java is too old for Spark; install Java 17 or newer") from e
        raise ClusterError(f"Spark cannot start: {say_cause(e)}") from e


def _quieten() -> None:
    """Let Spark's Python not print what our own line says, nor speak of a library we do not use."""
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings(), suppress(ImportError):
        warnings.simplefilter("ignore")
        import pyspark.testing.utils  # noqa: F401 - warns of pandas when it is first imported


def _stop(session: Any, gateway: Any) -> None:  # noqa: ANN401
    application, master = session.sparkContext.applicationId, session.sparkContext.master
    with suppress(Exception):  # the machine may be gone already
        session.stop()
    _end(gateway)
    if master.startswith("local-cluster"):  # its workers write beside Spark, wherever that is
        import pyspark

        home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
        shutil.rmtree(home / "work" / application, ignore_errors=True)
        with suppress(OSError):
            (home / "work").rmdir()


def _end(gateway: Any) -> None:  # noqa: ANN401
    """End the Java process, and let Spark's Python forget it, so that another may start."""
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None
    if gateway is None:
        return
    with suppress(Exception):
        gateway.shutdown()
    if process := getattr(gateway, "proc", None):
        process.stdin.close()  # Java ends with it
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a job fails with into one line; a bug in our own tasks keeps its traceback.

    Raises:
        ClusterError: the job failed.
    """
    try:
        yield
    except java_errors() as e:
        text = str(e)
        if "No module named 'rehabgraph'" in text:
            words = "the workers cannot import rehabgraph; install it on each of them"
        elif "Traceback (most recent call last)" in text:
            raise RuntimeError(text) from e  # its own words go with the session
        else:
            words = say_cause(e)
        raise ClusterError(f"the job failed: {words}") from e


def java_errors() -> tuple[type[Exception], ...]:
    """Return what Spark raises where Java does, or where Java is gone."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return Py4JError, PySparkException, OSError


def say_cause(error: BaseException) -> str:
    """Return what an error of Spark comes from, on one line."""
    java = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    text = str(error)
    with suppress(Exception):  # the machine that knows more may be gone
        while java is not None:
            text = str(java.getMessage() or java.toString())
            java = java.getCause()
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return first if len(first) <= 300 else f"{first[:299]}…"
