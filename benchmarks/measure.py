"""What the benchmarks share: one run of a command, its wall time and its peak memory.

Machines differ and drift: figures are for ratios within one run, not for verdicts in seconds.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: wall seconds and peak megabytes, or why there are none."""

    seconds: float | None
    megabytes: float | None
    error: str = ""

    def ratio(self, peer: "Run") -> str:
        """Return this run's time over a peer's, or a dash where either did not finish."""
        if self.seconds is None or not peer.seconds:
            return "–"
        return f"{self.seconds / peer.seconds:.2f}"

    def __str__(self) -> str:
        if self.seconds is None:
            return f"*{self.error}*"
        return f"{self.seconds:.1f} s, {self.megabytes:,.0f} MB"


def fastest(runs: list[Run]) -> Run:
    """Return the fastest of some runs, or the first where none finished."""
    return min(runs, key=lambda one: inf if one.seconds is None else one.seconds)


def run(
    command: list[str],
    *,
    env: Mapping[str, str] | None = None,
    output: Path | None = None,
    limit: float = 300,
) -> Run:
    """Return what one run of a command took; it is ended at the limit.

    Args:
        command: program and arguments.
        env: variables on top of this process's own.
        output: file for its standard output; else thrown away.
        limit: seconds after which it is ended and counts as not finished.
    """
    with ExitStack() as held:
        out = held.enter_context(output.open("wb")) if output else subprocess.DEVNULL
        said = held.enter_context(tempfile.TemporaryFile())
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command, or a peer's
            command,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=said,
        )
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - began > limit:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                return Run(None, None, f"not within {limit:.0f} s")
            time.sleep(0.005)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-1:] or [""]
            return Run(None, None, f"failed: {last[0][:80]}")
        return Run(seconds, used.ru_maxrss / 1024)
