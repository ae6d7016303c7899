"""The departments as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.simulate import Run
    from xinzhi.studies.departments.departments import Departments
    from xinzhi.studies.table import Part


class DepartmentsStudy(Study["Departments"]):
    """Who answers for what, whose levers matter for whose targets, which target hangs on another's lever."""

    name = "departments"
    help = N_("Who answers for what, and whose levers matter for whose targets.")
    title = N_("Departments and their levers")
    asks = (ask.scenario(),)
    drawn = True

    def run(self, base: Base, progress: Progress, *, scenario: Run) -> Departments:
        from xinzhi.analysis.gains import find_gains
        from xinzhi.analysis.verdict import judge
        from xinzhi.studies.departments.departments import find_departments

        gains = find_gains(base.content, base.simulator, scenario)
        return find_departments(base.content, gains, judge(base.content, scenario))

    def parts(self, content: Content, result: Departments, lang: str) -> Sequence[Part]:
        from xinzhi.studies.departments.words import departments_parts

        return departments_parts(content, result, lang)

    def record(self, content: Content, result: Departments, lang: str) -> Any:
        from xinzhi.studies.departments.words import departments_record

        return departments_record(content, result, lang)

    def frames(self, content: Content, result: Departments) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.departments.words import departments_frames

        return departments_frames(content, result)

    def dataset(self, content: Content, result: Departments) -> xr.Dataset:
        import xarray as xr

        axes = {"controlling": list(result.controlling), "answering": list(result.answering)}
        return xr.Dataset({"targets": (tuple(axes), result.matrix)}, axes, {"scenario": result.scenario})

    def charts(self, content: Content, result: Departments, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.show.matrix_drawing import draw_matrix
        from xinzhi.studies.departments.words import departments_matrix

        return {"departments": lambda: draw_matrix(departments_matrix(content, result, lang))}


STUDY = DepartmentsStudy()
