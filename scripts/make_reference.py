"""The pages that are made from the program and its content: make reference.

Commands (every ``--help``), content formats (from schemas/), functions of the equations, the list of decisions, the
drawing of the architecture, the model at a glance and the audit of the document.
The tests hold the files to be what this gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import click
from draw_architecture import draw
from function_page import function_rows

from xinzhi.analysis.structure import read_structure
from xinzhi.cli import commands
from xinzhi.content.schema import inlined
from xinzhi.project import load_project
from xinzhi.studies.audit.report import audit_markdown
from xinzhi.studies.book.overview import overview_page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LANGS = ("zh", "en")
WIDTH = 100
LONGEST_LIST = 8
Schema = dict[str, Any]

WORDS = {
    "made": ("本页由 make reference 生成，请勿手工修改。", "Made by make reference; do not edit by hand."),
    "commands": ("命令", "Commands"),
    "commands lead": (
        "以下是每条命令的 `--help` 原文。`--lang zh|en` 选择语言，`--project` 指定内容文件夹，否则采用当前文件夹或其上级中最近的一个，"
        "再没有则采用随程序安装的内容。结果写到标准输出，说明和错误写到标准错误输出。\n\n"
        "| 退出码 | 含义 |\n|---|---|\n| 0 | 完成 |\n| 1 | 有检验或目标未达到，仅此一种情形 |\n"
        "| 2 | 输入有误、运行失败，或结果无法写出（磁盘已满、标准输出已关闭） |\n"
        "| 70 | 程序自身的错误：设置 `XINZHI_DEBUG=1` 后重新运行，即给出可供报告的调用记录 |\n"
        "| 130 | 按Ctrl+C停止 |\n| 141 | 管道另一端已不再读取（如 `xinzhi targets \\| head`），不另作说明 |\n\n"
        "**字符编码。**写入文件（`> 结果.txt`）为UTF-8，记事本和WPS均可打开。写入管道则用系统自身的编码，如中文Windows为GBK，"
        "因为 `more`、`findstr`、PowerShell（包括其 `>`）和Python的 `text=True` 都按系统编码读取；系统编码写不了汉字的"
        "（cp1252、cp437、ASCII），改用UTF-8。编码中没有的符号换成最接近的符号（“−”写作“-”），不会出错，也不会中断。"
        "`--json` 和 `simulate` 打印的CSV供程序读取，写入文件或管道时一律为UTF-8，不带字节序标记（在PowerShell中取用，先执行 `[Console]::OutputEncoding = [Text.Encoding]::UTF8`）。"
        "`-o` 写出的CSV中有汉字的带字节序标记，Excel和WPS双击即可打开；以 `=`、`+`、`-`、`@` 开头的文字前加一个撇号，"
        "以免被当作公式，本程序读取时自动去掉；数字照原样。`-o` 指向链接时写入链接所指的文件，只读文件不改写。",
        "What every command's `--help` says. `--lang zh|en` chooses the language, `--project` the content; without it, the "
        "nearest folder at or above the working directory, else the content that came with the package. Results "
        "go to standard output, notes and errors to standard error.\n\n"
        "| Exit code | Meaning |\n|---|---|\n| 0 | done |\n| 1 | a check or target missed, and only that |\n"
        "| 2 | bad input, a run that failed, or a result that cannot be written (disk full, standard output closed) |\n"
        "| 70 | a fault of the program: with `XINZHI_DEBUG=1` set the same command prints a traceback to report |\n"
        "| 130 | stopped by Ctrl+C |\n"
        "| 141 | nobody reads the pipe any more (`xinzhi targets \\| head`); nothing is said |\n\n"
        "**Charsets.** A file (`> result.txt`) is UTF-8. A pipe has the system's own charset, GBK on Chinese Windows, since "
        "`more`, `findstr`, PowerShell (its `>` too) and Python's `text=True` read that; where Chinese cannot be written in it "
        "(cp1252, cp437, ASCII) it has UTF-8. A sign that the charset lacks becomes the nearest that it has (− becomes -): no "
        "command fails or stops half-way for it. `--json`, and the CSV that `simulate` prints, are for programs: UTF-8 without "
        "a byte order mark in files and pipes alike (in PowerShell, first `[Console]::OutputEncoding = [Text.Encoding]::UTF8`). A CSV file written by `-o` begins with a byte order mark where it holds "
        "more than ASCII, so that Excel and WPS open it; a text that begins with `=`, `+`, `-` or `@` stands behind an "
        "apostrophe there, lest it be taken for a formula, and is read back without it; numbers are as they are. Where `-o` "
        "names a link, the file that it leads to is written; a write-protected file is not written over.",
    ),
    "formats": ("内容文件格式", "Content formats"),
    "formats lead": (
        "内容是三个文件夹中的文本、YAML和CSV。每个文件夹的README说明用途和写法；本页列出每个文件的字段，由 `schemas/` 中的JSON Schema生成。"
        "用支持JSON Schema的编辑器打开YAML文件，即有提示和检查。改动之后运行 `xinzhi check`，错误逐条指明文件、行号和改法。\n\n"
        "文件须存为UTF-8。有无字节序标记、行尾为LF或CRLF、末行有无换行，均不影响内容的版本号、拟合和链接；命令改写文件时保持原有形式。"
        "YAML的冒号、逗号、括号须为半角；数字和百分号全角半角均可，但 `region.csv` 和 `region_series.csv` 也由其他程序读取，须为半角。"
        "情景文件以 `.yaml` 或 `.yml` 结尾；编辑器和macOS留下的文件（`._a.yaml`、`.#a.yaml`、`a.yaml~`、`~$a.xlsx`）不算内容。",
        "The content is text, YAML and CSV in three folders. Each folder's README says what it is for and how it is written; this "
        "page lists every file's fields, made from the JSON Schemas in `schemas/`. An editor that knows JSON Schema prompts "
        "and checks while you write. After a change run `xinzhi check`: every mistake is told with file, line and remedy.\n\n"
        "Files are UTF-8. A byte order mark, LF or CRLF, and a missing last newline make no difference to the content's version, "
        "its fit and its links; a command that changes a file keeps its form. YAML's colons, commas and brackets are ASCII; "
        "digits and % may be full-width, but in `region.csv` and `region_series.csv`, which other programs read too. A scenario "
        "ends in `.yaml` or `.yml`; what editors and macOS leave (`._a.yaml`, `.#a.yaml`, `a.yaml~`, `~$a.xlsx`) is no content.",
    ),
    "no schemas": (
        "`schemas/` 中还没有文件；字段说明见各文件夹的README。",
        "`schemas/` has no files yet; the README of each folder describes the fields.",
    ),
    "field": ("字段", "Field"),
    "required": ("必填", "Required"),
    "allowed": ("允许的值", "Allowed"),
    "meaning": ("含义", "Meaning"),
    "yes": ("是", "yes"),
    "each": ("〈键〉", "‹key›"),
    "same": ("{names}；均为{allowed}", "{names}; each {allowed}"),
    "more": ("{shown} … 共{count}种", "{shown} … {count} in all"),
    "list": ("列表：{of}", "list of {of}"),
    "or": (" 或 ", " or "),
    "at least": ("不少于{number}项", "at least {number}"),
    "texts": ("中英文各一，`{{zh: …, en: …}}`", "Chinese and English, `{{zh: …, en: …}}`"),
    "text": ("文本", "text"),
    "number": ("数", "number"),
    "integer": ("整数", "whole number"),
    "boolean": ("`true`或`false`", "`true` or `false`"),
    "keys": ("键值对", "keys and values"),
    "form": ("格式", "form"),
    "functions": ("函数", "Functions"),
    "functions lead": (
        "以下是Vensim（参考手册第10版）和XMILE 1.0（含Stella所增）的函数，以及本程序如何处理。",
        "The functions of Vensim (Reference Manual 10) and of XMILE 1.0 with what Stella adds, and what becomes of each here.",
    ),
    "decisions": ("设计取舍", "Decisions"),
    "decisions lead": (
        "每项取舍一页，说明选了什么、为什么、试过什么。原文为英文。",
        "One page each: what was chosen, why, and what was tried.",
    ),
}
FILES = {
    "region": "model/region.yaml",
    "units": "model/units.yaml",
    "subscripts": "model/subscripts.yaml",
    "levers": "model/levers.yaml",
    "indicators": "model/indicators.yaml",
    "uncertainties": "model/uncertainties.yaml",
    "checks": "model/checks.yaml",
    "loops": "model/loops.yaml",
    "audit": "model/audit.yaml",
    "structure": "model/structure.yaml",
    "scenario": "scenarios/*.yaml",
    "sources": "calibration/sources.yaml",
    "history.table": "calibration/history.csv",
    "region.table": "calibration/region.csv",
    "anchors": "calibration/anchors.yaml",
}


def word(key: str, lang: str, **values: object) -> str:
    return WORDS[key][LANGS.index(lang)].format(**values)


def page(title: str, lead: str, body: list[str], lang: str) -> str:
    head = [f"# {word(title, lang)}", "", f"<!-- {word('made', lang)} -->", "", word(lead, lang), ""]
    return "\n".join([*head, *body]) + "\n"


# Commands


def commands_page(lang: str) -> str:
    """Every command's help."""
    group = commands(lang)
    above = click.Context(
        group, info_name="xinzhi", terminal_width=WIDTH, max_content_width=WIDTH, **group.context_settings
    )
    body = _help_block(above)
    for name, command in group.commands.items():
        body += [f"## xinzhi {name}", "", *_help_block(click.Context(command, info_name=name, parent=above))]
    return page("commands", "commands lead", body[:-1], lang)


