"""The chapter "Does the fit find what is there?": a table, sentences, a record and a page."""

from __future__ import annotations

from typing import Any

from xinzhi.content.content import Content
from xinzhi.show.numbers import plain
from xinzhi.show.words import join, t
from xinzhi.studies.fit.words import Table
from xinzhi.studies.recover.recovery import LEVEL, LIKELIHOOD, Recovered, Recovery

RARE = 0.05  # a p-value below it, corrected for all constants, tells of a fault


def recovery_table(recovery: Recovery, lang: str) -> Table:
    """A row a constant, the likelihood last."""
    columns = [t("Constant", lang), t("Within 90%, sampled", lang), t("Within 90%, approximation", lang),
               t("p of uniform ranks", lang), t("p, corrected", lang)]  # fmt: skip
    return t("Truths found again", lang), columns, [_row(it, lang) for it in recovery.constants]


def _row(it: Recovered, lang: str) -> tuple[str, ...]:
    name = t("log likelihood", lang) if it.name == LIKELIHOOD else it.name
    normal = "" if it.normal is None else _percent(it.normal)
    return name, _percent(it.sampled), normal, plain(it.p, 3), plain(it.adjusted, 3)


def _percent(share: float) -> str:
    return plain(100 * share, 1) + "%"


def recovery_sentences(content: Content, recovery: Recovery, lang: str) -> list[str]:
    """What was done, how often the truth was found, and whether the ranks tell of a fault."""
    effort, tests = recovery.effort, recovery.constants
    last = content.fit.last if content.fit else 0
    rare = [_row(it, lang)[0] for it in tests if it.adjusted < RARE]
    said = [
        t("{tried} truths were drawn from the priors, simulated to {last}, given errors as calibration/fit.yaml has "
          "them, and fitted again: {walkers} walkers, {steps} steps, the first {burn} thrown away.", lang,
          tried=recovery.tried, last=last, walkers=effort.walkers, steps=effort.steps, burn=effort.burn),
        t("{share} of the constants' truths lie within their 90% intervals (standard error {error} percentage "
          "points).", lang, share=_percent(recovery.sampled_share), error=plain(100 * recovery.sampled_error, 1)),
        t("With the normal approximation at the optimum, which is quick but not exact and which the hindcast uses, it "
          "is {share}.", lang, share=_percent(recovery.normal_share)),
    ]  # fmt: skip
    if recovery.tried < recovery.asked:
        said.append(t("{count} truths gave no number for some series and are left out.", lang,
                      count=recovery.asked - recovery.tried))  # fmt: skip
    least = plain(min(it.adjusted for it in tests), 3)
    if rare:
        said.append(t("The ranks of {names} are not uniform (corrected p below {rare}): the fit has a fault.", lang,
                      names=join(rare, lang), rare=plain(RARE, 2)))  # fmt: skip
    else:
        said.append(t("The ranks of all {count} are as uniform as chance has them (least p, corrected for {count} "
                      "tests by Holm's method: {p}).", lang, count=len(tests), p=least))  # fmt: skip
    return said


def recovery_record(recovery: Recovery) -> dict[str, Any]:
    """The same for a program."""
    effort = recovery.effort
    return {
        "seed": recovery.seed, "trials": recovery.asked, "tried": recovery.tried, "level": LEVEL,
        "walkers": effort.walkers, "steps": effort.steps, "burn": effort.burn,
        "within": recovery.sampled_share, "error": recovery.sampled_error,
        "within_approximation": recovery.normal_share,
        "constants": [
            {"name": it.name, "within": it.sampled, "within_approximation": it.normal, "p": it.p,
             "p_corrected": it.adjusted}
            for it in recovery.constants
        ],
    }  # fmt: skip


def recovery_page(content: Content, recovery: Recovery, picture: str | None, lang: str) -> str:
    """The chapter as Markdown; ``picture`` is the address of the overview, from the page."""
    title, columns, rows = recovery_table(recovery, lang)
    options = f"--trials {recovery.asked} --seed {recovery.seed}"
    parts = [
        "# " + t("Does the fit find what is there?", lang), "",
        t("Written by {command}; not edited by hand.", lang, command=f"`xinzhi recover {options} -o FILE.md`"), "",
        *(f"- {sentence}" for sentence in recovery_sentences(content, recovery, lang)), "",
        t("Simulation-based calibration (Talts et al. 2018): if model, errors and sampler are what they say, the rank "
          "of the truth among the posterior draws is uniform. Each rank is tested by the largest departure of its "
          "distribution (Säilynoja et al. 2022). A posterior that ignored the data would pass for every constant, "
          "so the logarithm of the likelihood is ranked too (Modrák et al. 2023).", lang), "",
        t("This tests the fit, not the model: here the model itself made the truths. What history cannot identify is "
          "found again only as well as its prior says.", lang), "",
    ]  # fmt: skip
    if picture is not None:
        alt = t("Simulation-based calibration: ranks of {trials} truths that were made up", lang, trials=recovery.tried)
        parts += [f"![{alt}]({picture})", ""]
    parts += [f"## {title}", "", "| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    parts += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(parts) + "\n"
