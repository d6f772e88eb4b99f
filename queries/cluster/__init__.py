"""The measures of a market too large for one machine, computed by Spark over its facts."""
