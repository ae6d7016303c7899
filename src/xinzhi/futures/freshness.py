"""Whether the last fit still holds: has anything changed that it depends on?

A fit depends on its plan, priors and figures, and on what the model says of the past. The latter is fingerprinted from
the program itself, cut down to what the fit reads, with every lever at its base: so a target, an indicator, a scenario,
a lever at its base or a sentence of documentation leaves a fit as it is.
"""

from __future__ import annotations

from xinzhi.content.content import Content
from xinzhi.content.fitted import FITTED, Fitted, halves, inputs_hash, read_fitted, stated
from xinzhi.errors import Message, msg


def stale(content: Content) -> Message | None:
    """A warning where there is a fit and something that it depends on has changed since, or its halves are of two fits;
    None otherwise."""
    try:
        said = stated(content.folder)
    except FileNotFoundError:
        return halves(content.folder)
    except (OSError, ValueError):
        said = {}
    if holds(content, said.get("inputs"), said.get("depends")):
        return halves(content.folder)
    return msg(
        "the fit in {file} is out of date: the model or its data have changed; run xinzhi fit --write", file=FITTED
    )


def current_fit(content: Content) -> Fitted | None:
    """What the last fit left; None where there is none; no constant, and a warning, where it is `stale`.

    Raises `ContentError` where its file is damaged.
    """
    if not (content.folder / FITTED).exists():
        return None
    warning = stale(content)
    return read_fitted(content.folder) if warning is None else Fitted({}, warning)


def holds(content: Content, inputs: str | None, depends: str | None) -> bool:
    """Whether what was made from files of the hash ``inputs``, of the fingerprint ``depends``, is still true."""
    if inputs == inputs_hash(content.folder) or not depends:
        return inputs == inputs_hash(content.folder)
    from xinzhi.futures.fit_dependence import fingerprint  # it takes the engine, which files that are equal do not need

    return depends == fingerprint(content)
