"""A fault of the program: a sentence with a number on the page, and all about it under that number in the log."""

from __future__ import annotations

import logging
from secrets import token_hex

from xinzhi.dashboard.markup import draw_notice
from xinzhi.dashboard.session import Notice, page_lang
from xinzhi.errors import Message, XinzhiError, msg

_log = logging.getLogger("xinzhi")


def noted(error: Exception) -> Message:
    """A visitor's sentence for a fault that has been put into the log."""
    number = token_hex(4)
    _log.error("fault %s", number, exc_info=error)
    return msg("The program has a fault here. Please tell who runs it, with the number {number}.", number=number)


def tell(error: Exception) -> bool:
    """Tell a visitor what his page met; true: nothing else is to be shown of it."""
    if isinstance(error, XinzhiError):
        notice = Notice("error", msg("This cannot be shown."), error.problems)
    else:
        notice = Notice("error", noted(error))
    draw_notice(notice, page_lang())
    return True
