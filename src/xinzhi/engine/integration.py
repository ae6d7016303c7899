"""What a model file says of how its stocks are integrated, and which of the engine's methods answers it.

Vensim's manual, "Selecting an Integration Technique"; XMILE 1.0, section 3.4.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xinzhi.errors import Message, msg

EULER, RK4 = "euler", "rk4"
_SETTINGS = re.compile(r"^:L\x7f?<%\^E!@|^///---\\\\\\", re.MULTILINE)
_TYPE = re.compile(r"^15:\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*(\d+)", re.MULTILINE)
_VENSIM = {
    0: ("Euler", EULER), 1: ("RK4 Auto", RK4), 2: ("Difference", EULER), 3: ("RK2 Auto", RK4), 4: ("RK2 Fixed", RK4),
    5: ("RK4 Fixed", RK4),
}  # fmt: skip
_SAME = ("Euler", "RK4 Fixed")


@dataclass(frozen=True)
class Integration:
    """``method`` is one of METHODS, or "" where none answers; ``asked`` is the file's own name of another one."""

    method: str = EULER
    asked: str = ""

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is to be said of a run by this method: nothing of plain Euler."""
        if not self.method or (self.method == EULER and not self.asked):
            return ()
        name = {EULER: "Euler", RK4: "RK4"}[self.method]
        if not self.asked:
            return (msg("stocks are integrated by {method}, as the file says", method=name),)
        return (msg("the file asks for {asked}; stocks are integrated by {method} with steps of TIME STEP",
                    asked=self.asked, method=name),)  # fmt: skip


def of_vensim(text: str) -> Integration:
    """By the settings that stand behind the sketches; a file without them is Vensim's default, Euler."""
    start = _SETTINGS.search(text)
    kind = _TYPE.search(text, start.end()) if start else None
    if kind is None:
        return Integration()
    asked, method = _VENSIM.get(int(kind[1]), (kind[1], ""))
    return Integration(method, "" if asked in _SAME else asked)


def of_xmile(written: str) -> Integration:
    """By ``<sim_specs method="…">``: the first supported of several names counts; RK2 implies RK4 in the standard."""
    names = [name.strip() for name in written.split(",") if name.strip()]
    for name in names:
        method = name.lower().replace(" ", "")
        if method in (EULER, RK4):
            return Integration(method)
        if method == "rk2":
            return Integration(RK4, name)
    adaptive = next((name for name in names if name.lower() == "rk45"), None)
    if adaptive is not None:
        return Integration(RK4, adaptive)
    return Integration("", ", ".join(names)) if names else Integration()
