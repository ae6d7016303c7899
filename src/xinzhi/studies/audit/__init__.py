"""The document's numbers held against each other and against the model."""
