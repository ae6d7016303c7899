"""xinzhi: a system-dynamics scenario simulator for a province's targets on new quality productive forces.

>>> import xinzhi
>>> project = xinzhi.load_project()
>>> run = project.run("baseline", levers={"public_rd_growth": "12%"})
>>> xinzhi.load_model("any.mdl").run()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinzhi.errors import ContentError, ModelError, OutputError, SimulationError, XinzhiError
    from xinzhi.model import Model, load_model
    from xinzhi.project import Project, load_project
    from xinzhi.simulate import Run
    from xinzhi.studies.answer import Answer
    from xinzhi.studies.ask import Ask, Kind
    from xinzhi.studies.study import Study
    from xinzhi.studies.table import Cells, Column, Lines, Table

__version__ = "0.1.0"
__all__ = [
    "Answer", "Ask", "Cells", "Column", "ContentError", "Kind", "Lines", "Model", "ModelError", "OutputError",
    "Project", "Run", "SimulationError", "Study", "Table", "XinzhiError", "__version__", "load_model", "load_project",
]  # fmt: skip
_MODULES = {
    "errors": ("ContentError", "ModelError", "OutputError", "SimulationError", "XinzhiError"),
    "model": ("Model", "load_model"),
    "project": ("Project", "load_project"),
    "simulate": ("Run",),
    "studies.answer": ("Answer",),
    "studies.ask": ("Ask", "Kind"),
    "studies.study": ("Study",),
    "studies.table": ("Cells", "Column", "Lines", "Table"),
}  # read when they are asked for: a start takes what it needs


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"xinzhi.{module}"), name)
    raise AttributeError(f"module 'xinzhi' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__]
