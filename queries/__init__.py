"""Questions, measures and reports over the graph."""
