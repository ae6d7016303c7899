"""xinzhi: a system-dynamics scenario simulator for a province's targets on new quality productive forces.

>>> import xinzhi
>>> project = xinzhi.load_project()
>>> run = project.run("baseline", levers={"public_rd_growth": "12%"})
>>> xinzhi.load_model("any.mdl").run()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinzhi.model import Model, load_model
    from xinzhi.project import Project, load_project

__version__ = "0.1.0"
__all__ = ["Model", "Project", "__version__", "load_model", "load_project"]


def __getattr__(name: str) -> object:
    if name in ("Project", "load_project"):
        from xinzhi import project

        return getattr(project, name)
    if name in ("Model", "load_model"):
        from xinzhi import model

        return getattr(model, name)
    raise AttributeError(f"module 'xinzhi' has no attribute {name!r}")
