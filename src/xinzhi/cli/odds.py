"""``xinzhi odds``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, run_scenario
from xinzhi.content.scenario import BASELINE
from xinzhi.show.words import N_, t


def add_odds_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("odds", help=t("How likely each target is, and what would be worth measuring.", shell.lang))
    @click.argument("scenario", default=BASELINE)
    @shell.settings
    @shell.option(
        "--members", type=click.IntRange(100, 100_000), default=4000, show_default=True, help=N_("How many futures.")
    )
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.as_json
    @shell.shared
    def odds(
        scenario: str, assignments: tuple[str, ...], members: int, seed: int, as_json: bool, folder: Path | None,
        lang: str,
    ) -> None:  # fmt: skip
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.odds.words import odds_record, odds_sentences, odds_table

        project = open_project(folder, lang)
        found = project.odds(run_scenario(project, scenario, assignments), members=members, seed=seed)
        if as_json:
            print_json(odds_record(found))
            return
        print_table(*odds_table(project.content, found, lang))
        for sentence in odds_sentences(project.content, found, lang):
            console().print(sentence)
