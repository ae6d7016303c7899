"""Reads files and gives frozen, cross-checked values; the only part of the package that knows YAML and CSV."""

BASELINE = "baseline"
"""The scenario that changes nothing."""
