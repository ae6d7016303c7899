"""What the program itself contributes to results that are kept."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from xinzhi.engine.compiled import engine_hash

WORDS = {"words.py", "charts.py", "panel.py", "study.py"}  # of a study: they change no number


@lru_cache(maxsize=1)
def analysis_hash() -> str:
    """A hash of the code that draws, fits and judges: what another version drew or fitted is not used."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(engine_hash().encode())
    for path in sorted(it for name in ("analysis", "futures", "studies") for it in (package / name).rglob("*.py")):
        if path.name not in WORDS:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
