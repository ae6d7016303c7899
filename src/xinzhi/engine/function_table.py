"""Every function that `lower` knows, by PySD's name for its call or for the structure that its parser makes of it.

A new function is one entry in the table of the module that it belongs to; one that no composition gives is also one of
`operations.FUNCTIONS`. It is interpreted until `emit_values` has a form for it.
"""

from __future__ import annotations

from xinzhi.engine import arrays, distributions, functions, lookups, stateful
from xinzhi.engine.equation import NO_FUNCTIONS, VENSIM, XMILE
from xinzhi.engine.lowering import Build

BUILD: dict[str, Build] = {}
for _table in (functions.FUNCTIONS, distributions.FUNCTIONS, lookups.FUNCTIONS, arrays.FUNCTIONS, stateful.FUNCTIONS):
    BUILD |= _table


def written_names() -> list[str]:
    """The functions as modellers write them, in capitals, those of Vensim and of XMILE together.

    A name with a capital in it is PySD's own, for what one language means by a name of the other.
    """
    calls = {name for name in BUILD if name == name.lower() and not name.endswith("_xmile")}
    structures = (VENSIM.functions.keys() | XMILE.functions.keys()) - NO_FUNCTIONS
    return sorted(name.replace("_", " ").upper() for name in calls | structures)
