"""Words and numbers: every text in both languages, every printed number readable back."""

from __future__ import annotations

import re
import string

import pytest

from catalogue import CATALOGUE, lacking, templates, updated, written
from xinzhi.errors import msg
from xinzhi.project import Project
from xinzhi.show import numbers
from xinzhi.show.words import catalogue, default_lang, t

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_template_is_translated_and_nothing_is_left_over() -> None:
    in_code, translated = templates(), catalogue()
    assert sorted(in_code - translated.keys()) == []
    assert sorted(translated.keys() - in_code) == []


def test_the_catalogue_is_what_make_words_writes_with_nothing_missing_or_fuzzy() -> None:
    now = CATALOGUE.read_bytes()
    fresh = updated(now)
    assert lacking(fresh) == []
    assert written(fresh) == now, "run: make words"


def test_a_missing_and_a_fuzzy_message_are_told() -> None:
    now = CATALOGUE.read_text(encoding="utf-8")
    gone = now.replace('msgstr "撤销"', 'msgstr ""')
    doubtful = now.replace('msgid "Undo"', '#, fuzzy\nmsgid "Undo"')
    assert gone != now != doubtful
    assert lacking(updated(gone.encode())) == ["missing: Undo"]
    assert lacking(updated(doubtful.encode())) == ["fuzzy: Undo"]
    assert lacking(updated(now.replace('msgid "Undo"', 'msgid "Undo it"').encode())), "a changed template"


def test_a_translation_has_the_same_fields_as_its_template() -> None:
    for template, chinese in catalogue().items():
        assert fields(chinese) == fields(template), template


def test_chinese_texts_use_full_width_punctuation() -> None:
    for chinese in catalogue().values():
        assert not re.search(r"[\u4e00-\u9fff][,;:?!](?!\d)", chinese.replace("中文:", "")), chinese


def test_messages_inside_messages_are_put_into_words_too() -> None:
    assert t("cannot be written ({reason})", "zh", reason=msg("no permission")) == "无法写入（没有权限）"


@pytest.mark.parametrize(
    ("locale", "lang"), [("zh_CN.UTF-8", "zh"), ("zh_TW", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("de_DE", "en")]
)
def test_the_locale_chooses_the_language(locale: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert default_lang() == lang


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "zh", "en"),
    [
        (1408.17, "亿元", 1, "1,408.2亿元", "CNY 140.8 billion"),
        (18000, "亿元", 0, "1.80万亿元", "CNY 1.80 trillion"),
        (-312, "亿元", 0, "−312亿元", "−CNY 31.2 billion"),
        (62, "%", 1, "62.0%", "62.0%"),
        (-7.95, "%", 1, "−8.0%", "−8.0%"),
        (-0.004, "%", 1, "0.0%", "0.0%"),
        (3460, "万千瓦", 0, "3,460万千瓦", "34.60 GW"),
        (19600, "万吨标准煤", 0, "19,600万吨标准煤", "196.00 Mtce"),
        (288195, "人年", 0, "288,195人年", "288,195 FTE"),
        (1.5, "万人", 1, "1.5万人", "15,000 FTE"),
        (12.7, "EFLOPS", 1, "12.7 EFLOPS", "12.7 EFLOPS"),
        (0.345, "吨标准煤/万元", 3, "0.345吨标准煤/万元", "0.345 tce per CNY 10,000"),
        (25000, "家", 0, "25,000家", "25,000 firms"),
    ],
)
def test_numbers_are_written_as_a_report_writes_them(
    project: Project, value: float, unit: str, decimals: int, zh: str, en: str
) -> None:
    assert numbers.quantity(value, unit, decimals, "zh", project.content.units) == zh
    assert numbers.quantity(value, unit, decimals, "en", project.content.units) == en


def test_a_difference_of_shares_is_in_percentage_points_with_its_sign(project: Project) -> None:
    assert numbers.difference(-4.94, "%", 1, "zh", project.content.units) == "−4.9个百分点"
    assert numbers.difference(0.6, "%", 1, "en", project.content.units) == "+0.6 pp"
    assert numbers.difference(312.3, "亿元", 0, "zh", project.content.units) == "+312亿元"
