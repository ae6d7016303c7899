"""When two names are one: what a modeller writes in another case, with other blanks or in quotes is the same variable.

Within the engine a name is as PySD's references have it (`engine.scope.clean`), which tells more apart.
"""

from __future__ import annotations

import re

_BLANK = re.compile(r"(?:\\\s|[\s_])+")  # a backslash at a line's end goes on with the name in the next
_BRACKET = re.compile(r"\s*([\[\],])\s*")


def canonical(name: str) -> str:
    """A name without case, quotes and kinds of blank; equal for names that mean one variable."""
    return _BRACKET.sub(r"\1", _BLANK.sub(" ", name.replace('"', "").strip().lower()))
