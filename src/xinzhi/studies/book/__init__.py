"""The model's book: every sector and variable, with diagrams."""
