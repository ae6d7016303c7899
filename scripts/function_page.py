"""docs/functions.*.md: every function of Vensim and XMILE, asked of the engine itself.

An example stands for each function. It is read, lowered and planned as any model is; the plan says whether all of its
operations are compiled. A function that the engine knows and that has no example stops the page.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from xinzhi.engine import refused
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.emit_values import can_emit
from xinzhi.engine.equation import NO_FUNCTIONS, VENSIM, XMILE, Language, vensim_equation, xmile_equation
from xinzhi.engine.function_table import BUILD
from xinzhi.engine.plan import make_plan
from xinzhi.engine.program import Program
from xinzhi.engine.scope import Ast, called, clean, parts
from xinzhi.engine.specialise import specialise
from xinzhi.engine.translate import program_of
from xinzhi.show.words import say

VENSIM_HEAD = """{UTF-8}
branch: north, south ~~|
row: r1, r2 ~~|
profile: ptype, ppriority, pwidth, pextra ~~|
rows: GET DIRECT SUBSCRIPT('numbers.csv', ',', 'A2', 'A', '') ~~|
x = INTEG(0.1*x, 1) ~~|
table((0,0),(1,10),(2,30)) ~~|
request[branch] = 3, 4 ~~|
priority[branch] = 1, 2 ~~|
curve[branch, profile] = 3, 1, 1, 0; 3, 2, 1, 0; ~~|
matrix[branch, row] = 2, 1; 1, 3; ~~|
series = GET DIRECT DATA('numbers.csv', ',', 'A', 'B2') ~~|
points = GET DIRECT LOOKUPS('numbers.csv', ',', 'A', 'B2') ~~|
xls series = GET XLS DATA('numbers.xlsx', 'Sheet', 'A', 'B2') ~~|
xls points = GET XLS LOOKUPS('numbers.xlsx', 'Sheet', 'A', 'B2') ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 4 ~~|
TIME STEP = 1 ~~|
SAVEPER = TIME STEP ~~|
"""
XMILE_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header><vendor>xinzhi</vendor>
<product version="1.0">xinzhi</product></header><sim_specs><start>0</start><stop>4</stop><dt>1</dt></sim_specs>
<dimensions><dim name="branch"><elem name="north"/><elem name="south"/></dim></dimensions><model><variables>
<stock name="x"><eqn>1</eqn><inflow>growth</inflow></stock><flow name="growth"><eqn>0.1*x</eqn></flow>
<aux name="request"><dimensions><dim name="branch"/></dimensions><element subscript="north"><eqn>3</eqn></element>
<element subscript="south"><eqn>4</eqn></element></aux>
"""
LANGS = ("zh", "en")
WORDS = {
    "how": (
        "“编译”指函数的各项运算都译成机器代码，各条路径并行计算。“解释”指模型中只要用到该函数，整个模型就由NumPy逐项计算，"
        "结果相同，但慢得多，也不能在网页中运行。不支持的函数在读取模型时一次全部列出，并说明改法。示例中的 `x` 为存量，其余名称见"
        "`scripts/function_page.py`；每个示例都由本程序读取、转换后得出这里的结论。运算符见"
        "[一致性说明](conformance.md#operators)，与PySD不同之处见[同页](conformance.md#differences)。",
        "Compiled: all that the function becomes is machine code, members side by side. Interpreted: a model that uses it is "
        "computed operation by operation by NumPy: the same numbers, far more slowly, and not in a page. What is not served is "
        "told when a model is read, all of it at once, with what to write in its place. In the examples `x` is a stock, the "
        "other names stand in `scripts/function_page.py`; each example was read and planned by the engine, which gave the answer "
        "shown. Operators: [conformance](conformance.md#operators); where we differ from PySD: "
        "[the same page](conformance.md#differences).",
    ),
    "count": (
        "支持{served}个函数，其中{compiled}个编译；另有{refused}个不支持。",
        "{served} functions, {compiled} of them compiled; {refused} more are not served.",
    ),
    "served heads": ("| 函数 | 方式 | 示例 | 说明 |", "| function | how | example | remark |"),
    "compiled": ("编译", "compiled"),
    "interpreted": ("解释", "interpreted"),
    "refused title": ("不支持的函数", "not served"),
    "refused heads": ("| 函数 | 改法 |", "| function | in its place |"),
}
_SEED = (
    "种子参数不起作用：每次运行只有一个种子，每处调用各成一列",
    "its seed has no part: a run has one seed, each call a stream of its own",
)
_RANGE = (
    "下标须写明维度名称并加叹号，不读 `[*]`",
    "the dimension is written with an exclamation mark; `[*]` is not read",
)
NOTES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("", "A FUNCTION OF"): ("表示方程尚未写完，没有数值", "an equation still to be written: not a number"),
    ("", "GAME"): ("即其参数", "is its argument"),
    ("", "GET TIME VALUE"): ("只支持以模型自身时间计（第一、第三个参数为0）", "of model time only (0, …, 0)"),
    ("", "INVERT MATRIX"): ("至多24行", "at most 24 rows"),
    ("XMILE", "INT"): ("不大于该数的最大整数", "the next whole number below"),
    ("Vensim", "INTEGER"): ("向零取整", "towards zero"),
    **{("", name): _SEED for name in ("RANDOM EXPONENTIAL", "RANDOM NORMAL", "RANDOM UNIFORM", "RANDOM", "UNIFORM",
                                      "NORMAL", "EXPRND")},
    **{("XMILE", name): _RANGE for name in ("SUM", "PROD")},
}  # fmt: skip
NUMBERS = ((0, 5), (1, 6), (2, 8), (3, 9), (4, 11))

