"""What is said of the members that a result rests on."""

from __future__ import annotations

from xinzhi.show.words import t


def left_out_sentences(failed: int, members: int, lang: str) -> list[str]:
    """How many of the members are in no statistic; nothing where all are."""
    if not failed:
        return []
    return [t("{failed} of {members} futures gave no number or no start and are left out.", lang, failed=failed,
              members=members)]  # fmt: skip
