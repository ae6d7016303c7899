"""The tests of structure as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.simulate import Run
    from xinzhi.studies.table import Part
    from xinzhi.studies.validate.validation import Validation

FAMILY = Ask("others", Kind.PATHS, N_("Another place's folder with the same equations; repeatable."), (), "--family",
             metavar="DIR")  # fmt: skip


class ValidateStudy(Study["Validation"]):
    """What the model may be believed, by the tests of structure and behaviour that the field asks for."""

    name = "validate"
    help = N_("Test the model's structure: what it may be believed, and what not.")
    title = N_("Tests of structure and behaviour")
    asks = (ask.scenario(), FAMILY)

    def run(self, base: Base, progress: Progress, *, scenario: Run, others: Sequence[Path]) -> Validation:
        from xinzhi.content.folder import find_folder
        from xinzhi.studies.validate.validation import validate

        return validate(base.content, base.simulator, scenario, [find_folder(folder) for folder in others])

    def parts(self, content: Content, result: Validation, lang: str) -> Sequence[Part]:
        from xinzhi.studies.validate.words import validation_parts

        return validation_parts(result, lang)

    def record(self, content: Content, result: Validation, lang: str) -> Any:
        from xinzhi.studies.validate.words import validation_record

        return validation_record(result, lang)

    def frames(self, content: Content, result: Validation) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.validate.words import validation_frames

        return validation_frames(result)

    def page(self, content: Content, result: Validation, lang: str) -> str:
        from xinzhi.studies.validate.words import validation_page

        return validation_page(content, result, lang)

    def sound(self, result: Validation) -> bool:
        return result.sound


STUDY = ValidateStudy()
