"""Tables to dataset to store: build, check, keep and open the graph."""