_BOTH = {
    "ABS": "ABS(x)", "ARCCOS": "ARCCOS(x/10)", "ARCSIN": "ARCSIN(x/10)", "ARCTAN": "ARCTAN(x)", "COS": "COS(x)",
    "EXP": "EXP(x)", "LN": "LN(x)", "MAX": "MAX(x, 2)", "MIN": "MIN(x, 2)", "SIN": "SIN(x)", "SQRT": "SQRT(x)",
    "STEP": "STEP(x, 2)", "TAN": "TAN(x)",
}  # fmt: skip
EXAMPLES_OF_VENSIM: Mapping[str, str] = {
    **_BOTH,
    "A FUNCTION OF": "A FUNCTION OF(x)",
    "ACTIVE INITIAL": "ACTIVE INITIAL(x, 1)",
    "ALLOCATE AVAILABLE": "ALLOCATE AVAILABLE(request[branch], curve[branch, ptype], 5*x)",
    "ALLOCATE BY PRIORITY": "ALLOCATE BY PRIORITY(request[branch], priority[branch], 2, 4, 5*x)",
    "COSH": "COSH(x)",
    "DELAY FIXED": "DELAY FIXED(x, 2, 0)",
    "DELAY N": "DELAY N(x, 2, 0, 3)",
    "DELAY1": "DELAY1(x, 2)",
    "DELAY1I": "DELAY1I(x, 2, 0)",
    "DELAY3": "DELAY3(x, 2)",
    "DELAY3I": "DELAY3I(x, 2, 0)",
    "ELMCOUNT": "x*ELMCOUNT(branch)",
    "FORECAST": "FORECAST(x, 2, 4)",
    "GAME": "GAME(x)",
    "GET DIRECT CONSTANTS": "GET DIRECT CONSTANTS('numbers.csv', ',', 'B2')",
    "GET DIRECT DATA": "GET DIRECT DATA('numbers.csv', ',', 'A', 'B2')",
    "GET DIRECT LOOKUPS": "GET DIRECT LOOKUPS('numbers.csv', ',', 'A', 'B2')",
    "GET DIRECT SUBSCRIPT": "GET DIRECT SUBSCRIPT('numbers.csv', ',', 'A2', 'A', '')",
    "GET TIME VALUE": "GET TIME VALUE(0, 1, 0)",
    "GET XLS CONSTANTS": "GET XLS CONSTANTS('numbers.xlsx', 'Sheet', 'B2')",
    "GET XLS DATA": "GET XLS DATA('numbers.xlsx', 'Sheet', 'A', 'B2')",
    "GET XLS LOOKUPS": "GET XLS LOOKUPS('numbers.xlsx', 'Sheet', 'A', 'B2')",
    "IF THEN ELSE": "IF THEN ELSE(x > 2, x, 0)",
    "INITIAL": "INITIAL(x)",
    "INTEG": "INTEG(x, 1)",
    "INTEGER": "INTEGER(x)",
    "INVERT MATRIX": "INVERT MATRIX(matrix[branch, row], 2)",
    "LOG": "LOG(x, 10)",
    "LOOKUP BACKWARD": "LOOKUP BACKWARD(table, x)",
    "LOOKUP EXTRAPOLATE": "LOOKUP EXTRAPOLATE(table, x)",
    "LOOKUP FORWARD": "LOOKUP FORWARD(table, x)",
    "MODULO": "MODULO(x, 2)",
    "POWER": "POWER(x, 2)",
    "PROD": "PROD(request[branch!])",
    "PULSE": "PULSE(1, 2)",
    "PULSE TRAIN": "PULSE TRAIN(0, 1, 2, 4)",
    "QUANTUM": "QUANTUM(x, 0.5)",
    "RAMP": "RAMP(x, 1, 3)",
    "RANDOM 0 1": "RANDOM 0 1()",
    "RANDOM EXPONENTIAL": "RANDOM EXPONENTIAL(0, 5, 0, 1, 0)",
    "RANDOM NORMAL": "RANDOM NORMAL(-5, 5, 0, 1, 0)",
    "RANDOM UNIFORM": "RANDOM UNIFORM(0, 1, 0)",
    "SAMPLE IF TRUE": "SAMPLE IF TRUE(x > 1.2, x, 0)",
    "SINH": "SINH(x)",
    "SMOOTH": "SMOOTH(x, 2)",
    "SMOOTH N": "SMOOTH N(x, 2, 0, 3)",
    "SMOOTH3": "SMOOTH3(x, 2)",
    "SMOOTH3I": "SMOOTH3I(x, 2, 0)",
    "SMOOTHI": "SMOOTHI(x, 2, 0)",
    "SUM": "SUM(request[branch!])",
    "TABBED ARRAY": "TABBED ARRAY(1 2)",
    "TANH": "TANH(x)",
    "TREND": "TREND(x, 2, 0)",
    "VECTOR RANK": "VECTOR RANK(request[branch], 1)",
    "VECTOR REORDER": "VECTOR REORDER(request[branch], priority[branch]-1)",
    "VECTOR SELECT": "VECTOR SELECT(priority[branch!], request[branch!], 0, 0, 0)",
    "VECTOR SORT ORDER": "VECTOR SORT ORDER(request[branch], 1)",
    "VMAX": "VMAX(request[branch!])",
    "VMIN": "VMIN(request[branch!])",
    "WITH LOOKUP": "WITH LOOKUP(x, ((0,0),(1,10),(2,30)))",
    "XIDZ": "XIDZ(x, x-1, 0)",
    "ZIDZ": "ZIDZ(x, x-1)",
}
EXAMPLES_OF_XMILE: Mapping[str, str] = {
    **_BOTH,
    "DELAY": "DELAY(x, 2, 0)",
    "DELAY1": "DELAY1(x, 2)",
    "DELAY3": "DELAY3(x, 2)",
    "DELAYN": "DELAYN(x, 2, 3)",
    "DT": "DT",
    "EXPRND": "EXPRND(1)",
    "FORCST": "FORCST(x, 2, 4)",
    "IF THEN ELSE": "IF x > 2 THEN x ELSE 0",
    "INF": "MIN(x, INF)",
    "INIT": "INIT(x)",
    "INT": "INT(x)",
    "LOG10": "LOG10(x)",
    "MAX": "MAX(x, 2) + MAX(request)",
    "MIN": "MIN(x, 2) + MIN(request)",
    "MOD": "x MOD 2",
    "NORMAL": "NORMAL(0, 1)",
    "PI": "PI + PI()",
    "PROD": "PROD(request[branch!])",
    "PULSE": "PULSE(x, 1) + PULSE(x, 1, 2)",
    "RAMP": "RAMP(x, 1) + RAMP(x, 1, 3)",
    "RANDOM": "RANDOM(0, 1)",
    "SAFEDIV": "SAFEDIV(x, x-1)",
    "SMTH1": "SMTH1(x, 2)",
    "SMTH3": "SMTH3(x, 2)",
    "SMTHN": "SMTHN(x, 2, 3)",
    "STARTTIME": "STARTTIME",
    "STOPTIME": "STOPTIME",
    "SUM": "SUM(request[branch!])",
    "TIME": "TIME",
    "TREND": "TREND(x, 2)",
    "UNIFORM": "UNIFORM(0, 1)",
}


