"""The reports of the market: one module a report, with its tables."""
