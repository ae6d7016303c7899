"""What is printed reads back to its digits: every number, unit, difference, year and day, in both languages."""

from __future__ import annotations

import ast
import math
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.project import Project
from xinzhi.show import numbers

SOURCE = Path(__file__).parents[1] / "src" / "xinzhi"
LANGS = st.sampled_from(["zh", "en"])
NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")


def read(printed: str) -> float:
    """The number in a printed text, its sign before a currency counted."""
    found = NUMBER.search(printed)
    assert found, printed
    value = float(found[0].replace(",", "").replace(numbers.MINUS, "-"))
    return -value if printed.startswith(f"{numbers.MINUS}CNY") else value


@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 4), sign=st.booleans())
def test_a_plain_number_reads_back_is_grouped_by_threes_and_shows_its_sign(
    value: float, decimals: int, sign: bool
) -> None:
    printed = numbers.plain(value, decimals, sign=sign)
    assert re.fullmatch(r"[−+]?\d{1,3}(,\d{3})*(\.\d+)?", printed)
    assert abs(read(printed) - value) <= 0.5000001 * 10**-decimals
    assert printed.startswith(numbers.MINUS) == (read(printed) < 0)
    assert printed.startswith("+") == (sign and read(printed) > 0)


@given(data=st.data(), value=st.floats(-5e5, 5e5), decimals=st.integers(0, 3), lang=LANGS)
def test_a_quantity_reads_back_in_its_unit(
    project: Project, data: st.DataObject, value: float, decimals: int, lang: str
) -> None:
    units = project.content.units
    named = {indicator.unit for indicator in project.content.indicators.values()}
    unit = data.draw(st.sampled_from(sorted(named | {lever.unit for lever in project.content.sheet.levers.values()})))
    printed = numbers.quantity(value, unit, decimals, lang, units)
    if unit == "亿元":
        words = {"万亿元": 1e4, "亿元": 1.0, "trillion": 1e4, "billion": 10.0}
        factor, step = next((scale, scale * 0.1) for word, scale in words.items() if word in printed)
        assert abs(read(printed) * factor - value) <= 0.51 * max(step, 1), printed
        return
    factor, label = (1.0, units.chinese(unit)) if lang == "zh" or unit == "%" else units.english(unit)
    one = units.counted(unit, printed.split()[0]) if lang == "en" and unit != "%" else label
    assert printed.endswith(one) and (one == label or read(printed) in (1, -1))
    assert abs(read(printed) / factor - value) <= 0.51 * max(10**-decimals, 1e-3 / factor), printed


def test_what_is_counted_has_its_own_word_in_english_and_its_measure_word_in_chinese(project: Project) -> None:
    indicators, units = project.content.indicators, project.content.units
    words = {
        "national_key_laboratories": ("3家", "3 laboratories"),
        "big_science_facilities": ("3个", "3 facilities"),
        "new_rd_institutions": ("3家", "3 institutions"),
        "education_consortia": ("3个", "3 consortia"),
        "high_tech_enterprises": ("3家", "3 firms"),
        "fusion_clusters": ("3个", "3 clusters"),
    }
    for key, said in words.items():
        unit = indicators[key].unit
        assert tuple(numbers.quantity(3, unit, 0, lang, units) for lang in ("zh", "en")) == said, key


def test_exactly_one_is_in_the_singular_and_a_route_is_counted_as_one(project: Project) -> None:
    units, laboratories = project.content.units, project.content.indicators["national_key_laboratories"].unit
    said = [numbers.quantity(value, laboratories, 0, "en", units, sign=True) for value in (1, -1, 0.7, 2, 0)]
    assert said == ["+1 laboratory", "−1 laboratory", "+1 laboratory", "+2 laboratories", "0 laboratories"]
    assert numbers.quantity(1, laboratories, 1, "en", units) == "1.0 laboratories"
    routes = project.content.sheet.levers["air_routes"]
    assert [numbers.lever_value(routes, 12, lang, units) for lang in ("zh", "en")] == ["12条/年", "12 routes a year"]


