"""All that follows from a change of the content: make content.

The content is read and checked; the schemas, the examples that use its equations, and the pages that are made from it
are written anew; and it is told whether the fit to history still holds. Nothing is fitted here: where the fit is out of
date, the commands that renew it are named. Ends with 1 where something is left to do.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import make_reference

from xinzhi.content.backtest_file import FILE as BACKTESTS
from xinzhi.content.content import Content
from xinzhi.content.copying import follow
from xinzhi.content.files import shared_equations
from xinzhi.content.fitted import FITTED, inputs_hash
from xinzhi.content.folder import SCHEMAS, shown
from xinzhi.content.scenario import BASELINE
from xinzhi.content.schema import schema_text, schemas
from xinzhi.errors import Problem, XinzhiError
from xinzhi.futures.fit_dependence import fingerprint
from xinzhi.futures.freshness import stale
from xinzhi.project import Project, load_project
from xinzhi.show.words import default_lang, say
from xinzhi.studies.validate.words import validation_page

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
RENEW = (
    ("xinzhi fit --write", "about two minutes / 约两分钟"),
    ("xinzhi backtest --write", "about five minutes / 约五分钟"),
)


def checked(folder: Path) -> Project:
    """The project in ``folder``, read whole, every reality check passed; ends with 1 where one is not."""
    project = load_project(folder)
    failed = [result.check.name[default_lang()] for result in project.check() if not result.passed]
    if failed:
        print(f"{shown(folder)}: {'; '.join(failed)} — xinzhi check", file=sys.stderr)
        sys.exit(1)
    return project


def write_schemas(project: Project) -> None:
    for name, schema in schemas(project.content).items():
        (ROOT / SCHEMAS / name).write_text(schema_text(schema), encoding="utf-8")


def write_validation(project: Project, others: list[Path]) -> None:
    found = project.validate(BASELINE, *others)
    for lang in make_reference.LANGS:
        path = make_reference.DOCS / f"validation.{lang}.md"
        path.write_text(validation_page(project.content, found, lang), encoding="utf-8")


def stamp(content: Content) -> None:
    """Write into what was fitted to these very files what they mean to this version of the program."""
    for name in (FITTED, BACKTESTS):
        path = content.folder / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if f"inputs: {inputs_hash(content.folder)}\n" in text:
            changed = re.sub(r"(?m)^( *)depends: .*$", rf"\g<1>depends: {fingerprint(content)}", text, count=1)
            if changed != text:
                path.write_text(changed, encoding="utf-8")


def update() -> int:
    """Do all of it; 1 where the fit has to be renewed."""
    project = checked(ROOT)
    write_schemas(project)
    examples = sorted(path for path in EXAMPLES.iterdir() if (path / "model").is_dir())
    for example in examples:
        new = follow(example) if shared_equations(example) is not None else ()
        checked(example)
        print(shown(example), *new)
    stamp(project.content)
    write_validation(project, examples)
    make_reference.write()
    print(shown(ROOT / SCHEMAS), shown(make_reference.DOCS))
    content = project.content
    warning = stale(content)
    if warning is None:
        return 0
    print(say(Problem(None, warning), default_lang()), file=sys.stderr)
    for command, duration in RENEW:
        print(f"  {command}   ({duration})", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(update())
    except XinzhiError as error:
        sys.exit("\n".join(say(problem, default_lang()) for problem in error.problems))
