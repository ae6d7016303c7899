"""Charts of the real content: what a planner prints must be whole, legible and the same every time."""

from __future__ import annotations

import dataclasses
import io
import itertools
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pypdf
import pytest
from fontTools.ttLib import TTFont
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from xinzhi.analysis.verdict import threshold_level
from xinzhi.content.indicator import headline as headline_targets
from xinzhi.errors import ContentError
from xinzhi.show.chart_drawing import move_apart
from xinzhi.show.charts import (
    BASELINE_STYLE,
    SERIES_STYLES,
    TARGET_COLOUR,
    chart_indicators,
    render,
)
from xinzhi.show.fonts import font_file, text_width, wrap
from xinzhi.show.words import LANGS

ROOT = Path(__file__).parents[1]
FOUR = ("rd-first", "transfer-first", "manufacturing-first", "green-first")


@pytest.fixture(scope="module")
def real(project) -> SimpleNamespace:
    """The content, a run of every scenario and the ids of the indicators that carry a headline target."""
    content, simulator = project.content, project.simulator
    runs = {name: simulator.run(scenario) for name, scenario in content.scenarios.items()}
    headline = [target.indicator for target in headline_targets(content.targets)]
    return SimpleNamespace(
        content=content, runs=runs, baseline=runs["baseline"], headline=headline, simulator=simulator
    )


def draw(real, indicators, scenarios=FOUR, lang="zh"):
    runs = [real.runs[name] for name in scenarios]
    return chart_indicators(real.content, runs, indicators, lang, baseline=real.baseline)


def gids(figure):
    return {artist.get_gid(): artist for axes in figure.axes for artist in axes.get_children() if artist.get_gid()}


def shown_texts(figure):
    """Every text that is drawn, with its box in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]
    return [(text, box) for text, box in boxes if box.width > 0]


def with_targets(content, *targets):
    return dataclasses.replace(content, targets={target.id: target for target in targets})


@pytest.mark.parametrize("lang", LANGS)
def test_every_character_has_a_glyph(real, lang):
    with TTFont(font_file(), lazy=True) as font:
        known = set(font.getBestCmap())
    figure = draw(real, list(real.content.indicators), lang=lang)
    written = {character for text, _ in shown_texts(figure) for character in text} - {"\n"}
    assert {character for character in written if ord(character) not in known} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_no_missing_glyph_is_warned_of_in_any_format(real, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw(real, real.headline, lang=lang)
        for fmt in ("png", "svg", "pdf"):
            assert render(figure, fmt)


def test_the_font_is_the_one_that_arrives_with_pip_and_not_simhei(real):
    figure = draw(real, real.headline[:1])
    fonts = {text.get_fontname() for text in figure.findobj(Text) if text.get_text()}
    assert fonts == {"Noto Sans CJK SC"}
    assert font_file().name == "NotoSansCJKsc-Regular.otf"


@pytest.mark.parametrize(("count", "width"), [(1, 8.0), (2, 10.0), (4, 10.0), (5, 12.0)])
def test_the_files_open_again_and_have_the_stated_size(real, count, width):
    figure = draw(real, list(real.content.indicators)[:count])
    stated = tuple(figure.get_size_inches())
    assert stated[0] == width
    if count == 1:
        assert stated == (8.0, 5.0)
    with Image.open(io.BytesIO(render(figure, "png"))) as picture:
        assert picture.size == (round(stated[0] * 200), int(stated[1] * 200 + 1e-6))
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    box = ET.fromstring(render(figure, "svg")).attrib["viewBox"].split()
    assert [float(side) for side in box[2:]] == pytest.approx([72 * side for side in stated], abs=0.01)
    (page,) = pypdf.PdfReader(io.BytesIO(render(figure, "pdf"))).pages
    assert [float(side) for side in page.mediabox[2:]] == pytest.approx([72 * side for side in stated], abs=0.01)


def test_a_pdf_is_small_and_its_chinese_can_be_searched_for(real):
    written = render(draw(real, real.headline), "pdf")
    assert len(written) < 500_000
    text = pypdf.PdfReader(io.BytesIO(written)).pages[0].extract_text()
    assert "科技成果就地转化率" in text
    assert "资料来源" in text or "Source" in text


def test_a_pdf_embeds_no_postscript_outlines_as_truetype(real):
    """matplotlib's issue 2869: as Type 42 this font would be written in a way that Acrobat cannot read."""
    page = pypdf.PdfReader(io.BytesIO(render(draw(real, real.headline[:1]), "pdf"))).pages[0]
    kinds = {font.get_object()["/Subtype"] for font in page["/Resources"]["/Font"].values()}
    assert kinds == {"/Type3"}


