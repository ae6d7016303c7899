"""The data's way through the program, drawn as an SVG that also prints in black and white."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
WIDTH, HEIGHT = 900, 560
FILE, CODE, STORE = "#ffffff", "#eef4fa", "#f4f4f4"


@dataclass(frozen=True)
class Box:
    """A rectangle; ``title`` and ``lines`` are (Chinese, English)."""

    x: int
    y: int
    width: int
    height: int
    title: tuple[str, str]
    lines: tuple[tuple[str, str], ...]
    fill: str = CODE
    dashed: bool = False


@dataclass(frozen=True)
class Arrow:
    """A line through ``points`` with a head at its end, and what goes along it."""

    points: tuple[tuple[int, int], ...]
    label: tuple[str, str] = ("", "")
    at: tuple[int, int] = (0, 0)
    dashed: bool = False


BOXES = (
    Box(20, 30, 190, 84, ("model/", "model/"),
        (("hubei.mdl 方程与数值", "hubei.mdl: equations"), ("措施、指标、目标、单位", "levers, targets, units")), FILE),
    Box(20, 134, 190, 84, ("scenarios/", "scenarios/"),
        (("每个情景一个YAML文件", "one YAML file a scenario"), ("只写与基准不同之处", "only what differs")), FILE),
    Box(20, 238, 190, 84, ("calibration/", "calibration/"),
        (("history.csv 历史数据", "history.csv: history"), ("sources.yaml 来源", "sources.yaml: sources")), FILE),
    Box(280, 30, 200, 292, ("content", "content"),
        (("读取并相互核对", "reads, cross-checks"), ("列出全部错误及其位置", "tells every error, with its place"),
         ("界面单位 → 模型单位", "declared units → model units"), ("得到不可变的 Content", "gives a frozen Content"))),
    Box(280, 392, 200, 100, ("store", "store"),
        (("缓存：内容、程序、机器码", "cache: content, native code,"), ("按内容校验码命名，可随时删除", "named by content hash")), STORE, True),
    Box(550, 30, 150, 130, ("simulate", "simulate"),
        (("情景 → 常数", "scenario → constants"), ("常数 → Run", "constants → Run"), ("检查是否为有限数", "finite, or an error"))),
    Box(550, 222, 150, 100, ("engine", "engine"),
        (("方程编译成机器码", "equations to native code"), ("只认数组，不读文件", "arrays, no files"))),
    Box(740, 30, 140, 130, ("studies", "studies"),
        (("各项分析，每项一目录", "one folder a study"), ("analysis 评判、比较", "analysis: judges"),
         ("futures 众多路径", "futures: members"))),
    Box(740, 222, 140, 100, ("show", "show"),
        (("图表、表格、文件", "charts, tables, files"), ("→ 界面单位", "→ declared units"))),
    Box(550, 392, 150, 100, ("cli", "cli"), (("命令行", "the shell"), ("xinzhi targets …", "xinzhi targets …"))),
    Box(740, 392, 140, 100, ("dashboard", "dashboard"), (("浏览器页面", "the page"), ("Streamlit", "Streamlit"))),
)  # fmt: skip
ARROWS = (
    Arrow(((210, 72), (280, 72))),
    Arrow(((210, 176), (280, 176))),
    Arrow(((210, 280), (280, 280))),
    Arrow(((480, 95), (550, 95)), ("Content", "Content"), (515, 87)),
    Arrow(((600, 160), (600, 222)), ("常数", "constants"), (596, 196)),
    Arrow(((655, 222), (655, 160)), ("数组", "arrays"), (659, 196)),
    Arrow(((700, 95), (740, 95)), ("Run", "Run"), (720, 87)),
    Arrow(((810, 160), (810, 222))),
    Arrow(((810, 322), (810, 392))),
    Arrow(((775, 322), (775, 357), (625, 357), (625, 392))),
    Arrow(((380, 322), (380, 392)), dashed=True),
    Arrow(((480, 442), (515, 442), (515, 290), (550, 290)), dashed=True),
)
FOOT = (
    "实线：数据；虚线：缓存。project（Project）把各层合在一起，供Python、命令行和页面调用；各层出错都用 errors 中的类型。",
    "Solid: data. Dashed: cache. project (Project) joins the layers for Python, shell and page; all layers raise the types of errors.",
)


def draw(lang: str) -> str:
    """The drawing in ``lang``."""
    index = 0 if lang == "zh" else 1
    title = ("数据的流向", "The data's way")[index]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="{FONT}" font-size="12" fill="#1f2937" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#333"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for arrow in ARROWS:
        path = " ".join(f"{x},{y}" for x, y in arrow.points)
        dash = ' stroke-dasharray="5 4"' if arrow.dashed else ""
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="#333" stroke-width="1.4"{dash} marker-end="url(#head)"/>'
        )
        if arrow.label[index]:
            x, y = arrow.at
            start, end = arrow.points[0], arrow.points[-1]
            anchor = "middle" if start[1] == end[1] else "end" if start[1] < end[1] else "start"
            parts.append(
                f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="11">{escape(arrow.label[index])}</text>'
            )
    for box in BOXES:
        dash = ' stroke-dasharray="5 4"' if box.dashed else ""
        parts.append(
            f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6" fill="{box.fill}" '
            f'stroke="#333"{dash}/>'
        )
        parts.append(
            f'<text x="{box.x + 12}" y="{box.y + 24}" font-size="14" font-weight="700">{escape(box.title[index])}</text>'
        )
        for number, line in enumerate(box.lines):
            parts.append(f'<text x="{box.x + 12}" y="{box.y + 46 + 20 * number}">{escape(line[index])}</text>')
    parts += [f'<text x="20" y="{HEIGHT - 22}" fill="#555">{escape(FOOT[index])}</text>', "</svg>"]
    return "\n".join(parts) + "\n"
