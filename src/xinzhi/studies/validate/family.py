"""Family member: the same equations with another place's numbers give another, sensible answer."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from xinzhi.analysis.reality import run_checks
from xinzhi.analysis.verdict import Verdict, judge
from xinzhi.content import history
from xinzhi.content.content import Content
from xinzhi.content.copying import SOURCES, copy_content
from xinzhi.content.files import in_form_of, text_of
from xinzhi.content.history import HISTORY
from xinzhi.content.indicator import headline
from xinzhi.content.reading import read_content
from xinzhi.content.regional_values import FILE as REGIONAL_VALUES
from xinzhi.content.scaling import replaced
from xinzhi.content.scenario import BASELINE
from xinzhi.content.statements import Member
from xinzhi.content.yaml_file import Text
from xinzhi.errors import msg
from xinzhi.output import write
from xinzhi.simulate import Simulator
from xinzhi.studies.anchor.anchoring import anchor
from xinzhi.studies.validate.outcome import UNTESTED, Cases, Cell, Finding, Worst, outcome

SOURCE = "recalled-other-place"
ANOTHER = 0.01  # a value that differs by this share is another answer


@dataclass(frozen=True)
class Place:
    """What one place answers in the baseline: verdicts by target, failed reality checks and anchors not met."""

    name: Text
    verdicts: Mapping[str, Verdict]
    failed: tuple[str, ...]
    unmet: tuple[str, ...]


def check_family(content: Content, simulator: Simulator, others: Sequence[Path]) -> Finding:
    """The places of model/structure.yaml and of the folders ``others``, held against this one."""
    if not content.statements.family and not others:
        return Finding("family", UNTESTED, msg("no other place is named in model/structure.yaml or by --family"))
    places = [_made(content, simulator, member) for member in content.statements.family.values()]
    places += [_asked(read_content(folder, simulator.store), simulator) for folder in others]
    here = Place(content.region.name, _verdicts(content, simulator), (), ())
    wrong = [it for it in places if it.failed or it.unmet or not _another(here, it)]
    names = Text("、".join(it.name.zh for it in places), ", ".join(it.name.en for it in places))
    said = msg("{count} other places ({names}): {failed} reality checks fail, {unmet} anchors are not met, {same} give "
               "the same answer", count=len(places), names=names,
               failed=sum(len(it.failed) for it in places), unmet=sum(len(it.unmet) for it in places),
               same=sum(not _another(here, it) for it in places))  # fmt: skip
    table = _table(content, here, places)
    worst = Worst((*wrong[0].failed, *wrong[0].unmet, wrong[0].name.en)[0], 0.0) if wrong else None
    return Finding("family", outcome(len(wrong), 0), said, worst, (table,))


def _table(content: Content, here: Place, places: Sequence[Place]) -> Cases:
    """Headline targets and what each place reaches; how many of its own targets each meets."""
    heads: tuple[Cell, ...] = (msg("Target"), *(it.name for it in (here, *places)))
    rows: list[tuple[Cell, ...]] = []
    for target in headline(content.targets):
        said = [it.verdicts.get(target.id) for it in (here, *places)]
        rows.append((target.short_name, *("—" if it is None else msg("{value} {verdict}", value=f"{it.value:.1f}",
                    verdict=msg("● met") if it.met else msg("○ not met")) for it in said)))  # fmt: skip
    counts = (f"{sum(v.met for v in it.verdicts.values())}/{len(it.verdicts)}" for it in (here, *places))
    return Cases(
        msg("Other places with the same equations"), heads, (*rows, (msg("Targets met on the central path"), *counts))
    )


def _another(here: Place, there: Place) -> bool:
    """Whether a verdict differs, or a value by more than 1 %."""
    shared = here.verdicts.keys() & there.verdicts.keys()
    return not shared or any(
        here.verdicts[key].met != there.verdicts[key].met
        or abs(there.verdicts[key].value - here.verdicts[key].value) > ANOTHER * abs(here.verdicts[key].value)
        for key in shared
    )


def _verdicts(content: Content, simulator: Simulator) -> dict[str, Verdict]:
    run = simulator.run(content.scenario(BASELINE))
    return {verdict.target.id: verdict for verdict in judge(content, run)}


def _asked(content: Content, simulator: Simulator) -> Place:
    """A place that has its own folder; its anchors are tried as they stand."""
    own = Simulator(content, simulator.store)
    unmet = tuple(it.anchor.constant for it in anchor(content, own, content.anchors) if not it.met)
    failed = tuple(it.check.id for it in run_checks(content, own) if not it.passed)
    return Place(content.region.name, _verdicts(content, own), failed, unmet)


def _made(content: Content, simulator: Simulator, member: Member) -> Place:
    """A place made of this one: scaled, its own figures put in, anchored to them; in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / member.id
        copy_content(content.folder, folder, member.scale)
        _put(folder / HISTORY, partial(_with_figures, content=content, member=member))
        _put(folder / SOURCES, partial(_with_source, member=member))
        first = read_content(folder, simulator.store)
        anchored = anchor(first, Simulator(first, simulator.store), first.anchors)
        values = {it.anchor.constant: (it.new, it.status, it.source) for it in anchored}
        _put(folder / REGIONAL_VALUES, lambda written: replaced(written, values))
        other = read_content(folder, simulator.store)
        own = Simulator(other, simulator.store)
        failed = tuple(it.check.id for it in run_checks(other, own) if not it.passed)
        unmet = tuple(it.anchor.constant for it in anchored if not it.met)
        return Place(member.name, _verdicts(other, own), failed, unmet)


def _put(path: Path, changed: Callable[[str], str]) -> None:
    written = in_form_of(path, changed(text_of(path)))
    write(path, written)


def _with_figures(written: str, content: Content, member: Member) -> str:
    """history.csv with the member's figures, recalled, in place of what was scaled."""
    rows = list(csv.DictReader(io.StringIO(written)))
    own = {(figure.indicator, str(figure.year)): figure.value for figure in member.figures}
    kept = [row for row in rows if (row["variable"], row["time"]) not in own]
    kept += [
        {"time": time, "variable": key, "value": f"{value:g}", "unit": content.indicators[key].unit,
         "status": "recalled", "source": SOURCE}
        for (key, time), value in own.items()
    ]  # fmt: skip
    stream = io.StringIO()
    writer = csv.DictWriter(stream, history.COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(kept, key=lambda row: (row["variable"], int(row["time"]))))
    return stream.getvalue()


def _with_source(written: str, member: Member) -> str:
    return written.rstrip("\n") + (
        f"\n{SOURCE}:\n  kind: recalled\n  publisher: {{zh: 本项目（凭记忆）, en: this project (recalled)}}\n"
        f"  zh: {member.note.zh}\n  en: '{member.note.en.replace(chr(39), chr(39) * 2)}'\n"
    )
