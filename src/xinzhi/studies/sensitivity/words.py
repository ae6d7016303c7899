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


def input_words(content: Content, varied: Input, lang: str) -> str:
    """What an input is: a lever's name; a constant's name, which is English, or in Chinese what it is.

    Where the Chinese words fit another constant as well, or point at one, the name follows.
    """
    if varied.lever:
        return content.sheet.levers[varied.name].name[lang]
    return constant_name(content, varied.name, lang)


def measure_words(name: str, lang: str) -> str:
    """What a measure is called."""
    return t(MEASURES[name], lang)


def sensitivity_table(content: Content, sensitivity: Sensitivity, lang: str) -> Cells:
    """The most important inputs of each target; targets that nothing moves, or nothing separates, are left out."""
    columns = [
        t("Target", lang),
        t("Input", lang),
        *(measure_words(name, lang) for name in _SCREEN[sensitivity.method]),
    ]
    rows = []
    for row, target in enumerate(sensitivity.targets):
        for number, place in enumerate(telling(sensitivity, row, SHOWN)):
            name = input_words(content, sensitivity.inputs[place], lang)
            rows.append(
                (target.name[lang] if number == 0 else "", name, *_cells(content, sensitivity, row, place, lang))
            )
    return Cells(t(TITLES[sensitivity.method], lang, scenario=sensitivity.run.name), columns, rows)


def inputs_table(content: Content, sensitivity: Sensitivity, row: int, shown: int, lang: str) -> Cells:
    """The most important inputs of one target, with what each is; no row where nothing moves or separates it."""
    columns = [t("Uncertain input", lang), *(measure_words(name, lang) for name in _SCREEN[sensitivity.method])]
    factor, _ = value_scale(content, sensitivity, row, lang)
    rows = [
        (_explained(content, sensitivity.inputs[place], lang), *_cells(content, sensitivity, row, place, lang, factor))
        for place in telling(sensitivity, row, shown)
    ]
    return Cells(t(TITLES[sensitivity.method], lang, scenario=sensitivity.run.name), columns, rows)


def value_scale(content: Content, sensitivity: Sensitivity, row: int, lang: str) -> tuple[float, str]:
    """Factor and unit by which a page shows values of a target, and changes of it, where the method gives such."""
    names = [name for name in ("low", "high", "mu_star") if name in sensitivity.measures]
    largest = float(np.nan_to_num([sensitivity.measures[name][row] for name in names]).max(initial=0.0))
    return axis(sensitivity.targets[row].unit, lang, content.units, largest)


def _explained(content: Content, varied: Input, lang: str) -> str:
    """An input's words as the pictures have them; in English, what a constant is comes after its name."""
    words = input_words(content, varied, lang)
    return words if varied.lever or lang == "zh" else f"{words}: {constant_words(content, varied.name, lang)}"


def telling(sensitivity: Sensitivity, row: int, shown: int) -> list[int]:
    """The places of the most important inputs of a target, those that say something of it."""
    return [place for place in sensitivity.ranking(row)[:shown] if counts(sensitivity, row, place)]


def counts(sensitivity: Sensitivity, row: int, place: int) -> bool:
    """Whether an input says anything of a target."""
    value = sensitivity.main[row, place]
    if sensitivity.method == "regional":
        return bool(sensitivity.measures["p"][row, place] < CERTAIN)
    if sensitivity.method == "pawn":
        return bool(value > sensitivity.of_targets["noise"][row])
    return bool(value > (1e-4 if sensitivity.method == "sobol" else 0))


def _cells(
    content: Content, sensitivity: Sensitivity, row: int, place: int, lang: str, factor: float = 1.0
) -> list[str]:  # fmt: skip
    """``factor`` brings values of the target into the unit that is shown."""
    varied = sensitivity.inputs[place]
    return [
        constant_quantity(value, content.model.variables[varied.variable].unit, lang, content.units)
        if name == "turns"
        else _cell(name, factor * value if name in _VALUES else value, lang)
        for name, value in (
            (name, float(sensitivity.measures[name][row, place])) for name in _SCREEN[sensitivity.method]
        )
    ]


def _cell(name: str, value: float, lang: str) -> str:
    if name == "direction":
        return t("large values", lang) if value > 0 else t("small values", lang)
    if name in ("S1", "S1_conf", "ST", "ST_conf", "median", "maximum", "distance"):
        return plain(value, 3)
    return ("<0.001" if value < 0.001 else plain(value, 3)) if name == "p" else significant(value, 3)


def sensitivity_sentences(sensitivity: Sensitivity, lang: str) -> list[str]:
    """What it cost, how the inputs were chosen, whether the sample was large enough, what is not in it."""
    said = [t("{runs} runs on {inputs} inputs, seed {seed}; {failed} are left out because one gave no number.", lang,
              runs=plain(sensitivity.runs, 0), inputs=len(sensitivity.inputs), seed=sensitivity.seed,
              failed=sensitivity.failed)]  # fmt: skip
    if sensitivity.screening is not None:
        shares = np.array(sensitivity.screening.share)
        said.append(
            t("The {kept} inputs are those that a Morris screening of {candidates} ranks first ({runs} runs); of what "
              "moves a target they do {middle}% in the median of the targets, {least}% at least. The others stay as "
              "they are.", lang, kept=len(sensitivity.inputs), candidates=sensitivity.screening.candidates,
              runs=plain(sensitivity.screening.runs, 0), middle=plain(100 * float(np.nanmedian(shares)), 0),
              least=plain(100 * float(np.nanmin(shares)), 0)))  # fmt: skip
    said += _still(sensitivity, lang)
    said += [enough(sensitivity, lang)] if sensitivity.convergence is not None else []
    said.append(t("Inputs are drawn from their priors, independently; members are not anchored to the base year's "
                  "figures again, and nothing is said of the model's structure.", lang))  # fmt: skip
    return said