def _help_block(context: click.Context) -> list[str]:
    return ["```text", *(line.rstrip() for line in context.get_help().splitlines()), "```", ""]


# Content formats


def formats_page(lang: str, folder: Path) -> str:
    """Every content file's fields, in the order of `FILES`, then what else is in ``folder``."""
    found = {path.stem: path for path in sorted(folder.glob("*.json"))}
    if not found:
        return page("formats", "formats lead", [word("no schemas", lang)], lang)
    body: list[str] = []
    for stem in [*(name for name in FILES if name in found), *(name for name in found if name not in FILES)]:
        schema = inlined(json.loads(found[stem].read_text(encoding="utf-8")))
        body += [f"## {FILES.get(stem, stem)}", ""]
        if "title" in schema:
            body += [said(schema["title"], lang) + ("。" if lang == "zh" else "."), ""]
        heads = [word(key, lang) for key in ("field", "required", "allowed", "meaning")]
        body += [f"| {' | '.join(heads)} |", "|---|---|---|---|"]
        rows = table_rows(schema, lang) if "fields" in schema else rows_of(schema, "", lang)
        body += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
        body += [""]
    return page("formats", "formats lead", body[:-1], lang)


def said(both: str, lang: str) -> str:
    """One language of "Chinese / English"."""
    parts = both.split(" / ", 1)
    return parts[LANGS.index(lang)] if len(parts) == 2 else both


