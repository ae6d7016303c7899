"""The terminal that tables and explanations are printed on."""

from __future__ import annotations

import sys

from rich.console import Console

WIDE = 200


def console() -> Console:
    """Full width where the output is not a terminal, so that nothing is cut in a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False)
