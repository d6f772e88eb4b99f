"""The commands, a module a family; `rehabgraph.cli` loads each when it is first needed."""