@given(value=st.floats(-1e5, 1e5), decimals=st.integers(0, 3), lang=LANGS)
def test_a_difference_shows_its_sign_and_a_share_s_is_in_points(
    project: Project, value: float, decimals: int, lang: str
) -> None:
    printed = numbers.difference(value, "%", decimals, lang, project.content.units)
    assert printed.endswith("个百分点" if lang == "zh" else " pp") and "%" not in printed
    assert abs(read(printed) - value) <= 0.5000001 * 10**-decimals
    assert read(printed) == 0 or printed[0] in f"{numbers.MINUS}+"


@given(value=st.integers(-4000, 4000).map(lambda tenths: tenths / 10), sense=st.sampled_from([">=", "<="]), lang=LANGS)
def test_a_threshold_reads_back_exactly(project: Project, value: float, sense: str, lang: str) -> None:
    printed = numbers.threshold(sense, value, "%", lang, project.content.units)
    assert printed[0] == ("≥" if sense == ">=" else "≤") and read(printed) == value


@given(data=st.data(), lang=LANGS)
def test_a_lever_s_value_reads_back(project: Project, data: st.DataObject, lang: str) -> None:
    lever = data.draw(st.sampled_from(list(project.content.sheet.levers.values())))
    steps = round((lever.high - lever.low) / lever.step)
    value = lever.low + lever.step * data.draw(st.integers(0, steps))
    printed = numbers.lever_value(lever, value, lang, project.content.units)
    if lang == "zh":
        again = project.content.sheet.assignments({lever.name.zh: printed.replace(" ", "")})[lever.id].value
        assert again == pytest.approx(min(value, lever.high), rel=1e-6, abs=1e-9)


@given(value=st.floats(1900, 2200).map(lambda year: round(year * 8) / 8))
def test_a_year_is_never_grouped_and_reads_back(value: float) -> None:
    printed = numbers.year(value)
    assert "," not in printed and float(printed) == value
    assert not value.is_integer() or re.fullmatch(r"\d{4}", printed)


@given(when=st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_day_reads_back_in_both_languages(when: date) -> None:
    chinese, english = numbers.day(when, "zh"), numbers.day(when, "en")
    assert date(*map(int, re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", chinese).groups())) == when  # type: ignore
    assert datetime.strptime(english, "%d %B %Y").date() == when


@given(
    value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15), digits=st.integers(1, 6)
)
def test_significant_digits_read_back_without_an_exponent(value: float, digits: int) -> None:
    if 0 < abs(value) < 1e-12:
        return
    printed = numbers.significant(value, digits)
    assert re.fullmatch(r"−?[\d,]+(\.\d+)?", printed), printed
    assert read(printed) == pytest.approx(value, rel=0.5000001 * 10 ** (1 - digits))


@pytest.mark.parametrize(("value", "said"), [(math.nan, "—"), (math.inf, "∞"), (-math.inf, "−∞"), (0.0, "0")])
def test_what_is_no_number_is_said_so(value: float, said: str) -> None:
    assert numbers.significant(value, 4) == said


@given(value=st.integers(-(10**9), 10**9).map(lambda micro: micro / 10**6))
def test_an_exact_number_has_all_its_digits_and_no_more(value: float) -> None:
    printed = numbers.exact(value)
    assert read(printed) == value
    assert "." not in printed or printed[-1] != "0"


def hand_made(path: Path) -> list[str]:
    """Grouped numbers, Chinese counting words behind a number, and dates that a module formats by itself."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            specs = [ast.unparse(part.format_spec) for part in node.values if getattr(part, "format_spec", None)]
            texts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
            if any("," in spec for spec in specs) or any(
                text.startswith(("年", "亿", "万", "个百分点")) for text in texts
            ):
                found.append(f"{path.name}:{node.lineno}")
        elif isinstance(node, ast.Attribute) and node.attr in ("strftime", "isoformat"):
            found.append(f"{path.name}:{node.lineno}")
    return found


def test_numbers_and_dates_are_formatted_in_one_module_only() -> None:
    """Elsewhere only machine forms are written: .12g for files and addresses, percentages of a style."""
    files = [*(SOURCE / "show").glob("*.py"), *(SOURCE / "dashboard").glob("*.py"), *(SOURCE / "cli").glob("*.py")]
    assert [place for path in sorted(files) if path.name != "numbers.py" for place in hand_made(path)] == []
    assert hand_made(SOURCE / "show" / "numbers.py"), "the search itself finds what it looks for"
