"""Runs the equations: numbers in, numbers out; knows no YAML, no planner and no chart."""

METHODS = ("euler", "rk4")
