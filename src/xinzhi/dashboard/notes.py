"""Below the charts: what a reader has to know before the figures are used."""

from __future__ import annotations

from html import escape

from xinzhi.dashboard.markup import draw_html
from xinzhi.dashboard.session import View
from xinzhi.errors import Problem, XinzhiError
from xinzhi.futures.freshness import stale
from xinzhi.show import numbers
from xinzhi.show.words import join, say
from xinzhi.studies.backtest.panel import kept_backtests


def draw_notes(view: View) -> None:
    """What a reader has to know before the figures are used."""
    content, lang = view.content, view.lang
    plan = content.region.plan
    weak = sum(target.base.status != "published" for target in content.targets.values())
    programmes = sum(target.programme for target in content.targets.values())
    assumed = sum(lever.status == "assumed" for lever in content.sheet.levers.values())
    first = content.sheet.timing.start[0]
    notes = [
        view.t(
            "Targets are judged in {final}; growth and change are measured on {base}.",
            final=plan.final_year,
            base=plan.base_year,
        ),
        view.t(
            "A lever that starts at the end of {start} acts from the budget of {budget} on; its ramp is how long "
            "it takes to full force.",
            start=numbers.year(first),
            budget=numbers.year(first + 1),
        ),
        view.t(
            "The strength of {count} levers is an expert assumption, and so are all unit costs (±50%).", count=assumed
        ),
        view.t("The curve is the central path, not a forecast; how likely a target is, its odds say."),
    ]
    if weak:
        note = view.t(
            "The base figures of {weak} of the {all} targets are not published ones (estimated, assumed or not checked "
            "yet), and their verdicts carry the same error; each row says which.",
            weak=weak,
            all=len(content.targets),
        )
        notes.insert(1, note)
    if programmes:
        note = view.t(
            "{count} are programme targets: counts of what is to be set up, which the model reaches by start rate, "
            "capacity, delay and failure, not by economic feedback.",
            count=programmes,
        )
        notes.insert(1, note)
    lost = _lost(view)
    if lost:
        note = view.t(
            "Simple forecasts would have been better than the model on {series}; see how well the past was forecast.",
            series=join(lost, lang),
        )
        notes.insert(0, note)
    warning = stale(content)
    if warning is not None:
        notes.insert(0, say(Problem(None, warning), lang))
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    document = view.t(
        "Document: {title} ({number})", title=content.region.document.title, number=content.region.document.number
    )
    version = view.t("Model version {version}", version=content.hash[:8])
    draw_html(f'<ul class="xz-notes">{items}</ul><p class="xz-small">{escape(document)} · {escape(version)}</p>', lang)


def _lost(view: View) -> list[str]:
    """The series on which the model was worse than a simple forecast; none where no back-test can be read."""
    try:
        kept = kept_backtests(view.content.folder)
    except XinzhiError:
        return []
    indicators, lost = view.content.indicators, [] if kept is None else kept.lost()
    return [indicators[name].name[view.lang] for name in lost if name in indicators]
