"""When two names are one: what a modeller writes in another case, with other blanks or in quotes is the same variable.

Within the engine a name is as PySD's references have it (`engine.scope.clean`), which tells more apart.
"""

from __future__ import annotations

import re

# A backslash at the end of a line goes on with the name in the next.
_BLANK = re.compile(r"(?<=[^\s_])(?:\\\s|[\s_])+(?=[^\s_])")
_BRACKET = re.compile(r"\s*([\[\],])\s*")


def canonical(name: str) -> str:
    """A name without case, quotes and kinds of blank; equal for names that mean one variable.

    An underscore before or behind it is none of these: ``_x`` and ``x`` are two.
    """
    return _BRACKET.sub(r"\1", _BLANK.sub(" ", name.replace('"', "").strip().lower()))