def test_an_svg_needs_no_font(real):
    root = ET.fromstring(render(draw(real, real.headline[:1]), "svg"))
    assert not [element for element in root.iter() if element.tag.endswith("}text")]


@pytest.mark.parametrize("fmt", ["png", "svg", "pdf"])
def test_the_same_input_gives_the_same_bytes(real, fmt):
    first = draw(real, real.headline[:2])
    assert render(first, fmt) == render(draw(real, real.headline[:2]), fmt)
    assert render(first, fmt) == render(first, fmt)


def test_charts_made_in_many_threads_are_the_same(real):
    alone = [render(draw(real, [name]), "png") for name in real.headline]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: render(draw(real, [name]), "png"), real.headline))
    assert together == alone


def test_matplotlibs_own_settings_are_left_as_they_were(real):
    before = dict(rcParams)
    render(draw(real, real.headline[:1]), "pdf")
    assert dict(rcParams) == before


def test_an_unknown_format_is_refused(real):
    with pytest.raises(KeyError):
        render(draw(real, real.headline[:1]), "gif")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scenarios", [FOUR[:1], FOUR], ids=len)
def test_no_text_touches_another_and_none_is_cut_off_in_single_charts(real, lang, scenarios):
    for indicator in real.content.indicators:
        assert_clear(draw(real, [indicator], scenarios, lang))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scenarios", [FOUR[:2], FOUR[:3]], ids=len)
def test_no_text_touches_another_with_two_and_three_scenarios(real, lang, scenarios):
    for indicator in real.headline:
        assert_clear(draw(real, [indicator], scenarios, lang))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("count", [2, 4, 5, 28])
def test_no_text_touches_another_and_none_is_cut_off_in_grids(real, lang, count):
    ids = list(real.content.indicators)[:count] if count != 5 else real.headline
    assert_clear(draw(real, ids, FOUR, lang))