Row = tuple[str, str, str, str]


def rows_of(schema: Schema, path: str, lang: str) -> Iterator[Row]:
    """A row a field, nested ones after their parent; fields of one form share a row."""
    schema = plain_object(schema)
    needed = schema.get("required", [])
    fields = schema.get("properties", {})
    if len(fields) > LONGEST_LIST and len({_shape(field) for field in fields.values()}) == 1:
        names = shortened([f"`{name}`" for name in fields], lang)
        shared = reduce(_common, fields.values())
        where = f"{path}{word('each', lang)}"
        yield f"`{where}`", "", word("same", lang, names=names, allowed=allowed(shared, lang)), ""
        yield from rows_of(shared, f"{where}.", lang)
        return
    for name, field in fields.items():
        where = f"{path}{name}"
        required = word("yes", lang) if name in needed else ""
        yield f"`{where}`", required, allowed(field, lang), said(field.get("description", ""), lang)
        if not is_text_pair(field):
            yield from rows_of(field, f"{where}.", lang)
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        where, named = f"{path}{word('each', lang)}", schema.get("propertyNames", {}).get("enum")
        if named:
            names = shortened([f"`{name}`" for name in named], lang)
            yield f"`{where}`", "", word("same", lang, names=names, allowed=allowed(extra, lang)), ""
        if not is_text_pair(extra):
            yield from rows_of(extra, f"{where}.", lang)
    if isinstance(schema.get("items"), dict):
        yield from rows_of(schema["items"], path.rstrip(".") + "[].", lang)


def plain_object(schema: Schema) -> Schema:
    """Of several allowed forms, the one with fields."""
    for key in ("anyOf", "oneOf"):
        for form in schema.get(key, []):
            if plain_object(form).get("properties"):
                return plain_object(form)
    return schema


def _shape(value: Any) -> str:
    """A schema without its words and numbers."""
    if isinstance(value, dict):
        return str(sorted((key, _shape(part)) for key, part in value.items() if key not in ("description", "pattern")))
    return str([_shape(part) for part in value]) if isinstance(value, list) else type(value).__name__