# Asked of the engine


def statuses(language: Language) -> dict[str, bool]:
    """Whether all that a function becomes is compiled, by its name in the language, in alphabetical order.

    Raises ValueError where the engine knows a function that no example has, or the other way round.
    """
    examples = EXAMPLES_OF_VENSIM if language is VENSIM else EXAMPLES_OF_XMILE
    _refuse_missing(language, examples)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_numbers(folder)
        program = _vensim_program(folder) if language is VENSIM else _xmile_program(folder)
    model = CompiledModel(program)
    clock = model.clock({}, {})
    out = {}
    for place, function in enumerate(examples):
        nodes = next(variable.nodes for variable in program.variables if clean(variable.name) == f"y{place}")
        out[function] = can_emit(make_plan(specialise(program, tuple(program.constants), clock, nodes)))
    return dict(sorted(out.items()))


def _refuse_missing(language: Language, examples: Mapping[str, str]) -> None:
    named = {name.lower().replace(" ", "_") for name in examples}
    missing = set(language.functions) - NO_FUNCTIONS - named - {"if_then_else"}
    seen = {name for text in EXAMPLES_OF_VENSIM.values() for name in _known(vensim_equation(text))}
    seen |= {name for text in EXAMPLES_OF_XMILE.values() for name in _known(xmile_equation(text))}
    missing |= BUILD.keys() - seen
    if missing:
        raise ValueError(f"scripts/function_page.py has no example of {', '.join(sorted(missing))}")
    served = sorted(set(examples) & (refused.VENSIM if language is VENSIM else refused.XMILE).keys())
    if served:
        raise ValueError(f"engine/refused.py names what is served: {', '.join(served)}")


