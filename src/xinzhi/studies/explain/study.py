"""The explanation of a variable as a study: nothing is run for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.studies.explain.explanation import Explanation
    from xinzhi.studies.table import Part


class ExplainStudy(Study["Explanation"]):
    """What the content says of one variable."""

    name = "explain"
    help = N_("Explain a variable: equation, unit, source, inputs and uses.")
    asks = (Ask("variable", Kind.NAMES, N_("A variable, or what shows, sets or judges it."), required=True),)

    def run(self, base: Base, progress: Progress, *, variable: Sequence[str]) -> Explanation:
        from xinzhi.studies.explain.explanation import explain

        return explain(base.content, " ".join(variable))

    def parts(self, content: Content, result: Explanation, lang: str) -> Sequence[Part]:
        from xinzhi.content.folder import shown
        from xinzhi.studies.explain.words import explanation_parts

        return explanation_parts(result, shown(content.model.path), lang)

    def record(self, content: Content, result: Explanation, lang: str) -> Any:
        from xinzhi.studies.explain.words import explanation_record

        return explanation_record(result, lang)

    def frames(self, content: Content, result: Explanation) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.explain.words import explanation_frames

        return explanation_frames(result)


STUDY = ExplainStudy()
