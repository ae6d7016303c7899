"""Anchoring: constants solved so that the baseline meets the statistics."""
