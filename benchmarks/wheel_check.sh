#!/usr/bin/env bash
# Build the wheel, install it in a bare environment outside the checkout, and ask it a question.
set -euo pipefail
python=$1
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/$python" -m build --wheel --outdir "$work/dist" "$root" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$root/$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$root/constraints.txt" "$work"/dist/*.whl
cd "$work"
export REHABGRAPH_CACHE="$work/cache"
answer=$("$work/venv/bin/rehabgraph" report market-share --format json)
echo "$answer" | "$work/venv/bin/python" -c '
import json, sys
rows = json.load(sys.stdin)["rows"]
total = sum(row["value"] for row in rows)
assert (len(rows), total) == (26, 196_074_277), (len(rows), total)
print(f"wheel: {len(rows)} providers, £{total:,}")'
"$work/venv/bin/rehabgraph" view matrix -o matrix.html
test -s matrix.html
