"""The chapter "Does the fit find what is there?": a table, sentences, a record and a page."""

from __future__ import annotations

from typing import Any

from xinzhi.content.content import Content
from xinzhi.show.numbers import plain
from xinzhi.show.words import join, t
from xinzhi.studies.recover.recovery import LEVEL, LIKELIHOOD, Recovered, Recovery
from xinzhi.studies.table import Column, Table

RARE = 0.05  # a p-value below it, corrected for all constants, tells of a fault


def overview_stem(lang: str) -> str:
    """The file's stem of the chart of all ranks, which the page shows."""
    return f"recovery-{lang}"


def recovery_table(recovery: Recovery, lang: str) -> Table[Recovered]:
    """A row a constant, the likelihood last; shares of trials and p-values."""
    columns: tuple[Column[Recovered], ...] = (
        Column("name", lambda it: it.name, t("Constant", lang), lambda it: _name(it, lang)),
        Column("within", lambda it: it.sampled, t("Within 90%, sampled", lang), lambda it: _percent(it.sampled)),
        Column("within_approximation", lambda it: it.normal, t("Within 90%, approximation", lang),
               lambda it: "" if it.normal is None else _percent(it.normal)),
        Column("p", lambda it: it.p, t("p of uniform ranks", lang), lambda it: plain(it.p, 3)),
        Column("p_corrected", lambda it: it.adjusted, t("p, corrected", lang), lambda it: plain(it.adjusted, 3)),
    )  # fmt: skip
    return Table(t("Truths found again", lang), columns, recovery.constants)


def _name(it: Recovered, lang: str) -> str:
    return t("log likelihood", lang) if it.name == LIKELIHOOD else it.name


def _percent(share: float) -> str:
    return plain(100 * share, 1) + "%"


def recovery_sentences(content: Content, recovery: Recovery, lang: str) -> list[str]:
    """What was done, how often the truth was found, and whether the ranks tell of a fault."""
    effort, tests = recovery.effort, recovery.constants
    last = content.fit.last if content.fit else 0
    rare = [_name(it, lang) for it in tests if it.adjusted < RARE]
    said = [
        t("{tried} truths were drawn from the priors, simulated to {last}, given errors as calibration/fit.yaml has "
          "them, and fitted again: {walkers} walkers, {steps} steps, the first {burn} thrown away.", lang,
          tried=recovery.tried, last=last, walkers=effort.walkers, steps=effort.steps, burn=effort.burn),
        t("{share} of the constants' truths lie within their 90% intervals (standard error {error} percentage "
          "points).", lang, share=_percent(recovery.sampled_share), error=plain(100 * recovery.sampled_error, 1)),
        t("With the normal approximation at the optimum, which is quick but not exact and which the back-test uses, it "
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
        "constants": recovery_table(recovery, "en").records(),
    }  # fmt: skip


def recovery_page(content: Content, recovery: Recovery, picture: str | None, lang: str) -> str:
    """The chapter as Markdown; ``picture`` is the address of the overview, from the page."""
    table = recovery_table(recovery, lang).cells()
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
    parts += [f"## {table.title}", "", "| " + " | ".join(table.heads) + " |", "|---" * len(table.heads) + "|"]
    parts += ["| " + " | ".join(row) + " |" for row in table.rows]
    return "\n".join(parts) + "\n"