def _known(tree: Ast) -> Iterator[str]:
    """The names in `BUILD` of what a syntax tree holds."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        yield called(part) if type(part).__name__ == "CallStructure" else type(part).__name__
        waiting.extend(parts(part))


def _vensim_program(folder: Path) -> Program:
    body = ""
    for place, text in enumerate(EXAMPLES_OF_VENSIM.values()):
        subscripts = "[branch]" if "[branch" in text and "!" not in text else ""
        if "INVERT MATRIX" in text:
            subscripts = "[branch, row]"
        if text.startswith("TABBED ARRAY"):
            subscripts = "[branch]"
        if text.startswith("GET DIRECT SUBSCRIPT"):
            text = "x*ELMCOUNT(rows)"
        if "LOOKUPS(" in text:
            text = "points(x)" if "DIRECT" in text else "xls points(x)"
        body += f"y{place}{subscripts} = {text} ~~|\n"
    path = folder / "example.mdl"
    return program_of((VENSIM_HEAD + body).encode(), path, path.name)


def _xmile_program(folder: Path) -> Program:
    body = "".join(
        f'<aux name="y{place}"><eqn>{escape(text)}</eqn></aux>\n'
        for place, text in enumerate(EXAMPLES_OF_XMILE.values())
    )
    path = folder / "example.xmile"
    return program_of((XMILE_HEAD + body + "</variables></model></xmile>").encode(), path, path.name)


def _write_numbers(folder: Path) -> None:
    """The data files of the examples: a time and a number in each row below a heading."""
    rows = [("r", "number"), *NUMBERS]
    (folder / "numbers.csv").write_text("".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.title = "Sheet"
    for row in rows:
        book.active.append(row)
    book.save(folder / "numbers.xlsx")


# The page


def word(key: str, lang: str, **values: object) -> str:
    return WORDS[key][LANGS.index(lang)].format(**values)


def function_rows(lang: str) -> Iterator[str]:
    """The page's body, line by line."""
    yield from (word("how", lang), "")
    for title, language, examples, refusals in (
        ("Vensim", VENSIM, EXAMPLES_OF_VENSIM, refused.VENSIM),
        ("XMILE", XMILE, EXAMPLES_OF_XMILE, refused.XMILE),
    ):
        served = statuses(language)
        yield from (f"## {title} {{#{title.lower()}}}", "")
        yield word("count", lang, served=len(served), compiled=sum(served.values()), refused=len(refusals))
        yield from ("", word("served heads", lang), "|---|---|---|---|")
        for name, compiled in served.items():
            shown = ", ".join(f"`{text}`" for text in examples[name].split(" + "))
            remark = NOTES.get((title, name), NOTES.get(("", name), ("", "")))[LANGS.index(lang)]
            yield f"| {name} | {word('compiled' if compiled else 'interpreted', lang)} | {shown} | {remark} |"
        yield from ("", f"### {title}: {word('refused title', lang)}", "")
        yield from (word("refused heads", lang), "|---|---|")
        yield from (f"| {name} | {say(refusals[name], lang)} |" for name in sorted(refusals))
        yield ""
