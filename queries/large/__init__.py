"""The measures of a large market, computed by DuckDB over the facts beside its store."""
