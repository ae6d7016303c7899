"""The pictures of a fit: every constant, in the reader's language, and what is wrong is seen."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xinzhi.errors import OutputError
from xinzhi.project import Project
from xinzhi.show.charts import render
from xinzhi.show.export import export_charts
from xinzhi.show.fonts import house_style
from xinzhi.show.panel_pages import ACROSS, DOWN
from xinzhi.studies.fit.charts import fit_charts
from xinzhi.studies.fit.fit import Fitting, fit
from xinzhi.studies.fit.sampler import Effort


@pytest.fixture(scope="module")
def fitted(project: Project) -> Fitting:
    return fit(project.content, project.simulator, 3, Effort(runs=2, walkers=80, steps=500, burn=250))


@pytest.fixture(scope="module")
def pages(project: Project, fitted: Fitting) -> dict[str, Figure]:
    return {name: draw() for name, draw in fit_charts(project.content, fitted, "zh").items()}


def departure(axes: Axes) -> tuple[float, float]:
    """The farthest place of the curves, and that of the grey band."""
    band = axes.collections[0].get_paths()[0].vertices[:, 1]
    return max(float(np.abs(line.get_ydata()).max()) for line in axes.lines), float(np.abs(band).max())


def test_every_constant_has_its_trace_and_its_ranks(fitted: Fitting, pages: dict[str, Figure]) -> None:
    for kind in ("trace", "rank"):
        some = [figure for name, figure in pages.items() if name.startswith(kind)]
        assert all(len(figure.axes) <= ACROSS * DOWN for figure in some)
        titles = [axes.get_title(loc="left").splitlines()[-1] for figure in some for axes in figure.axes]
        assert titles == [it.name for it in fitted.constants]


def test_a_trace_is_in_the_constant_s_unit_and_has_a_line_a_run(
    project: Project, fitted: Fitting, pages: dict[str, Figure]
) -> None:
    assert project.content.fit is not None
    panel = pages["trace-1-zh"].axes[2]
    prior = project.content.fit.parameters["Rest TFP trend"].prior
    assert len(panel.lines) == 2
    for line in panel.lines:
        assert ((line.get_ydata() > prior.low) & (line.get_ydata() < prior.high)).all()
        assert list(line.get_xdata()[[0, -1]]) == [260, 500]


def test_chinese_is_drawn_with_glyphs_that_are_there_and_within_the_page(pages: dict[str, Figure]) -> None:
    figure = pages["rank-1-zh"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert render(figure, "png").startswith(b"\x89PNG")
    assert "房地产高增长期其他行业的生产率趋势" in figure.axes[2].get_title(loc="left")
    with house_style():
        figure.draw_without_rendering()
    box = figure.bbox
    for axes in figure.axes:
        for text in (axes._left_title, *axes.texts):
            extent = text.get_window_extent()
            assert box.x0 <= extent.x0 and extent.x1 <= box.x1 and extent.y1 <= box.y1
    assert plt.get_fignums() == []


def test_a_run_that_is_elsewhere_leaves_the_band(project: Project, fitted: Fitting, pages: dict[str, Figure]) -> None:
    reached, band = departure(pages["rank-1-zh"].axes[9])
    assert reached < 1.2 * band
    chains = fitted.chains.copy()
    chains[1] += 1.0
    astray = fit_charts(project.content, replace(fitted, chains=chains), "en")
    reached, band = departure(astray["rank-1-en"]().axes[9])
    assert reached > 2 * band


def test_charts_go_into_a_folder_that_is_made_and_not_into_a_file(pages: dict[str, Figure], tmp_path: Path) -> None:
    one = {"trace-4-zh.png": pages["trace-4-zh"]}
    assert export_charts(one.items(), tmp_path / "a" / "b") == [tmp_path / "a" / "b" / "trace-4-zh.png"]
    assert (tmp_path / "a" / "b" / "trace-4-zh.png").stat().st_size > 10_000
    (tmp_path / "c").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        export_charts(one.items(), tmp_path / "c")