def _common(one: Any, other: Any) -> Any:
    """What two schemas of one shape agree in."""
    if isinstance(one, dict):
        kept = {key: _common(one[key], other[key]) for key in one if key in other}
        return {key: value for key, value in kept.items() if value is not None}
    if isinstance(one, list):
        return [_common(*pair) for pair in zip(one, other, strict=False)]
    return one if one == other else None


def is_text_pair(schema: Schema) -> bool:
    return set(schema.get("properties", {})) == set(LANGS)


def shortened(names: list[str], lang: str) -> str:
    if len(names) <= LONGEST_LIST:
        return ("、" if lang == "zh" else ", ").join(names)
    shown = ("、" if lang == "zh" else ", ").join(names[:3])
    return word("more", lang, shown=shown, count=len(names))


def allowed(schema: Schema, lang: str) -> str:
    """What a field may hold, in words."""
    if is_text_pair(schema):
        return word("texts", lang)
    if "enum" in schema:
        return shortened([f"`{value}`" for value in schema["enum"]], lang)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return word("or", lang).join(dict.fromkeys(allowed(form, lang) for form in schema[key]))
    kind = schema.get("type")
    if kind == "array":
        of = allowed(schema.get("items", {}), lang)
        low, high = schema.get("minItems"), schema.get("maxItems")
        count = f" × {low}" if low and low == high else ""
        return word("list", lang, of=of) + count
    if kind == "object":
        return word("keys", lang)
    bounds = _bounds(schema)
    form = schema.get("pattern", "")
    written = f"，{word('form', lang)} `{form}`" if lang == "zh" else f", {word('form', lang)} `{form}`"
    name = word(
        {"string": "text", "number": "number", "integer": "integer", "boolean": "boolean"}.get(kind or "", "text"), lang
    )
    return name + (f" {bounds}" if bounds else "") + (written if form not in ("", r"\S") and len(form) <= 60 else "")


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{_plain(low)}–{_plain(high)}"
    return f"≥ {_plain(low)}" if low is not None else f"≤ {_plain(high)}" if high is not None else ""


def _plain(number: float) -> str:
    """Without the dust that a bound has so that a rounded value is still inside it."""
    return f"{round(number, 6) + 0.0:.6g}"


def table_rows(schema: Schema, lang: str) -> Iterator[Row]:
    """The columns of a table."""
    for field in schema["fields"]:
        limits = field.get("constraints", {})
        required = word("yes", lang) if limits.get("required") else ""
        yield (
            f"`{field['name']}`",
            required,
            allowed({"type": field["type"], **limits}, lang),
            said(field.get("description", ""), lang),
        )


# Decisions


def decisions_page(lang: str) -> str:
    """The decisions by number."""
    body = []
    for path in sorted((DOCS / "decisions").glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        body.append(f"- [{title}]({path.name})")
    return page("decisions", "decisions lead", body, lang)


# The audit


def audit_page(lang: str) -> str:
    """The document audited over the baseline. Its numbers are the model's: a test allows them the last digit."""
    project = load_project(ROOT)
    return audit_markdown(project.content, project.audit(), lang, made=word("made", lang))


def made(schemas: Path = ROOT / "schemas") -> dict[Path, str]:
    """Every file that is made here, and its text."""
    pages: dict[str, Callable[[str], str]] = {
        "commands": commands_page,
        "formats": lambda lang: formats_page(lang, schemas),
        "functions": lambda lang: page("functions", "functions lead", list(function_rows(lang))[:-1], lang),
        "decisions/index": decisions_page,
    }
    texts = {DOCS / f"{name}.{lang}.md": make(lang) for name, make in pages.items() for lang in LANGS}
    return {**texts, **{DOCS / "pictures" / f"architecture-{lang}.svg": draw(lang) for lang in LANGS}}


def overviews() -> dict[Path, str]:
    """The model on one page, in both languages."""
    structure = read_structure(load_project(ROOT).content)
    return {DOCS / f"model.{lang}.md": overview_page(structure, lang) for lang in LANGS}


def write() -> None:
    """Write every page."""
    audits = {DOCS / f"audit.{lang}.md": audit_page(lang) for lang in LANGS}
    for path, text in {**made(), **audits, **overviews()}.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
