"""What the program itself contributes to results that are kept."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from xinzhi.engine.compiled import engine_hash


@lru_cache(maxsize=1)
def analysis_hash() -> str:
    """A hash of the code of analysis and engine: what another version drew or fitted is not used."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(engine_hash().encode())
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
