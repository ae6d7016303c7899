"""The interface's words. The English template is the key; the Chinese stands in locale/zh/LC_MESSAGES/xinzhi.po."""

from __future__ import annotations

import locale
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from xinzhi.content.text import Text
from xinzhi.errors import Message, Problem, XinzhiError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LANGS = ("zh", "en")
STUDIES = "xinzhi.studies"
"""The package of the studies, and the entry point by which other packages add some."""


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """English template to Chinese text: of the program, and of the studies that bring their own ``zh.po``."""
    from importlib import resources

    from babel.messages.pofile import read_po

    own = resources.files("xinzhi") / "locale" / "zh" / "LC_MESSAGES" / "xinzhi.po"
    texts: dict[str, str] = {}
    for path in (*study_catalogues(), own):
        with path.open("rb") as file:
            texts |= {str(it.id): str(it.string) for it in read_po(file) if it.id and it.string}
    return texts


def study_catalogues() -> list[Traversable]:
    """The Chinese texts that lie beside a study: in its folder, or in that of a package that adds one."""
    from importlib import resources
    from importlib.metadata import entry_points

    beside = [it / "zh.po" for it in resources.files(STUDIES).iterdir() if it.is_dir()]
    packages = [it.module.rpartition(".")[0] or it.module for it in entry_points(group=STUDIES)]
    beside += [resources.files(it) / "zh.po" for it in packages]
    return [path for path in beside if path.is_file()]


def N_(template: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a template for the catalogue where it is not yet put into words."""
    return template


def t(template: str, lang: str, **values: object) -> str:
    """An interface text in ``lang``, its values filled in; values that are messages or texts are put into words too."""
    text = catalogue().get(template, template) if lang == "zh" else template
    return text.format(**{key: _value(value, lang) for key, value in values.items()}) if values else text


def _value(value: object, lang: str) -> object:
    if isinstance(value, Text):
        return value[lang]
    return say(value, lang) if isinstance(value, Message | Problem) else value


def say(what: Message | Problem | XinzhiError, lang: str) -> str:
    """A message or problem as a sentence; an error as one line a problem."""
    if isinstance(what, Message):
        return t(what.template, lang, **what.values)
    if isinstance(what, Problem):
        where = "" if what.place is None else (f"{what.place}：" if lang == "zh" else f"{what.place}: ")
        remedy = "" if what.remedy is None else ("；" if lang == "zh" else "; ") + say(what.remedy, lang)
        sentence = f"{where}{say(what.message, lang)}{remedy}"
        return sentence if sentence.endswith(("?", "？", ".", "。")) else sentence + ("。" if lang == "zh" else ".")
    return "\n".join(say(problem, lang) for problem in what.problems)


def default_lang() -> str:
    """The language of the user's locale: zh for Chinese, en for every other one that is set, zh where none is."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    system = locale.getlocale()[0]
    return "zh" if system is None or system.lower().startswith(("zh", "chinese")) else "en"


def article(written: str, lang: str) -> str:
    """An article of the document, "总" being its general requirements."""
    return t("general requirements", lang) if written == "总" else t("article {number}", lang, number=written)


def join(parts: list[str], lang: str) -> str:
    """A list as each language writes it."""
    return ("、" if lang == "zh" else ", ").join(parts)


def prices_word(prices: str, lang: str) -> str:
    """An indicator's price basis in words; nothing where it has none."""
    words = {"current": t("current prices", lang), "constant": t("constant prices", lang), "none": ""}
    return words[prices]
