"""Sensitivity as a table, sentences and records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from xinzhi.content.content import Content
from xinzhi.show.constants import constant_name, constant_quantity, constant_words
from xinzhi.show.numbers import axis, plain, significant
from xinzhi.show.words import N_, t
from xinzhi.studies.sensitivity.inputs import Input
from xinzhi.studies.sensitivity.methods import MAIN
from xinzhi.studies.sensitivity.regional_sensitivity import FEWEST
from xinzhi.studies.sensitivity.result import NARROW, Sensitivity
from xinzhi.studies.table import Cells

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 3  # inputs a target on the screen
CERTAIN = 0.05  # adjusted p-value
TITLES: Mapping[str, str] = {
    "local": N_("{scenario}: what moves the targets, one input at a time"),
    "morris": N_("{scenario}: what moves the targets, Morris screening"),
    "sobol": N_("{scenario}: what moves the targets, Sobol' indices"),
    "pawn": N_("{scenario}: what moves the targets, PAWN"),
    "regional": N_("{scenario}: what separates success from failure"),
}
MEASURES: Mapping[str, str] = {
    "swing": N_("From 5% to 95% of the input's prior"),
    "low": N_("Value at 5%"),
    "high": N_("Value at 95%"),
    "slope": N_("Slope"),
    "elasticity": N_("Elasticity"),
    "mu_star": N_("Mean absolute effect μ*"),
    "mu_star_conf": N_("± (95%)"),
    "mu": N_("Mean effect μ"),
    "sigma": N_("Standard deviation σ"),
    "S1": N_("First order"),
    "S1_conf": N_("± (95%)"),
    "ST": N_("Total order"),
    "ST_conf": N_("± (95%)"),
    "median": N_("PAWN index (median)"),
    "maximum": N_("Largest"),
    "distance": N_("Distance"),
    "p": N_("p, adjusted"),
    "direction": N_("Success with"),
    "turns": N_("Apart most at"),
}
_SCREEN: Mapping[str, tuple[str, ...]] = {
    "local": ("swing", "low", "high", "elasticity"), "morris": ("mu_star", "mu_star_conf", "mu", "sigma"),
    "sobol": ("S1", "S1_conf", "ST", "ST_conf"), "pawn": ("median", "maximum"),
    "regional": ("distance", "p", "direction", "turns"),
}  # fmt: skip
_VALUES = ("swing", "low", "high", "mu_star", "mu_star_conf", "mu", "sigma")  # in the target's unit


def input_words(content: Content, it: Input, lang: str) -> str:
    """What an input is: a lever's name; a constant's name, which is English, or in Chinese what it is.

    Where the Chinese words fit another constant as well, or point at one, the name follows.
    """
    if it.lever:
        return content.sheet.levers[it.name].name[lang]
    return constant_name(content, it.name, lang)


def measure_words(name: str, lang: str) -> str:
    """What a measure is called."""
    return t(MEASURES[name], lang)


def sensitivity_table(content: Content, found: Sensitivity, lang: str) -> Cells:
    """The most important inputs of each target; targets that nothing moves, or nothing separates, are left out."""
    columns = [t("Target", lang), t("Input", lang), *(measure_words(name, lang) for name in _SCREEN[found.method])]
    rows = []
    for row, target in enumerate(found.targets):
        for number, place in enumerate(telling(found, row, SHOWN)):
            name = input_words(content, found.inputs[place], lang)
            rows.append((target.name[lang] if number == 0 else "", name, *_cells(content, found, row, place, lang)))
    return Cells(t(TITLES[found.method], lang, scenario=found.run.name), columns, rows)


def inputs_table(content: Content, found: Sensitivity, row: int, shown: int, lang: str) -> Cells:
    """The most important inputs of one target, with what each is; no row where nothing moves or separates it."""
    columns = [t("Uncertain input", lang), *(measure_words(name, lang) for name in _SCREEN[found.method])]
    factor, _ = value_scale(content, found, row, lang)
    rows = [
        (_explained(content, found.inputs[place], lang), *_cells(content, found, row, place, lang, factor))
        for place in telling(found, row, shown)
    ]
    return Cells(t(TITLES[found.method], lang, scenario=found.run.name), columns, rows)


def value_scale(content: Content, found: Sensitivity, row: int, lang: str) -> tuple[float, str]:
    """Factor and unit by which a page shows values of a target, and changes of it, where the method gives such."""
    names = [name for name in ("low", "high", "mu_star") if name in found.measures]
    largest = float(np.nan_to_num([found.measures[name][row] for name in names]).max(initial=0.0))
    return axis(found.targets[row].unit, lang, content.units, largest)


def _explained(content: Content, it: Input, lang: str) -> str:
    """An input's words as the pictures have them; in English, what a constant is comes after its name."""
    words = input_words(content, it, lang)
    return words if it.lever or lang == "zh" else f"{words}: {constant_words(content, it.name, lang)}"


