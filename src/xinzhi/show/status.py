"""How sure a figure is, in words."""

from __future__ import annotations

from xinzhi.show.words import t


def status_word(status: str, lang: str) -> str:
    """A status in words."""
    words = {
        "published": t("published", lang),
        "recalled": t("recalled", lang),
        "estimated": t("estimated", lang),
        "assumed": t("assumed", lang),
        "computed": t("computed", lang),
    }
    return words[status]
