"""Objects that are looked at in a shell or notebook: one short line each."""

from __future__ import annotations

LONGEST = 200


class Brief:
    """A mixin whose ``repr`` is the class's name and what `brief` says, in one line of at most 200 characters.

    Data classes that use it are declared with ``repr=False``.
    """

    def brief(self) -> str:
        """What the object is, in a few words; nothing where its class says all."""
        return ""

    def __repr__(self) -> str:
        line = " ".join(f"{type(self).__name__}({self.brief()})".split())
        return line if len(line) <= LONGEST else line[: LONGEST - 2] + "…)"
