"""mkdocs' search, made to find Chinese without a dictionary of words: every Chinese character becomes a word of its own.

The theme cuts a Chinese query into words of the index, so a query finds the pages where all its characters stand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

BREAK = "\u200b"
BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])(?=\w)|(?<=\w)(?=[\u4e00-\u9fff])")


@event_priority(-200)
def on_post_build(config: MkDocsConfig) -> None:
    """After every other plugin has written the index."""
    path = Path(config.site_dir) / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    entries = {}
    for entry in index["docs"]:
        for part in ("title", "text"):
            entry[part] = BESIDE_CHINESE.sub(BREAK, entry[part].replace(BREAK, ""))
        entries.setdefault((entry["title"], entry["text"]), entry)
    index["docs"] = list(entries.values())  # a page that exists in one language only is built in both, and found once
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
