"""The graph at size: facts as Parquet, fast builds, checks and networks for large data."""
