"""The methods of sensitivity in plain words: what each is called, and what its picture shows."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.show.words import N_

NAMES: Mapping[str, str] = {
    "local": N_("One at a time (local)"),
    "morris": N_("All by turns, from many starting points (Morris)"),
    "sobol": N_("Shares of the spread (Sobol')"),
    "pawn": N_("What shifts the outcomes (PAWN)"),
    "regional": N_("What separates success from failure (regional)"),
}
LEADS: Mapping[str, str] = {
    "local": N_("Each uncertain input alone goes from the low to the high end of what is thought possible (5% to 95%), "
                "all else as it is. A bar shows where the target's value ends up: the longer, the more hangs on it."),
    "morris": N_("Each uncertain input is moved in turn, from many different starting points. A bar shows how far the "
                 "target's value moves on average: the longer, the more hangs on it."),
    "sobol": N_("All uncertain inputs vary at once, and the target's value with them. The bars show which part of that "
                "spread each input makes, alone (first order) and together with others (total order)."),
    "pawn": N_("The longer a bar, the more the range of outcomes shifts once that input is known. Up to the dashed "
               "line it is no more than chance."),
    "regional": N_("Runs that meet the target are set beside runs that miss it. The longer a bar, the more clearly "
                   "that input separates the two."),
}  # fmt: skip
