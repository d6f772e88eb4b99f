"""`python -m rehabgraph` is the command `rehabgraph`."""

from rehabgraph.cli import main

main()
