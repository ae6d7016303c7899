"""A fit and a hindcast as tables, for the terminal and for a page of the documents, and the files that a fit leaves."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.fitted import FITTED, POSTERIOR, Fitted, digest
from xinzhi.show.constants import constant_name
from xinzhi.show.numbers import plain, significant
from xinzhi.show.words import N_, join, t
from xinzhi.studies.fit.fit import FittedConstant, Fitting

PROFILES = {"closed": N_("bounded"), "half": N_("bounded on one side"), "open": N_("unbounded")}
Table = tuple[str, list[str], list[tuple[str, ...]]]


def fit_table(fitting: Fitting, lang: str) -> Table:
    """A row a constant: optimum, 90 % of prior and posterior, what was learned, profile, R-hat and sample sizes."""
    columns = [t("Constant", lang), t("Optimum", lang), t("Prior, 90%", lang), t("Posterior, 90%", lang),
               t("Learned", lang), t("Profile likelihood", lang), "R-hat", t("ESS, bulk and tail", lang)]  # fmt: skip
    return t("Fitted constants", lang), columns, [_fit_row(it, lang) for it in fitting.constants]


def _fit_row(it: FittedConstant, lang: str) -> tuple[str, ...]:
    def interval(three: tuple[float, float, float]) -> str:
        return f"{significant(three[0], 3)} … {significant(three[2], 3)}"

    learned = plain(100 * max(it.learned, 0.0), 0) + "%"
    if not it.identified:
        learned = t("{share}, not identified", lang, share=learned)
    found = it.diagnostics
    return (it.name, significant(it.optimum, 4), interval(it.prior), interval(it.posterior), learned,
            t(PROFILES[it.profile], lang), plain(found.rhat, 4), f"{found.bulk:.0f} / {found.tail:.0f}")  # fmt: skip


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


def fit_files(fitting: Fitting) -> dict[str, bytes]:
    """What a fit leaves, by path in the project: the draws, then the file that names them, in the order of writing."""
    draws = posterior_bytes(fitting)
    return {POSTERIOR: draws, FITTED: fitted_yaml(fitting, digest(draws)).encode()}


def fitted_yaml(fitting: Fitting, posterior: str) -> str:
    """calibration/fitted.yaml: the recipe, the diagnostics and the constants; values are JSON, which is YAML.

    ``posterior`` names the draws that belong to it, see `digest`.
    """
    found, effort = [it.diagnostics for it in fitting.constants], fitting.effort
    recipe: dict[str, Any] = {
        "inputs": fitting.inputs, "posterior": posterior, "seed": fitting.seed, "runs": effort.runs,
        "walkers": effort.walkers, "steps": effort.steps, "burn": effort.burn,
        "loss": round(fitting.optimum.losses[0], 6),
        "starts": len(fitting.optimum.losses), "rhat": round(max(it.rhat for it in found), 5),
        "ess_bulk": round(min(it.bulk for it in found)), "ess_tail": round(min(it.tail for it in found)),
        "draws": len(fitting.anchored.met), "anchored": list(fitting.anchored.anchored),
        "runs_per_anchored_draw": fitting.anchored.runs,
    }  # fmt: skip
    lines = ["# Written by: xinzhi fit. The numbers of region.csv are not changed by it.", "recipe:"]
    lines += [
        f"  {key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in recipe.items()
    ]
    lines.append("constants:")
    for it in fitting.constants:
        said = {
            "optimum": _short(it.optimum), "prior": [_short(value) for value in it.prior],
            "posterior": [_short(value) for value in it.posterior], "learned": round(it.learned, 3),
            "identified": it.identified, "profile": it.profile, "rhat": round(it.diagnostics.rhat, 5),
            "ess_bulk": round(it.diagnostics.bulk), "ess_tail": round(it.diagnostics.tail),
        }  # fmt: skip
        written = ", ".join(f"{key}: {json.dumps(value)}" for key, value in said.items())
        lines.append(f"  {json.dumps(it.name, ensure_ascii=False)}: {{{written}}}")
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


def fitted_table(fitted: Fitted, lang: str, content: Content | None = None) -> Table:
    """As `fit_table`, from what calibration/fitted.yaml keeps; with ``content``, constants by what they are called."""
    columns = [t("Constant", lang), t("Optimum", lang), t("Prior, 90%", lang), t("Posterior, 90%", lang),
               t("Learned", lang), t("Profile likelihood", lang), "R-hat"]  # fmt: skip
    rows = []
    for name, it in fitted.constants.items():
        learned = plain(100 * max(it.learned, 0.0), 0) + "%"
        learned = learned if it.identified else t("{share}, not identified", lang, share=learned)
        ends = [f"{significant(three[0], 3)} … {significant(three[2], 3)}" for three in (it.prior, it.posterior)]
        called = name if content is None else constant_name(content, name, lang)
        rows.append((called, significant(it.optimum, 4), *ends, learned, t(PROFILES[it.profile], lang),
                     plain(it.rhat, 4)))  # fmt: skip
    return t("Fitted constants", lang), columns, rows
