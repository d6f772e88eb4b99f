"""Which organisations may be one: proposals with reasons, and the judgements that decide."""