def telling(found: Sensitivity, row: int, shown: int) -> list[int]:
    """The places of the most important inputs of a target, those that say something of it."""
    return [place for place in found.ranking(row)[:shown] if counts(found, row, place)]


def counts(found: Sensitivity, row: int, place: int) -> bool:
    """Whether an input says anything of a target."""
    value = found.main[row, place]
    if found.method == "regional":
        return bool(found.measures["p"][row, place] < CERTAIN)
    if found.method == "pawn":
        return bool(value > found.of_targets["noise"][row])
    return bool(value > (1e-4 if found.method == "sobol" else 0))


def _cells(
    content: Content, found: Sensitivity, row: int, place: int, lang: str, factor: float = 1.0
) -> list[str]:  # fmt: skip
    """``factor`` brings values of the target into the unit that is shown."""
    it = found.inputs[place]
    return [
        constant_quantity(value, content.model.variables[it.variable].unit, lang, content.units)
        if name == "turns"
        else _cell(name, factor * value if name in _VALUES else value, lang)
        for name, value in ((name, float(found.measures[name][row, place])) for name in _SCREEN[found.method])
    ]


def _cell(name: str, value: float, lang: str) -> str:
    if name == "direction":
        return t("large values", lang) if value > 0 else t("small values", lang)
    if name in ("S1", "S1_conf", "ST", "ST_conf", "median", "maximum", "distance"):
        return plain(value, 3)
    return ("<0.001" if value < 0.001 else plain(value, 3)) if name == "p" else significant(value, 3)


def sensitivity_sentences(found: Sensitivity, lang: str) -> list[str]:
    """What it cost, how the inputs were chosen, whether the sample was large enough, what is not in it."""
    said = [t("{runs} runs on {inputs} inputs, seed {seed}; {failed} are left out because one gave no number.", lang,
              runs=plain(found.runs, 0), inputs=len(found.inputs), seed=found.seed, failed=found.failed)]  # fmt: skip
    if found.screening is not None:
        shares = np.array(found.screening.share)
        said.append(
            t("The {kept} inputs are those that a Morris screening of {candidates} ranks first ({runs} runs); of what "
              "moves a target they do {middle}% in the median of the targets, {least}% at least. The others stay as "
              "they are.", lang, kept=len(found.inputs), candidates=found.screening.candidates,
              runs=plain(found.screening.runs, 0), middle=plain(100 * float(np.nanmedian(shares)), 0),
              least=plain(100 * float(np.nanmin(shares)), 0)))  # fmt: skip
    said += _still(found, lang)
    said += [enough(found, lang)] if found.convergence is not None else []
    said.append(t("Inputs are drawn from their priors, independently; members are not anchored to the base year's "
                  "figures again, and nothing is said of the model's structure.", lang))  # fmt: skip
    return said


