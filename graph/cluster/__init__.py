"""The same import on many machines: Open Contracting lines to facts and N-Quads, on Spark."""
