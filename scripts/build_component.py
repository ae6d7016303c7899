"""The live page's component in one file: make component. Its sources are src/xinzhi/dashboard/component/src."""

from __future__ import annotations

import json
from pathlib import Path

COMPONENT = Path(__file__).parents[1] / "src" / "xinzhi" / "dashboard" / "component"
SOURCE = COMPONENT / "src"
PAGE = (
    "uPlot.iife.min.js",
    "text.js",
    "number.js",
    "verdict.js",
    "feed.js",
    "pool.js",
    "levers.js",
    "cards.js",
    "charts.js",
    "main.js",
    "mounts.js",
)
WORKER = ("verdict.js", "worker.js")
LOADER = ("loader.js",)


def built() -> dict[str, str]:
    """The built files' text by name: no bundler, because the parts share one scope and need none."""

    def read(names: tuple[str, ...]) -> str:
        return "\n".join((SOURCE / name).read_text(encoding="utf-8") for name in names)

    worker = f"const WORKER = {json.dumps(read(WORKER), ensure_ascii=False)};\n"
    return {
        "workspace.js": worker + read(PAGE),
        "workspace.css": read(("uPlot.min.css", "workspace.css")),
        "loader.js": read(LOADER),
    }


def main() -> None:
    for name, text in built().items():
        (COMPONENT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
