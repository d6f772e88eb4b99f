"""Imports of open procurement data beside `ocdskit compile`, which only merges, on the same files.

Ours reads, cleans, merges, maps, writes statements and loads them into a store on disk; the
peer reads and merges. Both hold what they need of the whole file: the peaks say how much.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measure import run

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
SIZES = (1_000, 10_000, 50_000)


def main() -> None:
    """Print a line for each size."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="numbers of processes")
    given = parser.parse_args()
    print("\nimport of procurement data beside ocdskit compile; ratio is ours / peer")
    print(f"{'processes':>9} {'file':>8} {'ratio':>6}   ours (to a store), ocdskit (merge alone)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = folder / "schema.json"  # lists are merged by id, as ours are; nothing is fetched
        schema.write_text(json.dumps({"properties": {}}))
        cache = {"REHABGRAPH_CACHE": str(folder / "cache")}
        run([str(BIN / "rehabgraph"), "build"], env=cache)
        for size in given.sizes:
            file = folder / f"{size}.jsonl"
            run([sys.executable, str(HERE / "generate_ocds.py"), str(size), str(file)])
            store = ["--store", str(folder / f"store-{size}")]
            ours = run([str(BIN / "rehabgraph"), *store, "import", "ocds", str(file)], env=cache)
            peer = run(
                ["/bin/sh", "-c", 'exec "$0" compile --schema "$1" < "$2"',
                 str(BIN / "ocdskit"), str(schema), str(file)],
                output=folder / "compiled.jsonl",
            )  # fmt: skip
            megabytes = file.stat().st_size / 1e6
            print(f"{size:>9,} {megabytes:>5.0f} MB {ours.ratio(peer):>6}   {ours}; {peer}")


if __name__ == "__main__":
    main()
