"""What the pictures show: plain rows read from the graph, before anything is drawn."""