def _still(found: Sensitivity, lang: str) -> list[str]:
    """How many targets nothing is said of, and why."""
    if found.method == "regional":
        few = int(np.isnan(found.main).all(axis=1).sum())
        if few == len(found.targets) == 1:
            return [t("Nothing can be said of this target: fewer than {least} members meet it, or miss it.", lang,
                      least=FEWEST)]  # fmt: skip
        return [t("Of {few} targets nothing is said: fewer than {least} members meet them, or miss them.", lang,
                  few=few, least=FEWEST)] if few else []  # fmt: skip
    still = int((np.nan_to_num(found.main).max(axis=1) <= 1e-12).sum())
    if still == len(found.targets) == 1:
        return [t("This target is moved by none of the inputs.", lang)]
    return [t("{still} targets are moved by none of the inputs.", lang, still=still)] if still else []


def enough(found: Sensitivity, lang: str) -> str:
    """Whether the sample was large enough: the widest 95 % interval of an index at most 0.05 wide."""
    assert found.convergence is not None
    width = found.convergence.width
    if np.isnan(width).any():
        return t("The sample is too small to be parted: whether it is large enough cannot be said.", lang)
    kept, widest, size = int((width <= NARROW).sum()), float(width.max()), found.convergence.sizes[-1]
    told = {
        "kept": kept,
        "all": len(width),
        "widest": plain(widest, 3),
        "narrow": plain(NARROW, 2),
        "size": plain(size, 0),
    }
    if found.method == "pawn":
        grown = t("From half of the sample (N = {size}) to all of it no index changes by more than {widest}: ",
                  lang, **{**told, "size": plain(found.convergence.sizes[-2], 0)})  # fmt: skip
        return grown + (t("it was large enough.", lang) if kept == len(width) else t("it was too small.", lang))
    if kept == len(width):
        return t("The sample was large enough: at N = {size} the widest 95% interval of an index is {widest} wide "
                 "(allowed {narrow}).", lang, **told)  # fmt: skip
    needed = size * (widest / NARROW) ** 2
    needed = 2.0 ** math.ceil(math.log2(needed)) if found.method == "sobol" else needed
    if len(width) == 1:
        return t("The sample was too small: at N = {size} the widest 95% interval of an index is {widest} wide "
                 "(allowed {narrow}); about N = {needed} would do.", lang, **told, needed=plain(needed, 0))  # fmt: skip
    return t("The sample was large enough for {kept} of {all} targets: at N = {size} the widest 95% interval of an "
             "index is {widest} wide (allowed {narrow}); about N = {needed} would do for all.", lang, **told,
             needed=plain(needed, 0))  # fmt: skip


def sensitivity_record(found: Sensitivity) -> dict[str, Any]:
    """Everything, unrounded; what is no number is null."""
    return {
        "scenario": found.run.scenario, "method": found.method, "seed": found.seed, "size": found.size,
        "runs": found.runs, "failed": found.failed, "ranked_by": MAIN[found.method], "anchored": False,
        "screening": None if found.screening is None else {
            "candidates": found.screening.candidates, "runs": found.screening.runs,
            "share": dict(zip((it.id for it in found.targets), map(_number, found.screening.share), strict=True)),
        },
        "widest_interval": None if found.convergence is None else dict(
            zip((it.id for it in found.targets), map(_number, found.convergence.width.tolist()), strict=True)
        ),
        "targets": [
            {
                "target": target.id, **{name: _number(values[row]) for name, values in found.of_targets.items()},
                "inputs": [
                    {
                        "input": found.inputs[place].name, "lever": found.inputs[place].lever,
                        **{name: _number(values[row, place]) for name, values in found.measures.items()},
                    }
                    for place in found.ranking(row)
                ],
            }
            for row, target in enumerate(found.targets)
        ],
    }  # fmt: skip


def sensitivity_frames(found: Sensitivity) -> dict[str, pd.DataFrame]:
    """Measures by target and input; what is of a target alone, with the share that a screening keeps."""
    import pandas as pd

    of_targets = {"target": [it.id for it in found.targets], **found.of_targets}
    if found.convergence is not None:
        of_targets["widest_interval"] = found.convergence.width
    if found.screening is not None:
        of_targets["screened_share"] = np.array(found.screening.share)
    return {"sensitivity": found.to_pandas(), "targets": pd.DataFrame(of_targets)}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
