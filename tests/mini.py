"""A project of a few lines: one lever, two indicators, three targets. For tests of single rules, and fast."""

from __future__ import annotations

from pathlib import Path

MODEL = r"""{UTF-8}
********************************************************
	.Forest
********************************************************~
		A forest that is planted.
	|

lever planting={base}
	~	YiYuan/Year
	~	Lever: money for planting. 中文: 措施：造林资金。 Status: assumed. Source: guess.
	|

lever planting start year=2024
	~	Year
	~	Its start. 中文: 起始年份。 Status: assumed. Source: guess.
	|

lever planting ramp time=2
	~	Year
	~	Its ramp. 中文: 到位年数。 Status: assumed. Source: guess.
	|

lever felling=0.05
	~	1/Year
	~	Lever: felling. 中文: 措施：采伐率。 Status: assumed. Source: guess. Range: 0.01 to 0.1.
	|

lever felling start year=2025
	~	Year
	~	Its start. 中文: 起始年份。 Status: assumed. Source: guess.
	|

lever felling ramp time=1
	~	Year
	~	Its ramp. 中文: 到位年数。 Status: assumed. Source: guess.
	|

Forest= INTEG (lever planting-lever felling*Forest,1000)
	~	YiYuan
	~	The forest. 中文: 森林资产。 Status: computed. Source: guess.
	|

timber=lever felling*Forest
	~	YiYuan/Year
	~	What is felled. 中文: 采伐额。 Status: computed. Source: guess.
	|

forest share=Forest/whole
	~	Dmnl
	~	Its share. 中文: 森林占比。 Status: computed. Source: guess.
	|

whole=2000
	~	YiYuan
	~	The whole. 中文: 总量。 Status: assumed. Source: guess.
	|

********************************************************
	.Control
********************************************************~
		Simulation Control Parameters
	|

FINAL TIME=2030
	~	Year
	~	Last year. 中文: 终止年。 Status: assumed. Source: guess.
	|

INITIAL TIME=2020
	~	Year
	~	First year. 中文: 起始年。 Status: assumed. Source: guess.
	|

SAVEPER=1
	~	Year
	~	Saving. 中文: 保存间隔。 Status: assumed. Source: guess.
	|

TIME STEP=0.25
	~	Year
	~	Step. 中文: 步长。 Status: assumed. Source: guess.
	|

\\\---/// Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*View 1
$-1--1--1,0,|0||0-0-0|0-0-0|0-0-0|-1--1--1|96,96,100,0
///---\\\
"""

FILES = {
    "model/mini.mdl": MODEL.replace("{base}", "50"),
    "model/region.yaml": """\
name: {zh: 某地, en: Somewhere}
document: {title: {zh: 林业规划, en: Forest plan}, number: 林发〔2024〕1号, date: "2024-01-31"}
plan: {base_year: 2023, first_year: 2024, final_year: 2028}
chapters: {woods: {zh: 一、造林, en: I. Woods}}
departments: {forest: {zh: 林业局, en: Forest Bureau}}
""",
    "model/units.yaml": """\
definitions:
  - "Dmnl = []"
  - "percent = 0.01 = %"
  - "Year = [time] = 年"
  - "yuan = [money] = 元 = CNY"
  - "YiYuan = 1e8 yuan = 亿元"
  - "万元 = 1e4 yuan"
  - "CNY_billion = 1e9 yuan"
english:
  亿元: {unit: CNY_billion, label: CNY billion}
""",
    "model/levers.yaml": """\
timing: {start: [2024, 2027], ramp: [1, 4]}
levers:
  planting:
    code: pl
    variable: lever planting
    name: {zh: 造林资金, en: Planting money}
    group: woods
    article: "1"
    departments: [forest]
    unit: 亿元
    range: [20, 80]
    step: 5
    help: {zh: 每年造林资金。, en: Money a year.}
    range_reason: {zh: 按经验。, en: By experience.}
    cost: {zh: 全额。, en: In full.}
    status: assumed
    sources: [guess]
  felling:
    code: fe
    variable: lever felling
    name: {zh: 采伐率, en: Felling rate}
    group: woods
    article: 总
    departments: [forest]
    unit: "%"
    range: [1, 10]
    step: 0.5
    help: {zh: 每年采伐比例。, en: Share felled a year.}
    range_reason: {zh: 按经验。, en: By experience.}
    cost: {zh: 无。, en: None.}
    status: assumed
    sources: [guess]
""",
    "model/indicators.yaml": """\
indicators:
  timber:
    variable: timber
    name: {zh: 采伐额, en: Timber}
    unit: 亿元
    prices: current
    decimals: 2
    definition: {zh: 每年采伐额。, en: Felled a year.}
  forest_share:
    variable: forest share
    name: {zh: 森林占比, en: Forest share}
    unit: "%"
    definition: {zh: 森林资产占比。, en: Share of forest.}
targets:
  timber_growth:
    indicator: timber
    name: {zh: 采伐额年均增长, en: Timber growth}
    short_name: {zh: 采伐增速, en: Timber}
    measure: mean_growth
    sense: ">="
    threshold: 3
    quote: 年均增长3%以上
    article: 总
    departments: [forest]
    departments_status: document
    base_series: timber
  share:
    indicator: forest_share
    name: {zh: 森林占比, en: Forest share}
    short_name: {zh: 占比, en: Share}
    measure: level
    sense: ">="
    threshold: 50
    year: 2027
    decimals: 2
    quote: 达到50%以上
    article: "1"
    departments: [forest]
    departments_status: assumed
    base_series: timber
    note: {zh: 备注。, en: A note.}
""",
    "model/checks.yaml": """\
checks:
  positive:
    name: {zh: 森林不为负, en: Never negative}
    expect: [{variable: Forest, between: [0, 1000000]}]
""",
    "scenarios/baseline.yaml": """\
name: {zh: 基准情景, en: Baseline}
narrative: {zh: 不调整。, en: Nothing moves.}
""",
    "scenarios/more.yaml": """\
name: {zh: 多造林, en: More}
narrative: {zh: 多造林。, en: Plant more.}
based_on: baseline
levers:
  造林资金: {value: 60亿元, start: 2025, reason: {zh: 为增收。, en: For income.}}
""",
    "scenarios/most.yaml": """\
name: {zh: 造林最多, en: Most}
narrative: {zh: 再多。, en: Even more.}
based_on: more
levers:
  planting: {ramp: 3年}
  fe: 2%
""",
    "calibration/sources.yaml": """\
guess:
  kind: assumption
  publisher: {zh: 本项目假定, en: this project}
  zh: 假定
  en: assumed
statistics:
  kind: statistics
  publisher: {zh: 统计局, en: Bureau}
  zh: 统计年鉴
  en: yearbook
  grade: A
""",
    "calibration/history.csv": """\
time,variable,value,unit,status,source
2022,timber,48.5,亿元,estimated,guess
2021,timber,47,亿元,recalled,guess
2023,timber,50.25,亿元,published,statistics
""",
}


def write_mini(folder: Path, **changed: str) -> Path:
    """The mini project in ``folder``; ``changed`` maps a file's stem to its other text."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text), encoding="utf-8")
    return folder
