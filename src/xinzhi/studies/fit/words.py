"""A fit as a table, sentences and records, and the files that it leaves."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.fitted import FITTED, POSTERIOR, Estimate, Fitted, digest
from xinzhi.show.constants import constant_name
from xinzhi.show.numbers import plain, significant
from xinzhi.show.words import N_, join, t
from xinzhi.studies.fit.fit import Fitting
from xinzhi.studies.table import Column, Table

PROFILES = {"closed": N_("bounded"), "half": N_("bounded on one side"), "open": N_("unbounded")}
Row = tuple[str, Estimate]  # what a constant is called, and what a fit says of it


def fit_table(fitting: Fitting, lang: str) -> Table[Row]:
    """A row a constant: optimum, 90 % of prior and posterior, what was learned, profile, R-hat and sample sizes."""
    sizes = Column[Row]("ess", None, t("ESS, bulk and tail", lang), lambda it: _sizes(it[1]))
    rows = [(it.name, it.estimate) for it in fitting.constants]
    return Table(t("Fitted constants", lang), (*_columns(lang), sizes), rows)


def fitted_table(fitted: Fitted, lang: str, content: Content | None = None) -> Table[Row]:
    """As `fit_table`, from what calibration/fitted.yaml keeps; with ``content``, constants by what they are called."""
    rows = [
        (name if content is None else constant_name(content, name, lang), it) for name, it in fitted.constants.items()
    ]
    return Table(t("Fitted constants", lang), _columns(lang), rows)


def _columns(lang: str) -> tuple[Column[Row], ...]:
    """Values in the model's units; ``learned`` is a share."""
    return (
        Column("constant", lambda it: it[0], t("Constant", lang), lambda it: it[0]),
        Column("optimum", lambda it: it[1].optimum, t("Optimum", lang), lambda it: significant(it[1].optimum, 4)),
        Column("prior", None, t("Prior, 90%", lang), lambda it: _interval(it[1].prior)),
        *_quantiles("prior", lambda it: it[1].prior),
        Column("posterior", None, t("Posterior, 90%", lang), lambda it: _interval(it[1].posterior)),
        *_quantiles("posterior", lambda it: it[1].posterior),
        Column("learned", lambda it: it[1].learned, t("Learned", lang), lambda it: _learned(it[1], lang)),
        Column("identified", lambda it: it[1].identified),
        Column("profile", lambda it: it[1].profile, t("Profile likelihood", lang),
               lambda it: t(PROFILES[it[1].profile], lang)),
        Column("rhat", lambda it: it[1].rhat, "R-hat", lambda it: plain(it[1].rhat, 4)),
        Column("ess_bulk", lambda it: it[1].ess_bulk),
        Column("ess_tail", lambda it: it[1].ess_tail),
    )  # fmt: skip


def _quantiles(name: str, three: Callable[[Row], tuple[float, float, float]]) -> list[Column[Row]]:
    """5, 50 and 95 %, in files alone."""

    def column(at: int, share: int) -> Column[Row]:
        return Column(f"{name}_p{share}", lambda it: three(it)[at])

    return [column(at, share) for at, share in enumerate((5, 50, 95))]


def _interval(three: tuple[float, float, float]) -> str:
    return f"{significant(three[0], 3)} … {significant(three[2], 3)}"


def _learned(it: Estimate, lang: str) -> str:
    share = plain(100 * max(it.learned, 0.0), 0) + "%"
    return share if it.identified else t("{share}, not identified", lang, share=share)


def _sizes(it: Estimate) -> str:
    return f"{it.ess_bulk:.0f} / {it.ess_tail:.0f}"


def fit_sentences(content: Content, fitting: Fitting, lang: str) -> list[str]:
    """What a reader has to know of a fit, before its figures are used."""
    unknown = [it.name for it in fitting.constants if not it.identified]
    said = [
        t("{count} constants fitted to {series} series, {first} to {last}.", lang, count=len(fitting.constants),
          series=len(content.fit.series) if content.fit else 0, first=content.fit.first if content.fit else 0,
          last=content.fit.last if content.fit else 0),
        t("History says nothing of {count} of them; their posterior is their prior: {names}.", lang,
          count=len(unknown), names=join(unknown, lang)),
        t("Each of the {draws} draws was anchored to the base year once, at {runs} half-length runs a draw; "
          "{met} meet every statistic.", lang, draws=len(fitting.anchored.met), runs=fitting.anchored.runs,
          met=int(fitting.anchored.met.sum())),
    ]  # fmt: skip
    if fitting.at_edge:
        names = join(list(fitting.at_edge), lang)
        said.append(t("The optimum lies at the edge of the prior of {names}: widen it in calibration/fit.yaml.", lang,
                      names=names))  # fmt: skip
    if not fitting.sound:
        said.append(t("The sampler has not converged (R-hat below 1.01, ESS above 1000): take more steps.", lang))
    return said


