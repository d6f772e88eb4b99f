"""What the sources claim, held against what the graph gives."""
