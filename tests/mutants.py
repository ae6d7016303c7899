"""Damaged content files: a small piece of the real file, then one to three mutations drawn with a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
YAML_FILES = (
    "model/region.yaml", "model/units.yaml", "model/levers.yaml", "model/indicators.yaml", "model/checks.yaml",
    "model/audit.yaml", "model/uncertainties.yaml", "model/loops.yaml", "model/structure.yaml", "model/subscripts.yaml",
    "calibration/sources.yaml", "calibration/anchors.yaml", "calibration/fit.yaml", "scenarios/*.yaml",
)  # fmt: skip
HISTORY = "calibration/history.csv"
REGION, REGION_SERIES = "calibration/region.csv", "calibration/region_series.csv"
TABLES = (HISTORY, REGION, REGION_SERIES)
MODEL = "model/hubei.mdl"
OBSERVED = "figures.csv"  # new years' figures, as xinzhi observe reads them
RESULTS = ("calibration/backtest.yaml", "calibration/forecasts/*.yaml")
UPLOAD, LINK = "upload.yaml", "link"
WHOLE = (
    "model/units.yaml",
    "model/subscripts.yaml",
    "model/uncertainties.yaml",
    RESULTS[0],
    "scenarios/*.yaml",
    UPLOAD,
    LINK,
    REGION,
    REGION_SERIES,
)

NUMBERS = (
    "NaN", "nan", ".nan", ".inf", "-.inf", "inf", "Infinity", "1e309", "-1e309", "1e308", "1e-320", "20230", "-1", "0",
    "-0.0", "2.5", "-3", "1e3", "0x1F", "0o17", "012", "0b11", "1_000", "1,000", "1,2", "1 000", "１２", "٣", "99999999999999999999",
    "9" * 400, "9" * 5000, "2023.5", "1900", "2200", "1e400%", "12%%", "+5", "--5", "1.2.3", "5e", ".", "0.5", "true", "2024-04-21",
)  # fmt: skip
VALUES = (
    *NUMBERS, "", "null", "~", "[]", "{}", "[1, 2]", "[[1], [2]]", "{a: 1}", "{zh: 一}", "{zh: '', en: ''}", "yes", "no", "on",
    "'", '"', '" "', '"\\0"', '"\\x07 bell"', '"\\u202e"', '"\\ud800"', '"\\uFEFF"', '"\\U0001F600"', "!!python/object:os.system", "!!python/object/apply:os.system ['x']",
    "!!binary aGk=", "!!float 1", "!x y", "&a", "*a", "&a [*a]", "*nowhere", "<<", "|", ">", "|\n  a\n\tb", "? a", "- a", "# only a comment",
    "@", "`", "%", "a: b: c", "{a: *a}", "9**9**9**9", "3 9**9**9", "1/0", "YiYuan**99999", "亿元/亿元/亿元", "[money]", "x" * 5000, "字" * 5000,
    "[" * 60, "{a: " * 60, "[" * 3000, "../../etc/passwd", "{key}", "{0}", "%s", "\\", "\u2028", "‮abc",
)  # fmt: skip
LETTERS = "\x00\x07\x1b\t\r\x85\ufeff\u200b\u202e\u2028:{}[]'\"#&*!|>%@`,-?~()=+/^\\<;字é１"
BOMB = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 8)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HEADS = (BOMB, "a: &a [*a]\n", "%YAML 1.1\n---\n", "%TAG ! tag:x,2000:\n---\n", "--- \n", "...\n", "\ufeff\ufeff", "<<: {name: 1}\n", "? [a]\n: b\n", "null: 1\n", "1: 2\n", "'': x\n")  # fmt: skip
MODEL_BITS = (
    "(", ")", "((", "))", "[", "]", "{", "}", "+", "*", "/", "^", "**", "-", "=", "==", ":=", "~", "|", "~~", "||", ",", "<>", ":AND:", ":NOT:", ":EXCEPT: [x]",
    "INTEG(", "WITH LOOKUP(", "SMOOTH(Time,", "GET XLS DATA('a','b','c','d')", "IF THEN ELSE(1,2", "nonsense(1)", "Time", "1e309", "1e400", "-1e309",
    "NAN", "0/0", "1..2", "1e", "\\", "\\\n\t", "\"quoted", "\"a b\"", "[(0,0)-(1,1)],(0,0),(0,1)", "(1,1),(0,0)", ":MACRO: A(b)\n", ":END OF MACRO:", "{comment", "!", "$", "@", "字",
    "(" * 20 + "1" + ")" * 20, "(" * 200 + "1" + ")" * 200, "(" * 5000, "x" * 300, "a b " * 6000, "Status: assumed.", "Source: .", "Range: 1.2.3 to 4.", "Range: 3 to 1.", "Range: -. to ..",
)  # fmt: skip

HERE = Path(__file__).parent
VENSIM, XMILE = "foreign.mdl", "foreign.xmile"
FOREIGN = {VENSIM: ("arrays.mdl", "functions.mdl"), XMILE: ("stella.xmile",)}
FITTED_SERIES = ("gdp_nominal", "rd_expenditure", "rd_enterprise_funds", "local_conversion_rate", "sei_va")
LINKS = ["v=1\nm=69fdc897\ns=rd-first\npr=9\nme=200\npr.start=2026\npr.ramp=3\ncmp=baseline,green-first\n"]

Change = Callable[[random.Random, str], str]


def _line(change: Callable[[random.Random, list[str], int], None]) -> Change:
    def apply(rng: random.Random, text: str) -> str:
        lines = text.splitlines(keepends=True)
        if lines:
            change(rng, lines, rng.randrange(len(lines)))
        return "".join(lines)

    return apply


def _delete(_rng: random.Random, lines: list[str], at: int) -> None:
    del lines[at]


def _double(rng: random.Random, lines: list[str], at: int) -> None:
    lines.insert(rng.randrange(len(lines) + 1), lines[at])


def _swap(rng: random.Random, lines: list[str], at: int) -> None:
    other = rng.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(rng: random.Random, lines: list[str], at: int) -> None:
    lines[at] = rng.choice((" ", "  ", "    ", "\t")) + lines[at] if rng.random() < 0.6 else lines[at].lstrip()


def _truncate(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _letter(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(("", rng.choice(LETTERS))) + text[at + rng.randrange(2) :]


def _replace(pattern: str, replacements: tuple[str, ...]) -> Change:
    """Put one of ``replacements`` in the place of one match of ``pattern``."""
    form = re.compile(pattern, re.MULTILINE)

    def apply(rng: random.Random, text: str) -> str:
        matches = list(form.finditer(text))
        if not matches:
            return text
        match = rng.choice(matches)
        return text[: match.start()] + rng.choice(replacements) + text[match.end() :]

    return apply


def _head(rng: random.Random, text: str) -> str:
    head = rng.choice(HEADS)
    return head + text if rng.random() < 0.7 else text + head


def _move_value(rng: random.Random, text: str) -> str:
    """One value in the place of another."""
    matches = list(re.finditer(r"(?<=: )[^\n{\[|>]+|(?<=, )[^\n\]},:]+", text))
    if len(matches) < 2:
        return text
    taken, match = rng.sample(matches, 2)
    return text[: match.start()] + taken[0] + text[match.end() :]


LINES = (_line(_delete), _line(_double), _line(_swap), _line(_indent))
YAML_CHANGES: tuple[Change, ...] = (
    *LINES, _truncate, _letter, _head, _move_value,
    _replace(r"(?<=: )[^\n]*$", VALUES), _replace(r"(?<=: )[^\n]*$", VALUES), _replace(r"-?\d+(?:\.\d+)?", NUMBERS),
    _replace(r"-?\d+(?:\.\d+)?", NUMBERS), _replace(r"\[[^\]\n]*\]", VALUES), _replace(r"(?<=- )[^\n]*$", VALUES),
    _replace(r"[A-Za-z_]+(?=:)", ("", "zh", "name", "NAME", "unit", "levers", "~", "1", "'a b'", "*a", "? x", "名称", "x" * 300, "<<")),
    _replace(r"(?<=en: )[^,\n}]+|(?<=zh: )[^,\n}]+", VALUES),
)  # fmt: skip
CSV_CHANGES: tuple[Change, ...] = (
    *LINES, _truncate, _letter, _replace(r"[^,\n]+", VALUES), _replace(r"(?<=,)-?\d+[\d.]*(?=,)", NUMBERS),
    _replace(r"^\d+", NUMBERS), _replace(r",", ("", ",,", ";", "\t", '"', "，")), _replace(r"[^,\n]+", ('"a', 'a"b', '"a\nb"', '"x""y"')),
)  # fmt: skip
MODEL_CHANGES: tuple[Change, ...] = (
    *LINES, _truncate, _letter, _replace(r"[()+*/,=~|\[\]-]", MODEL_BITS), _replace(r"[()+*/,=~|\[\]-]", ("",)),
    _replace(r"-?\d+(?:\.\d+)?", (*NUMBERS, *MODEL_BITS)), _replace(r"^[A-Za-z][\w ]*(?==)", ("", "Time", "1x", "a,b", "a:b", '"q"', "x" * 300, "[a]", "字")),
    _replace(r"(?<=~\t)\S+$", ("", "furlong", "YiYuan**9", "[0,1]", "Dmnl [a]", "Dmnl [0,1]", "Dmnl [0,?]", "9**9**9**9", "字")),
    _replace(r"Status: \w+|Source: [^.]+|中文: \S+|Range: [^.]+", MODEL_BITS), _replace(r"\w+(?=[-+*/)])", MODEL_BITS),
)  # fmt: skip
XML_CHANGES: tuple[Change, ...] = (
    *LINES, _truncate, _letter, _replace(r"(?<=<eqn>)[^<]*", (*NUMBERS, "", "a", "IF a THEN b", "(((", "Time", "SUM(a[*])")),
    _replace(r"(?<=>)[^<\n]+(?=<)", (*VALUES, *MODEL_BITS)), _replace(r"-?\d+(?:\.\d+)?", NUMBERS), _replace(r"[()+*/,\-]", ("", "(", ")", ",", "^", " mod ", " and ", " or ", " not ")),
    _replace(r'(?<==")[^"]*', (*NUMBERS[:20], "", "a", "RK4", "rk4", "Cycle", "extrapolate", "x" * 300, "&#0;", "&nothing;")),
    _replace(r"</?\w+/?>", ("", "<module/>", "<gf>", "</gf>", "<non_negative/>", "<eqn>1</eqn>", "<init>1</init>", "<!-- -- -->", "<![CDATA[", "<conveyor/>")),
)  # fmt: skip
CHANGES = {
    MODEL: MODEL_CHANGES, **dict.fromkeys((*TABLES, OBSERVED), CSV_CHANGES), VENSIM: MODEL_CHANGES, XMILE: XML_CHANGES,
}  # fmt: skip


def _blocks(lines: list[str], indent: int) -> list[list[str]]:
    """Lines cut where one starts at ``indent``; what stands before the first is its own block."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if re.match(rf" {{{indent}}}[^\s#]", line):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _few(rng: random.Random, blocks: list[list[str]], most: int) -> list[list[str]]:
    """The first block (head) and at most ``most`` of the others, in their order."""
    kept = sorted(rng.sample(range(1, len(blocks)), min(most, len(blocks) - 1)))
    return [blocks[0], *(blocks[index] for index in kept)]


def piece(rng: random.Random, file: str, texts: dict[str, list[str]]) -> str:
    """A sound small piece of a file: every part that names its own entries keeps two or three of them."""
    lines = [line for line in rng.choice(texts[file]).splitlines(keepends=True) if not line.startswith("#")]
    if file in WHOLE:
        return "".join(lines)
    if file in (HISTORY, OBSERVED):
        return lines[0] + "".join(rng.sample(lines[1:], min(12, len(lines) - 1)))
    if file == "calibration/sources.yaml":
        return "".join(line for block in _few(rng, _blocks(lines, 0), 3) for line in block)
    parts = []
    for part in _blocks(lines, 0):
        inner = _blocks(part, 2)
        few = _few(rng, inner, 2) if len(inner) > 4 and _may_lose(file, part) else inner
        parts.append(few)
    if file == "model/indicators.yaml":
        _, indicators, targets = parts
        target = rng.choice(targets[1:])
        wanted = next(line.split(":")[1].strip() for line in target if line.strip().startswith("indicator:"))
        kept = [block for block in indicators[1:] if block[0].strip() == f"{wanted}:"]
        other = rng.choice(indicators[1:])
        parts = [[indicators[0], *([other] if other not in kept else []), *kept], [targets[0], target]]
    return "".join(line for part in parts for block in part for line in block)


def _may_lose(file: str, part: list[str]) -> bool:
    """Whether a part names its own entries, so that it may lose some."""
    if file == "calibration/fit.yaml":
        return part[0].startswith(("parameters:", "hindsight:"))
    return file != "model/indicators.yaml" and not part[0].startswith("document:")


def model_piece(text: str, wanted: int = 7) -> str:
    """The first entries of the model that lean on nothing else, one of each that reads calibration/, its clock, a stock
    and a table."""
    body = text.split("\\\\\\---///")[0]
    entries = [entry for entry in body.split("|") if "=" in entry or "(" in entry]
    constants = [entry for entry in entries if re.search(r"=\s*-?[\d.]+\s*~", entry)]
    clock = [entry for entry in constants if re.match(r"\s*(INITIAL TIME|FINAL TIME|SAVEPER|TIME STEP)=", entry)]
    read = [next(entry for entry in entries if f"GET DIRECT {kind}(" in entry) for kind in ("CONSTANTS", "LOOKUPS")]
    made = (
        "\nmade table(\n\t[(2015,0)-(2030,2)],(2015,0.86),(2016,0.9),(2024,1))\n\t~\tDmnl\n\t~\tA table. 中文: 表。"
        " Status: assumed. Source: expert-assumption.\n\t",
        "\nmade flow=\n\tMAX(0,made stock*one year/(one year*one year))+MIN(Time,FINAL TIME)*0\n\t~\tYear\n\t~\tA flow. 中文: 流量。"
        " Status: assumed. Source: expert-assumption.\n\t",
        "\nmade stock= INTEG (\n\tmade flow/one year,\n\t\t1)\n\t~\tYear\n\t~\tA stock. 中文: 存量。"
        " Status: assumed. Source: expert-assumption. Range: 0.5 to 2.\n\t",
    )
    return "{UTF-8}\n" + "|".join([*constants[:wanted], *read, *made, *clock, "\n"])


def mutant(file: str, seed: int, index: int, texts: dict[str, list[str]]) -> bytes:
    """Mutant number ``index`` of a file; the same for the same seed, of which 0 is one."""
    rng = random.Random(f"{seed}:{file}:{index}")
    text = rng.choice(texts[file]) if file in (MODEL, *FOREIGN) else piece(rng, file, texts)
    changes = CHANGES.get(file, YAML_CHANGES)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        text = rng.choice(changes)(rng, text)
    if rng.random() < 0.04:
        return text.encode(rng.choice(("utf-16", "utf-8-sig", "gb18030", "utf-32")), errors="replace")
    written = bytearray(text.encode("utf-8", errors="surrogatepass"))
    if rng.random() < 0.04 and written:
        written[rng.randrange(len(written))] = rng.randrange(256)
    return bytes(written)


def real_texts() -> dict[str, list[str]]:
    """The real files by name; of the model the small piece."""
    texts = {
        file: [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(file))] for file in (*YAML_FILES, *TABLES)
    }
    results = {file: [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(file))] for file in RESULTS}
    return {
        **texts,
        **results,
        OBSERVED: [_observed(texts[HISTORY][0])],
        UPLOAD: texts["scenarios/*.yaml"],
        LINK: LINKS,
        MODEL: [model_piece((ROOT / MODEL).read_text(encoding="utf-8"))],
        **{
            kind: [(HERE / "fuzzed" / name).read_text(encoding="utf-8") for name in names]
            for kind, names in FOREIGN.items()
        },
    }


def _observed(history: str) -> str:
    """The last figure of each series, three years later."""
    head, *rows = history.splitlines(keepends=True)
    last = {row.split(",")[1]: row for row in rows}
    return head + "".join(re.sub(r"^\d+", "2025", row) for name, row in last.items() if name in FITTED_SERIES)