def _still(sensitivity: Sensitivity, lang: str) -> list[str]:
    """How many targets nothing is said of, and why."""
    if sensitivity.method == "regional":
        few = int(np.isnan(sensitivity.main).all(axis=1).sum())
        if few == len(sensitivity.targets) == 1:
            return [t("Nothing can be said of this target: fewer than {least} members meet it, or miss it.", lang,
                      least=FEWEST)]  # fmt: skip
        return [t("Of {few} targets nothing is said: fewer than {least} members meet them, or miss them.", lang,
                  few=few, least=FEWEST)] if few else []  # fmt: skip
    still = int((np.nan_to_num(sensitivity.main).max(axis=1) <= 1e-12).sum())
    if still == len(sensitivity.targets) == 1:
        return [t("This target is moved by none of the inputs.", lang)]
    return [t("{still} targets are moved by none of the inputs.", lang, still=still)] if still else []


def enough(sensitivity: Sensitivity, lang: str) -> str:
    """Whether the sample was large enough: the widest 95 % interval of an index at most 0.05 wide."""
    assert sensitivity.convergence is not None
    width = sensitivity.convergence.width
    if np.isnan(width).any():
        return t("The sample is too small to be parted: whether it is large enough cannot be said.", lang)
    kept, widest, size = int((width <= NARROW).sum()), float(width.max()), sensitivity.convergence.sizes[-1]
    figures = {
        "kept": kept,
        "all": len(width),
        "widest": plain(widest, 3),
        "narrow": plain(NARROW, 2),
        "size": plain(size, 0),
    }
    if sensitivity.method == "pawn":
        grown = t("From half of the sample (N = {size}) to all of it no index changes by more than {widest}: ",
                  lang, **{**figures, "size": plain(sensitivity.convergence.sizes[-2], 0)})  # fmt: skip
        return grown + (t("it was large enough.", lang) if kept == len(width) else t("it was too small.", lang))
    if kept == len(width):
        return t("The sample was large enough: at N = {size} the widest 95% interval of an index is {widest} wide "
                 "(allowed {narrow}).", lang, **figures)  # fmt: skip
    needed = size * (widest / NARROW) ** 2
    needed = 2.0 ** math.ceil(math.log2(needed)) if sensitivity.method == "sobol" else needed
    if len(width) == 1:
        return t("The sample was too small: at N = {size} the widest 95% interval of an index is {widest} wide "
                 "(allowed {narrow}); about N = {needed} would do.", lang, **figures,
                 needed=plain(needed, 0))  # fmt: skip
    return t("The sample was large enough for {kept} of {all} targets: at N = {size} the widest 95% interval of an "
             "index is {widest} wide (allowed {narrow}); about N = {needed} would do for all.", lang, **figures,
             needed=plain(needed, 0))  # fmt: skip


def sensitivity_record(sensitivity: Sensitivity) -> dict[str, Any]:
    """Everything, unrounded; what is no number is null."""
    return {
        "scenario": sensitivity.run.scenario, "method": sensitivity.method, "seed": sensitivity.seed,
        "size": sensitivity.size, "runs": sensitivity.runs, "failed": sensitivity.failed,
        "ranked_by": MAIN[sensitivity.method], "anchored": False,
        "screening": None if sensitivity.screening is None else {
            "candidates": sensitivity.screening.candidates, "runs": sensitivity.screening.runs,
            "share": dict(
                zip((it.id for it in sensitivity.targets), map(_number, sensitivity.screening.share), strict=True)
            ),
        },
        "widest_interval": None if sensitivity.convergence is None else dict(
            zip((it.id for it in sensitivity.targets), map(_number, sensitivity.convergence.width.tolist()),
                strict=True)
        ),
        "targets": [
            {
                "target": target.id, **{name: _number(values[row]) for name, values in sensitivity.of_targets.items()},
                "inputs": [
                    {
                        "input": sensitivity.inputs[place].name, "lever": sensitivity.inputs[place].lever,
                        **{name: _number(values[row, place]) for name, values in sensitivity.measures.items()},
                    }
                    for place in sensitivity.ranking(row)
                ],
            }
            for row, target in enumerate(sensitivity.targets)
        ],
    }  # fmt: skip


def sensitivity_frames(sensitivity: Sensitivity) -> dict[str, pd.DataFrame]:
    """Measures by target and input; what is of a target alone, with the share that a screening keeps."""
    import pandas as pd

    of_targets = {"target": [it.id for it in sensitivity.targets], **sensitivity.of_targets}
    if sensitivity.convergence is not None:
        of_targets["widest_interval"] = sensitivity.convergence.width
    if sensitivity.screening is not None:
        of_targets["screened_share"] = np.array(sensitivity.screening.share)
    return {"sensitivity": sensitivity.to_pandas(), "targets": pd.DataFrame(of_targets)}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
