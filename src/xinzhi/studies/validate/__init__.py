"""Tests of the model's structure: what it may be believed, and what not."""
