"""The feedback loops of the model, each a small drawing, and the pages that show them: docs/model/.

A loop is a list of variables; between two neighbours there must be a path of equations in the model, or it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import cos, hypot, pi, sin
from pathlib import Path

from draw_architecture import FONT

from xinzhi.content.model_file import Variable

FOLDER = Path(__file__).parents[1] / "docs" / "model"
LONGEST = 6  # equations from one drawn variable to the next
LOOPS = """
R1 | 知识转化 | Innovation | SEI VA > business RD > results completion > Results Pool > local conversion > Local Technology Stock >
R2 | 资本积累 | Capital | real GDP > total investment > SEI Capital > SEI VA >
R3 | 企业吸纳 | Absorption | HNTE > Local Conversion Rate > local conversion > Tech SMEs >
R4 | 财政支撑 | Fiscal room | real GDP > policy budget > budget adequacy > Public RD > Knowledge Stock > Rest VA >
R5 | 扩散带动 | Diffusion | New Energy Capacity > desired new energy additions > new energy additions >
R7 | 平台带动 | Platforms | Public RD > platform money adequacy > platform effect > Knowledge Stock > real GDP > budget adequacy >
R8 | 国产替代 | Substitution | SEI VA > business RD > RD Personnel > key technology breakthroughs > substitution boost > SEI Demand >
R9 | 人才吸引 | Attraction | Working Leaders > effective RD > Local Technology Stock > SEI VA > relative pay > talent fill rate >
R10 | 技术与集群 | Technology and clusters | Local Technology Stock > cluster competitiveness > Leader Firms > Tech SMEs > HNTE > Local Conversion Rate >
R11 | 技改拉动装备 | Orders from renovation | renovation subsidy rate change in force > renovation orders > Cluster Output[high_end_equipment]
R12 | 算力带动软件 | Computing | Compute Capacity > compute pull > Cluster Output[ai_software]
R13 | 产品升级 | Better grades | Grade Share[special_steel] > grade effect > TM VA > TM relative return > grade projects[special_steel] >
R14 | 开放拓市 | Openness | openness adjustment > SEI Demand > SEI VA > Real Trade > Huahu Cargo > connection index >
R15 | 领军带动 | Leaders | SEI VA > SEI trend growth > Leader Firms > leader pull > Tech SMEs > Local Conversion Rate > Local Technology Stock >
R16 | 信贷支持 | Cheap loans | Technology Loan > loan relief > RD cost effect > business RD > loan draws >
R17 | 产教匹配 | Education and industry | Education Consortia > match effect > talent supply > RD Personnel
R18 | 市场环境 | Business climate | Factor Markets > Business Climate > Tech SMEs > HNTE
B1 | 人才约束 | Staff | SEI VA > real RD > desired RD personnel -> talent adequacy > effective RD > Local Technology Stock >
B2 | 回报递减 | Returns | SEI Capital -> SEI relative return > SEI investment share > SEI investment >
B3 | 市场容量 | Market | SEI Capital > SEI potential VA -> SEI utilisation > SEI relative return > SEI investment >
B4 | 消纳约束 | Grid | New Energy Capacity > curtailment -> new energy additions >
B5 | 预算约束 | Budget | Public RD > cost of public RD > policy cost -> budget adequacy >
B6 | 普及饱和 | Saturation | Cloud Adoption -> cloud adoption increase >
B7 | 省外吸引 | Outside pull | outside pull growth -> conversion log odds > Local Conversion Rate
B8 | 投资挤出 | Crowding out | guided investment -> Rest investment > Rest Capital > real GDP > policy budget > budget adequacy >
B9 | 运行经费 | Running money | Science Platforms[national_platform] > platform running cost -> platform money adequacy > platform delivery factor >
B10 | 团队能力 | Teams | RD Personnel > key projects started > key technology breakthroughs
B11 | 外地竞争 | Outside pay | outside wage growth -> relative pay > talent fill rate > Talents[young_talents]
B12 | 岗位有限 | Positions | Talents[strategic_scientists] -> talents recruited[strategic_scientists] >
B13 | 车型转型 | Turn to NEV | national NEV share -> NEV fit > Cluster Output[auto]
B14 | 产能调整 | Capacity follows orders | Cluster Output[optoelectronics] -> cluster expansion[optoelectronics] >
B15 | 待改造企业 | Firms left to renovate | Firms with Old Equipment > firms renovated ->
B16 | 回报制约升级 | Return and upgrade | TM Capital -> TM relative return > capital pull on upgrade > grade projects[special_steel]
B17 | 带宽不足 | Bandwidth | Cloud Adoption > data volume index -> digital adequacy > digital effect
B18 | 数字设施用能 | Energy of data | Compute Capacity > digital energy > total energy
B19 | 港口能力 | Port capacity | Port Capacity > port throughput
B20 | 铁水联运上限 | Rail-water limit | Rail Water -> rail water growth >
B21 | 机场能力 | Airport capacity | Huahu Cargo -> huahu growth >
B22 | 货运回流公路 | Back to the road | Road to Water > shifted back ->
B23 | 潜力企业 | Pool of firms | New Species Firms -> new species named >
B24 | 募资回报 | Return and raising | SEI Capital -> return pull > fund raising > Fund Cash > guided investment >
B25 | 基金现金 | Cash of funds | Fund Cash > fund cash adequacy > deployed by plan ->
B26 | 碳市场 | Carbon market | Green Programmes[carbon_function] > carbon reach -> Price Effect > TM energy intensity
B27 | 水环境 | Water | TM VA > industrial load > water load ratio
B28 | 煤电替代 | Coal displaced | New Energy Capacity > new energy power -> thermal power > CO2 emissions
B29 | 用能成本 | Energy burden | energy price uplift change in force -> Business Climate > Tech SMEs
B30 | 用地约束 | Land | guided investment > SEI Capital > SEI VA > ordinary SEI investment -> land adequacy >
"""


@dataclass(frozen=True)
class Loop:
    """``signs`` are those of the arrows; a ``closed`` loop has one from the last variable to the first."""

    id: str
    zh: str
    en: str
    variables: tuple[str, ...]
    signs: tuple[str, ...]

    @property
    def closed(self) -> bool:
        return len(self.signs) == len(self.variables)

    def arrows(self) -> list[tuple[str, str]]:
        return [(name, self.variables[(i + 1) % len(self.variables)]) for i, name in enumerate(self.variables)][
            : len(self.signs)
        ]


def read_loops(text: str = LOOPS) -> list[Loop]:
    out = []
    for line in text.strip().splitlines():
        key, zh, en, chain = (part.strip() for part in line.split(" | "))
        parts = re.split(r"\s*(->|>)\s*", chain)
        out.append(
            Loop(key, zh, en, tuple(filter(None, parts[::2])), tuple("−" if p == "->" else "+" for p in parts[1::2]))
        )
    return out


def distance(variables: Mapping[str, Variable], start: str, end: str) -> int | None:
    """The least number of equations by which ``start`` acts on ``end``; None where it does not. Itself: at least one."""
    steps, front, seen = 0, {end}, set[str]()
    while front:
        steps += 1
        front = {used for name in front for used in variables[name].uses} - seen
        if start in front:
            return steps
        seen |= front
    return None


def faults(loops: list[Loop], variables: Mapping[str, Variable]) -> list[str]:
    """Arrows that no path of equations stands for, and loops whose letter does not fit their signs."""
    out = []
    for loop in loops:
        for start, end in loop.arrows():
            found = distance(variables, start, end) if {start, end} <= variables.keys() else None
            if found is None or found > LONGEST:
                out.append(f"{loop.id}: {start} -> {end}: {found}")
        if loop.closed and (loop.signs.count("−") % 2 == 1) != (loop.id[0] == "B"):
            out.append(f"{loop.id}: signs")
    return out


def draw(loop: Loop, variables: Mapping[str, Variable]) -> str:
    """The variables on a circle (Chinese above English), an arrow from each to the next."""
    width, height, count = 560, 400, len(loop.variables)
    places = [
        (width / 2 + 190 * sin(2 * pi * i / count), height / 2 - 150 * cos(2 * pi * i / count)) for i in range(count)
    ]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONT}" font-size="12" fill="#1f2937" text-anchor="middle" role="img">',
        f"<title>{loop.id} {loop.zh} {escape(loop.en)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#333"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{width / 2}" y="{height / 2 - 4}" font-size="22" font-weight="700">{loop.id}</text>',
        f'<text x="{width / 2}" y="{height / 2 + 16}">{loop.zh} {escape(loop.en)}</text>',
    ]
    for i, sign in enumerate(loop.signs):
        (x, y), (to_x, to_y) = places[i], places[(i + 1) % count]
        length = hypot(to_x - x, to_y - y)
        bend = 24 if count > 2 else 60
        middle = ((x + to_x) / 2 + bend * (to_y - y) / length, (y + to_y) / 2 - bend * (to_x - x) / length)
        start, end = _edge((x, y), middle), _edge((to_x, to_y), middle)
        dash = ' stroke-dasharray="5 4"' if sign == "−" else ""
        parts.append(
            f'<path d="M{start[0]:.0f},{start[1]:.0f} Q{middle[0]:.0f},{middle[1]:.0f} {end[0]:.0f},{end[1]:.0f}" '
            f'fill="none" stroke="#333" stroke-width="1.4"{dash} marker-end="url(#head)"/>'
        )
        beside = (
            (start[0] + end[0]) / 2 + 20 * (to_y - y) / length,
            (start[1] + end[1]) / 2 - 20 * (to_x - x) / length,
        )
        parts.append(
            f'<text x="{beside[0]:.0f}" y="{beside[1] + 4:.0f}" font-size="15" font-weight="700">{sign}</text>'
        )
    for name, (x, y) in zip(loop.variables, places, strict=True):
        chinese = re.split("[，。；（：、]", variables[name].description.zh.removeprefix("措施："))[0][:13]
        parts.append(
            f'<rect x="{x - 84:.0f}" y="{y - 20:.0f}" width="168" height="40" rx="6" fill="#eef4fa" stroke="#333"/>'
        )
        parts.append(f'<text x="{x:.0f}" y="{y - 3:.0f}">{escape(chinese)}</text>')
        parts.append(f'<text x="{x:.0f}" y="{y + 13:.0f}" font-size="10" fill="#555">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _edge(box: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """Where the line from a box's centre leaves it."""
    x, y = towards[0] - box[0], towards[1] - box[1]
    share = min(86 / abs(x) if x else 9e9, 22 / abs(y) if y else 9e9)
    return box[0] + share * x, box[1] + share * y