def fit_record(fitting: Fitting) -> dict[str, Any]:
    """Everything but the draws, unrounded."""
    effort = fitting.effort
    return {
        "inputs": fitting.inputs, "seed": fitting.seed, "runs": effort.runs, "walkers": effort.walkers,
        "steps": effort.steps, "burn": effort.burn, "loss": fitting.optimum.losses[0],
        "starts": len(fitting.optimum.losses), "converged": fitting.sound, "at_edge": list(fitting.at_edge),
        "draws": len(fitting.anchored.met), "meet_every_statistic": int(fitting.anchored.met.sum()),
        "anchored": list(fitting.anchored.anchored), "runs_per_anchored_draw": fitting.anchored.runs,
        "constants": fit_table(fitting, "en").records(),
    }  # fmt: skip


def fit_files(fitting: Fitting) -> dict[str, bytes]:
    """What a fit leaves, by path in the project: the draws, then the file that names them, in the order of writing."""
    draws = posterior_bytes(fitting)
    return {POSTERIOR: draws, FITTED: fitted_yaml(fitting, digest(draws)).encode()}


def fitted_yaml(fitting: Fitting, posterior: str) -> str:
    """calibration/fitted.yaml: the recipe, the diagnostics and the constants; values are JSON, which is YAML.

    ``posterior`` names the draws that belong to it, see `digest`.
    """
    diagnostics, effort = [it.diagnostics for it in fitting.constants], fitting.effort
    recipe: dict[str, Any] = {
        "inputs": fitting.inputs, "depends": fitting.depends, "posterior": posterior, "seed": fitting.seed,
        "runs": effort.runs, "walkers": effort.walkers, "steps": effort.steps, "burn": effort.burn,
        "loss": round(fitting.optimum.losses[0], 6),
        "starts": len(fitting.optimum.losses), "rhat": round(max(it.rhat for it in diagnostics), 5),
        "ess_bulk": round(min(it.bulk for it in diagnostics)), "ess_tail": round(min(it.tail for it in diagnostics)),
        "draws": len(fitting.anchored.met), "anchored": list(fitting.anchored.anchored),
        "runs_per_anchored_draw": fitting.anchored.runs,
    }  # fmt: skip
    lines = ["# Written by: xinzhi fit. The numbers of region.csv are not changed by it.", "recipe:"]
    lines += [
        f"  {key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in recipe.items()
    ]
    lines.append("constants:")
    for estimate in fitting.constants:
        said = {
            "optimum": _short(estimate.optimum), "prior": [_short(value) for value in estimate.prior],
            "posterior": [_short(value) for value in estimate.posterior], "learned": round(estimate.learned, 3),
            "identified": estimate.identified, "profile": estimate.profile, "rhat": round(estimate.diagnostics.rhat, 5),
            "ess_bulk": round(estimate.diagnostics.bulk), "ess_tail": round(estimate.diagnostics.tail),
        }  # fmt: skip
        written = ", ".join(f"{key}: {json.dumps(value)}" for key, value in said.items())
        lines.append(f"  {json.dumps(estimate.name, ensure_ascii=False)}: {{{written}}}")
    return "\n".join(lines) + "\n"


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def posterior_bytes(fitting: Fitting) -> bytes:
    """The draws as Parquet: a column a constant, ``NAME (anchored)`` for those anchored, ``met``; the recipe's hash.

    Corrections of the shock are constants of the fitted program only. Single precision keeps the file small.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {name: np.float32(values) for name, values in fitting.draws.items()}
    for name in fitting.anchored.anchored:
        columns[f"{name} (anchored)"] = np.float32(fitting.anchored.columns[name])
    table = pa.table({**columns, "met": fitting.anchored.met})
    table = table.replace_schema_metadata({"inputs": fitting.inputs, "seed": str(fitting.seed)})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
