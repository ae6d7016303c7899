"""The odds as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.study import Progress, Study
from xinzhi.studies.table import Lines, Part

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.futures.target_odds import Odds
    from xinzhi.simulate import Run


class OddsStudy(Study["Odds"]):
    """How likely each target is, and which open question would change a verdict."""

    name = "odds"
    help = N_("How likely each target is, and what would be worth measuring.")
    needs = "studies"
    title = N_("Odds of the targets, and what would be worth measuring")
    asks = (
        ask.scenario(),
        ask.members(),
        ask.seed(),
        ask.Ask("worth", ask.Kind.FLAG, N_("Also what would be worth measuring."), False, "--worth"),
    )

    def run(self, base: Base, progress: Progress, *, scenario: Run, members: int, seed: int, worth: bool) -> Odds:
        from xinzhi.futures.target_odds import find_odds
        from xinzhi.studies.odds.worth import with_worth

        ensemble = base.futures(members, seed, scenario).ensemble(scenario)
        odds = find_odds(base.content, ensemble)
        return with_worth(base.content, ensemble, odds) if worth else odds

    def parts(self, content: Content, result: Odds, lang: str) -> Sequence[Part]:
        from xinzhi.studies.odds.words import odds_sentences, odds_table

        return [odds_table(content, result, lang).cells(), Lines(odds_sentences(content, result, lang))]

    def record(self, content: Content, result: Odds, lang: str) -> Any:
        from xinzhi.studies.odds.words import odds_record

        return odds_record(content, result)

    def frames(self, content: Content, result: Odds) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.odds.words import odds_table

        return {"odds": odds_table(content, result, "en").frame()}

    def named(self, result: Odds, run: Run) -> Odds:
        return replace(result, run=run)


STUDY = OddsStudy()
