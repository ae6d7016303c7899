"""Which inputs a target hangs on: local, Morris, Sobol', PAWN and regional sensitivity of the targets' values.

Samples are of shares 0..1 of each input's prior. A method takes any function of them, so that it can be held against
test functions whose indices are published.
"""
