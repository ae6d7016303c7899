"""Calibration: the constants of calibration/fit.yaml fitted to history, and what history cannot tell of them."""
