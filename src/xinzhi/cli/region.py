"""``xinzhi init``: which content another place is copied from; ``xinzhi follow``: what its equations have become."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, say_written, told_folder
from xinzhi.errors import ContentError, Problem, msg, nearest
from xinzhi.show.words import join, t


def add_follow(group: click.Group, shell: Shell) -> None:
    """Add ``xinzhi follow`` to the group."""
    told = t("Take over into region.csv what equations of another project read and it lacks.", shell.lang)

    @group.command("follow", help=told)
    @shell.shared
    def follow_equations(folder: Path | None, lang: str) -> None:
        from xinzhi.content.copying import follow
        from xinzhi.content.regional_values import FILE as REGIONAL_VALUES

        place = told_folder(folder, lang)
        new = follow(place)
        if not new:
            click.echo(t("There is a number for every regional constant of the equations.", lang))
            return
        click.echo(t("Taken over and marked as assumed: {names}.", lang, names=join(list(new), lang)))
        say_written(place / REGIONAL_VALUES, lang)


def source_folder(named: str | None, project: Path | None) -> Path:
    """The content to copy: ``named`` is a folder or the bundled region's name; else ``project``, else the bundled one.

    Raises `ContentError` for a name that is neither.
    """
    from xinzhi.content.files import FOLDERS, REGION
    from xinzhi.content.folder import bundled_folder
    from xinzhi.content.region_file import read_region
    from xinzhi.content.yaml_file import Problems

    if named is None:
        return project or bundled_folder()
    folder = Path(named)
    if all((folder / name).is_dir() for name in FOLDERS):
        return folder
    bundled = bundled_folder()
    region = read_region(bundled / REGION, REGION, Problems())
    names = () if region is None else (region.name.en.lower(), region.name.zh)
    if named.lower() in names:
        return bundled
    problem = msg('"{name}" is neither a project folder nor a known region', name=named)
    raise ContentError(Problem(None, problem, nearest(named, names)))
