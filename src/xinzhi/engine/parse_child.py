"""What runs in the process that `xinzhi.engine.parse` starts for a model that is not the project's own.

It binds itself to limits, reads the model's bytes from standard input and writes its answer to standard output: ``P``
and the program's text, or ``E`` and the problems as JSON. Nothing here is trusted by the process that reads it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinzhi.engine import message_json
from xinzhi.errors import ModelError, Place, Problem

OUT_OF_MEMORY = b"M"
STACK = 256 * 2**20  # bytes; address space only, until it is used


def main(task: Mapping[str, Any]) -> None:
    """Answer one task: ``file`` (absolute), ``shown``, ``seconds`` and ``memory`` (bytes)."""
    from xinzhi.engine.model_text import FRAMES

    _limit(int(task["seconds"]), int(task["memory"]))
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what PySD prints is no answer
    answers: list[bytes] = []
    sys.setrecursionlimit(FRAMES)
    threading.stack_size(STACK)
    reader = threading.Thread(target=lambda: answers.append(_answer(task)))
    reader.start()
    reader.join()
    if not answers:
        sys.exit(1)
    with os.fdopen(answer_to, "wb") as stream:
        stream.write(answers[0])


def _answer(task: Mapping[str, Any]) -> bytes:
    try:
        from xinzhi.engine.translate import program_of

        content = sys.stdin.buffer.read()
        return (
            b"P" + program_of(content, Path(task["file"]), str(task["shown"]), Path(task["limit"])).to_json().encode()
        )
    except ModelError as error:
        return b"E" + json.dumps([written(problem) for problem in error.problems]).encode()
    except MemoryError:
        return OUT_OF_MEMORY


def _limit(seconds: int, memory: int) -> None:
    """Bound processor time, address space, open files; no file can grow, no core is left. Nothing on Windows."""
    try:
        import resource
    except ImportError:
        return
    for name, most in (("AS", memory), ("CPU", seconds), ("FSIZE", 0), ("NOFILE", 128), ("CORE", 0)):
        try:
            which = getattr(resource, f"RLIMIT_{name}")
            before = resource.getrlimit(which)[1]
            least = most if before == resource.RLIM_INFINITY else min(most, before)
            hard = before if name == "CPU" else least  # at the hard limit comes SIGKILL, which says nothing
            resource.setrlimit(which, (least, hard))
        except (AttributeError, ValueError, OSError):  # macOS knows RLIMIT_AS but does not always take it
            continue


def written(problem: Problem) -> dict[str, Any]:
    """A problem as JSON; of its place only the line, for the parent knows the file."""
    return {
        "line": problem.place.line if problem.place else None,
        "message": message_json.written(problem.message),
        "remedy": message_json.written(problem.remedy) if problem.remedy else None,
    }


def read_back(row: Any, shown: str) -> Problem:
    """The problem of `written`. Raises ValueError, TypeError or LookupError where the text is another."""
    line, remedy = row["line"], row["remedy"]
    if not (line is None or isinstance(line, int)):
        raise TypeError(line)
    message = message_json.read_back(row["message"])
    return Problem(Place(shown, line), message, message_json.read_back(remedy) if remedy else None)
