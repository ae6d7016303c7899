"""Back-tests: the past forecast from what was known, beside simple rivals."""
