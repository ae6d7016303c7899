"""Interim."""

from __future__ import annotations
import hashlib, warnings
from pathlib import Path
from xinzhi.engine.program import FORMAT, Program
from xinzhi.store import Store


def read_program(path: Path, store: Store, *, own: bool = False) -> Program:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    name = f"program-{FORMAT}-{digest}"
    kept = store.load_bytes(name)
    if kept is not None:
        return Program.from_json(kept.decode())
    from xinzhi.engine.lower import lower

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".mdl":
            from pysd.translators.vensim.vensim_file import VensimFile as F
        else:
            from pysd.translators.xmile.xmile_file import XmileFile as F
        f = F(path)
        f.parse()
        program = lower(f.get_abstract_model(), path.parent)
    store.save_bytes(name, program.to_json().encode())
    return program
