"""Anchoring as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.studies.anchor.anchoring import Anchoring
    from xinzhi.studies.table import Part


class AnchorStudy(Study["Anchoring"]):
    """Constants solved so that the baseline meets the statistics of calibration/anchors.yaml."""

    name = "anchor"
    help = N_("Make the model start where the region's statistics are.")
    asks = (Ask("force", Kind.FLAG, N_("With --write: write also where a statistic cannot be met."), False, "--force"),)
    writes = True

    def run(self, base: Base, progress: Progress, *, force: bool) -> Anchoring:
        from xinzhi.studies.anchor.anchoring import Anchoring, anchor

        return Anchoring(base.content, anchor(base.content, base.simulator, base.content.anchors), force)

    def parts(self, content: Content, result: Anchoring, lang: str) -> Sequence[Part]:
        from xinzhi.studies.anchor.words import anchor_parts

        return anchor_parts(content, result, lang)

    def record(self, content: Content, result: Anchoring, lang: str) -> Any:
        from xinzhi.studies.anchor.words import anchor_records

        return anchor_records(content, result, lang)

    def frames(self, content: Content, result: Anchoring) -> Mapping[str, pd.DataFrame]:
        return {"anchor": result.to_pandas()}

    def files(self, base: Base, result: Anchoring) -> Mapping[Path, bytes]:
        from xinzhi.content.files import in_form_of, text_of
        from xinzhi.content.regional_values import FILE as REGIONAL_VALUES
        from xinzhi.content.scaling import replaced

        if not result.met and not result.force:
            return {}
        path = base.content.folder / REGIONAL_VALUES
        values = {item.anchor.constant: (item.new, item.status, item.source) for item in result}
        return {path: in_form_of(path, replaced(text_of(path), values))}

    def sound(self, result: Anchoring) -> bool:
        return result.met


STUDY = AnchorStudy()