def assert_clear(figure):
    texts = shown_texts(figure)
    for (a, box), (b, other) in itertools.combinations(texts, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        down = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(across, down) < 1.0, (a, b)
    for text, box in texts:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
        assert inside, text


@pytest.mark.parametrize("lang", LANGS)
def test_no_flag_hides_a_curve_or_an_observation_of_a_headline_indicator(real, lang):
    for indicator in real.headline:
        figure = draw(real, [indicator], FOUR, lang)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        (axes,) = figure.axes
        for gid, flag in gids(figure).items():
            if not gid.startswith("target-flag"):
                continue
            box = flag.get_window_extent(canvas.get_renderer())
            for name, line in gids(figure).items():
                if "hindcast" in name or "projection" in name or name.endswith(("published", "estimated")):
                    years, values = line.get_data()
                    every = (
                        years if len(years) < 2 or line.get_ls() == "None" else np.linspace(years[0], years[-1], 400)
                    )
                    points = axes.transData.transform(np.column_stack([every, np.interp(every, years, values)]))
                    assert not box.count_contains(points), (indicator, name)


def test_published_figures_are_filled_and_estimated_ones_hollow(real):
    artists = gids(draw(real, ["local_conversion_rate"]))
    published, estimated = artists["local_conversion_rate-published"], artists["local_conversion_rate-estimated"]
    for dots, status in ((published, True), (estimated, False)):
        series = real.content.history.series["local_conversion_rate"].observations
        expected = [o for o in series if (o.status == "published") is status and o.time >= real.baseline.times[0]]
        assert list(dots.get_xdata()) == [o.time for o in expected]
        assert list(dots.get_ydata()) == pytest.approx([o.value for o in expected])
    assert published.get_markerfacecolor() == published.get_color()
    assert estimated.get_markerfacecolor() == "white"


def test_an_indicator_without_history_has_no_dots_and_the_note_says_so(real):
    assert "sei_va_real" not in real.content.history.series
    figure = draw(real, ["sei_va_real"], lang="en")
    assert not [gid for gid in gids(figure) if gid.endswith(("-published", "-estimated"))]
    assert f"No observed figures for: {real.content.indicators['sei_va_real'].name.en}" in notes(figure)


def notes(figure):
    return " ".join(text.get_text() for text in figure.texts if text.get_gid() == "note")


def test_the_note_names_publishers_once_the_model_and_that_it_is_no_forecast(real):
    figure = draw(real, ["rd_expenditure", "rd_personnel_fte"], FOUR[:2], "en")
    said = notes(figure)
    assert said.count("NBS and Ministry of Science and Technology") == 1
    assert "Scenarios: Baseline, R&D first, Transfer first" in said
    assert f"Model version {real.content.hash[:8]}" in said
    assert "Simulation, not a forecast" in said
    assert "hollow" not in said


def test_the_note_warns_of_estimates(real):
    assert "include estimates" in notes(draw(real, ["manufacturing_share_gdp"], lang="en"))


def test_the_baseline_is_drawn_dashed_and_grey_beside_a_scenario(real):
    artists = gids(draw(real, ["rd_expenditure"], FOUR[:1]))
    grey, blue = artists["rd_expenditure-projection-0"], artists["rd_expenditure-projection-1"]
    assert grey.get_color() == BASELINE_STYLE.colour
    assert grey.is_dashed()
    assert grey.get_zorder() > blue.get_zorder(), "a scenario that equals the baseline must not hide it"
    assert blue.get_color() == SERIES_STYLES[0].colour
    years = range(real.content.region.plan.base_year, real.baseline.times[-1] + 1)
    for line, run in ((grey, real.baseline), (blue, real.runs[FOUR[0]])):
        assert list(line.get_xdata()) == list(years)
        assert list(line.get_ydata()) == pytest.approx([run.at("rd_expenditure", year) for year in years])


def test_the_untouched_baseline_is_drawn_once(real):
    lines = [gid for gid in gids(draw(real, ["rd_expenditure"], ["baseline"])) if "projection" in gid]
    assert lines == ["rd_expenditure-projection-0"]


def test_a_baseline_with_a_moved_lever_is_a_series_of_its_own_and_says_so(real):
    overrides = real.content.sheet.assignments({"public_rd_growth": "15%"}, in_model_units=True)
    moved = real.simulator.run(real.content.scenario("baseline"), overrides)
    figure = chart_indicators(real.content, [moved], ["rd_expenditure"], "en", baseline=real.baseline)
    assert gids(figure)["rd_expenditure-projection-1"].get_color() == SERIES_STYLES[0].colour
    assert "Scenarios: Baseline, Baseline (adjusted)" in notes(figure)


def test_the_hindcast_is_told_apart_from_the_projection(real):
    artists = gids(draw(real, ["rd_expenditure"]))
    past = [line for gid, line in artists.items() if "hindcast" in gid]
    assert len(past) == 1, "equal hindcasts are drawn once"
    ahead = artists["rd_expenditure-projection-1"]
    assert past[0].get_xdata()[-1] == ahead.get_xdata()[0] == real.content.region.plan.base_year
    assert past[0].get_linewidth() < ahead.get_linewidth()


@pytest.mark.parametrize("lang", LANGS)
def test_every_target_has_a_star_at_its_level_and_a_flag(real, lang):
    for target in real.content.targets.values():
        figure = draw(real, [target.indicator], lang=lang)
        star, flag = (gids(figure)[f"target-{prefix}{target.id}"] for prefix in ("", "flag-"))
        level, factor = threshold_level(target, real.baseline), axis_factor(real, figure, target.indicator)
        assert (star.get_xdata()[0], star.get_ydata()[0]) == pytest.approx((target.year, level * factor))
        assert star.get_color() == TARGET_COLOUR
        assert str(target.year) in flag.get_text()
        assert "-" not in flag.get_text()


def axis_factor(real, figure, indicator):
    drawn = gids(figure)[f"{indicator}-projection-0"].get_ydata()[-1]
    year = real.baseline.times[-1]  # in the base year a count may be 0
    return drawn / (real.baseline.at(indicator, year) * real.content.indicators[indicator].factor)


def test_a_falling_target_is_said_as_a_fall(real):
    flag = gids(draw(real, ["energy_per_gdp"], lang="en"))["target-flag-energy_intensity"]
    assert flag.get_text().startswith("Target: ≥10% lower than in 2023")


def test_two_targets_on_one_indicator_do_not_touch(real):
    target = real.content.targets["manufacturing_share"]
    near = dataclasses.replace(target, id="near", threshold=target.threshold + 0.5)
    content = with_targets(real.content, target, near)
    figure = chart_indicators(content, [real.runs["rd-first"]], [target.indicator], "en", baseline=real.baseline)
    assert {"target-flag-near", "target-flag-manufacturing_share"} <= set(gids(figure))
    assert_clear(figure)


def test_years_are_integers_and_not_crowded(real):
    for ids in (real.headline[:1], real.headline):
        figure = draw(real, ids)
        FigureCanvasAgg(figure).draw()
        for axes in figure.axes:
            labels = [tick.get_text() for tick in axes.get_xticklabels()]
            assert all(label.isdigit() and len(label) == 4 for label in labels)
            assert 3 <= len(labels) <= 9


def test_end_labels_carry_the_value_of_the_plans_final_year(real):
    figure = draw(real, ["local_conversion_rate"], FOUR[:2], "en")
    texts = [text.get_text() for text in figure.axes[0].texts]
    year = real.content.region.plan.final_year
    for name in ("baseline", *FOUR[:2]):
        value = 100 * real.runs[name].at("local_conversion_rate", year)
        assert f"{real.runs[name].name.en}  {value:.1f}" in texts
    assert f"in {year}" in texts


def test_end_labels_stand_in_the_order_of_their_values_even_where_lines_cross_later(real):
    year = real.content.region.plan.final_year
    for indicator in real.content.indicators:
        (axes,) = draw(real, [indicator], FOUR, "en").axes
        labels = {
            text.get_text().split("  ")[0]: text.get_position()[1] for text in axes.texts if "  " in text.get_text()
        }
        runs = [real.baseline, *(real.runs[name] for name in FOUR)]
        by_height = sorted(runs, key=lambda run: labels[run.name.en])
        values = [run.at(indicator, year) for run in by_height]
        assert values == sorted(values), indicator


def test_a_negative_number_has_a_true_minus(real):
    indicator = real.content.indicators["policy_cost"]
    values = {**real.baseline.values, indicator.id: -1 - np.arange(len(real.baseline.times), dtype=float)}
    run = dataclasses.replace(real.baseline, values=values)
    texts = [text for text, _ in shown_texts(chart_indicators(real.content, [run], [indicator.id], "en"))]
    assert "Baseline  −1.4" in texts
    assert "−1.0" in texts
    assert not [text for text in texts if text.startswith("-")]


@pytest.mark.parametrize("value", [0.0, 100.0, -3.0])
def test_a_constant_can_be_drawn(real, value):
    values = {**real.baseline.values, "policy_cost": np.full(len(real.baseline.times), value)}
    run = dataclasses.replace(real.baseline, values=values)
    assert_clear(chart_indicators(real.content, [run], ["policy_cost"], "zh"))


def test_texts_are_in_the_language_asked_for(real):
    chinese = {text for text, _ in shown_texts(draw(real, real.headline, lang="zh"))}
    english = {text for text, _ in shown_texts(draw(real, real.headline, lang="en"))}
    for indicator in real.headline:
        assert real.content.indicators[indicator].name.zh in chinese
    assert not [text for text in english if any("CJK" in unicodedata.name(character, "") for character in text)]


def test_eight_styles_differ_in_colour_or_dash_and_five_of_them_without_colour():
    styles = [BASELINE_STYLE, *SERIES_STYLES]
    assert len({(style.colour, style.dash) for style in styles}) == len(styles) == 17
    printed_grey = [BASELINE_STYLE, *SERIES_STYLES[:4]]
    assert len({style.dash for style in printed_grey}) == 5
    assert len({style.marker for style in printed_grey}) == 5


def test_every_line_can_be_seen_on_white():
    for style in (BASELINE_STYLE, *SERIES_STYLES):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(style.colour)]
        luminance = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
        assert 1.05 / (luminance + 0.05) > 2.9, style.colour


