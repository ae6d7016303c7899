"""The interface's templates as they stand in the code, by the script that brings the catalogue up to them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from update_words import CATALOGUE, lacking, template, updated, written

__all__ = ["CATALOGUE", "lacking", "templates", "updated", "written"]


def templates() -> set[str]:
    """Every English template in the code."""
    return {str(message.id) for message in template() if message.id}
