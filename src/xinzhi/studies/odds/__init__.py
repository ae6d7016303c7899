"""How likely each target is, and what would be worth measuring."""