def page(loops: list[Loop], lang: str) -> str:
    if lang == "zh":
        lines = [
            "# 反馈回路", "",
            "R 为增强回路，B 为调节回路或约束。实线（+）：同向变化；虚线（−）：反向变化。没有闭合成圈的是单向影响或约束。"
            "图中每个箭头都由 `scripts/draw_loops.py` 与模型方程核对：前者经至多六个方程作用于后者。方框内下方为模型变量名。",
        ]  # fmt: skip
    else:
        lines = [
            "# Feedback loops", "",
            "R reinforces, B balances or limits. A solid arrow (+): both move the same way; a dashed one (−): opposite ways. "
            "What does not close is an influence or a limit of one direction. `scripts/draw_loops.py` checks every arrow "
            "against the model's equations: the first acts on the second through six of them at most.",
        ]  # fmt: skip
    for loop in loops:
        name = loop.zh if lang == "zh" else loop.en
        lines += ["", f"## {loop.id} {name} {{#{loop.id.lower()}}}", "", f"![{loop.id} {name}](loops/{loop.id}.svg)"]
    return "\n".join(lines) + "\n"


def files(variables: Mapping[str, Variable]) -> dict[str, str]:
    """Every file of docs/model/ and its text."""
    loops = read_loops()
    out = {f"loops.{lang}.md": page(loops, lang) for lang in ("zh", "en")}
    return out | {f"loops/{loop.id}.svg": draw(loop, variables) for loop in loops}


def main() -> None:
    import xinzhi

    variables = xinzhi.load_project(FOLDER.parents[1]).content.model.variables
    found = faults(read_loops(), variables)
    if found:
        raise SystemExit("\n".join(found))
    (FOLDER / "loops").mkdir(parents=True, exist_ok=True)
    for name, text in files(variables).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
