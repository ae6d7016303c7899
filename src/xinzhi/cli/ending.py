"""How a command ends: its exit code, and the sentence where it did not do what was asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from xinzhi.errors import ContentError, OutputError, Problem, XinzhiError, msg, why
from xinzhi.extras import missing_part
from xinzhi.show.streams import OutputGoneError
from xinzhi.show.words import say, t

MISSED = 1
REFUSED = 2
FAULT = 70
STOPPED = 130
NOBODY_READS = 141
DEBUG_VARIABLE = "XINZHI_DEBUG"


FORMER = {"hindcast": "backtest"}  # commands that have a new name


class Commands(click.Group):
    """A group that leaves a broken pipe to `ended`: click takes each for standard output's, and ends with 1."""

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        """As click's. Raises `ContentError` with the new name for a command of earlier versions."""
        if args and args[0] in FORMER:
            problem = msg("xinzhi {command} has a new name", command=args[0])
            raise ContentError(Problem(None, problem, msg("run: xinzhi {command}", command=FORMER[args[0]])))
        return super().resolve_command(context, args)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except BrokenPipeError as error:
            raise RuntimeError(str(error)) from error


def ended(command: Callable[[], Any], lang: str) -> int:
    """Run ``command``; its exit code.

    0 done; 1 a check or target missed; 2 bad input, a run that failed, or a file that cannot be written; 70 a fault of
    the program; 130 stopped by Ctrl+C; 141 the reader of standard output has gone.
    """
    try:
        code = _code(command, lang)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OutputGoneError as gone:
        if gone.closed:
            return NOBODY_READS
        return _refused(OutputError(Problem(None, msg("standard output cannot be written ({reason})",
                                                      reason=why(gone.error)))), lang)  # fmt: skip
    except KeyboardInterrupt:
        return STOPPED
    return code


def _code(command: Callable[[], Any], lang: str) -> int:
    try:
        returned = command()
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else 0 if asked.code is None else REFUSED
    except XinzhiError as error:
        return _refused(error, lang)
    except click.ClickException as error:
        error.show()
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo(t("Stopped.", lang), err=True)
        return STOPPED
    except OutputGoneError:
        raise
    except MemoryError:
        return _refused(XinzhiError(Problem(None, msg("the memory of this machine is not enough for this"))), lang)
    except Exception as error:  # noqa: BLE001 - whatever is left is a fault of the program, and is told as one
        missing = missing_part(error) if isinstance(error, ImportError) else None
        return _fault(error, lang) if missing is None else _refused(missing, lang)
    return returned if isinstance(returned, int) else 0


def _refused(error: XinzhiError, lang: str) -> int:
    click.echo(say(error, lang), err=True)
    return REFUSED


def _fault(error: Exception, lang: str) -> int:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    problem = msg("this is a fault of xinzhi itself ({said})", said=said)
    remedy = msg("run the command again with {variable}=1 set and report all that it prints", variable=DEBUG_VARIABLE)
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        traceback.print_exception(error)
    click.echo(say(Problem(None, problem, remedy), lang), err=True)
    return FAULT
