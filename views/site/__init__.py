"""The pages of the explorer, one set for two ways out: served locally, or written as files."""