def test_labels_are_moved_apart_as_little_as_needed():
    assert move_apart([1.0, 3.0], 0.5, 4.0) == [1.0, 3.0]
    assert move_apart([1.0, 1.0], 0.5, 4.0) == [1.25, 0.75]
    assert move_apart([4.0, 3.9], 0.5, 4.0) == [3.75, 3.25]
    crowded = sorted(move_apart([2.0] * 20, 0.5, 4.0))
    assert crowded[0] > 0
    assert crowded[-1] < 4.0
    assert min(b - a for a, b in itertools.pairwise(crowded)) == pytest.approx(0.2)


def test_a_line_never_begins_with_a_closing_mark_and_never_exceeds_its_width():
    text = "资料来源：国家统计局、科学技术部；湖北省科学技术厅（2023年）。Source: a much longer sentence, in English."
    for width in np.arange(1.0, 4.0, 0.1):
        lines = wrap(text, 9, float(width))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if line[0] in "，。、；：）"]
        assert max(text_width(line, 9) for line in lines) <= width


def test_nothing_to_draw_is_an_error(real):
    with pytest.raises(ValueError, match="a run and an indicator"):
        chart_indicators(real.content, [], ["rd_expenditure"], "zh")
    with pytest.raises(ValueError, match="a run and an indicator"):
        chart_indicators(real.content, [real.baseline], [], "zh")


def test_an_unknown_indicator_is_refused_by_name(real):
    with pytest.raises(ContentError, match="rd_expenditure"):
        draw(real, ["rd_expendture"])
