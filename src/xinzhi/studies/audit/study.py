"""The audit of the document as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
    from xinzhi.studies.audit.audit import Audit
    from xinzhi.studies.table import Part


class AuditStudy(Study["Audit"]):
    """The document's numbers held against each other, and targets that one lever helps or hurts together."""

    name = "audit"
    help = N_("Hold the document's numbers against each other, and against the model.")
    title = N_("The document audited against itself")
    asks = (ask.scenario(),)
    drawn = True

    def run(self, base: Base, progress: Progress, *, scenario: Run) -> Audit:
        from xinzhi.studies.audit.audit import audit

        return audit(base.content, base.simulator, scenario)

    def parts(self, content: Content, result: Audit, lang: str) -> Sequence[Part]:
        from xinzhi.studies.audit.words import audit_parts

        return audit_parts(content, result, lang)

    def record(self, content: Content, result: Audit, lang: str) -> Any:
        from xinzhi.studies.audit.words import audit_record

        return audit_record(content, result, lang)

    def frames(self, content: Content, result: Audit) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.audit.words import audit_frames

        return audit_frames(content, result)

    def dataset(self, content: Content, result: Audit) -> xr.Dataset:
        from xinzhi.studies.audit.words import audit_dataset

        return audit_dataset(result)

    def page(self, content: Content, result: Audit, lang: str) -> str:
        from xinzhi.studies.audit.report import audit_markdown

        return audit_markdown(content, result, lang)

    def charts(self, content: Content, result: Audit, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.show.matrix_drawing import draw_matrix
        from xinzhi.studies.audit.words import gains_matrix

        return {"levers": lambda: draw_matrix(gains_matrix(content, result.gains, lang))}

    def named(self, result: Audit, run: Run) -> Audit:
        return replace(result, run=run)


STUDY = AuditStudy()
