"""Many clients at once: a short run of the load that `make bench` runs for two minutes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_pages_and_queries_under_load(cache: Path) -> None:
    """Thirty-two clients mix pages and queries: every answer comes, and memory does not grow."""
    assert cache.is_dir()
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "serve.py"), "--seconds", "6", "--no-peers"],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stdout
    assert "p99" in done.stdout
    assert "MB after" in done.stdout
