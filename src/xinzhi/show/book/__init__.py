"""The model's book: a page a sector, the loops and the sources, with diagrams, written from a project's content."""
