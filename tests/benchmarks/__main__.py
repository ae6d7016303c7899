"""Every benchmark in one table: first what it agrees with, then how long it takes, then the ratio. Run: make bench

Some benchmarks need a browser or a server, and some minutes; names choose some of them. Each runs in a process of its own.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from table import Row, line, lines

BARE = ("engine", "first_path", "compile", "vector_math", "wasm", "sensitivity", "ensembles", "futures")
SERVED = ("live_page", "sessions", "hostile")


def table_lines(names: list[str], options: list[str]) -> Iterator[str]:
    """One table of these benchmarks; of one that does not end, a line says so, and the others go on."""
    yield from lines([])
    for name in names:
        script = Path(__file__).with_name(f"bench_{name}.py")
        command = [sys.executable, "-W", "ignore", str(script), *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child:
            assert child.stdout is not None
            written = (text.rstrip("\n") for text in child.stdout if text.startswith("| "))
            next(written, None)  # the heads
            yield from written
        if child.returncode:
            yield line(Row(f"{name}: BROKEN, exit code {child.returncode}"))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*BARE, *SERVED)))
    asked.add_argument("--small", action="store_true", help="see that all run; the times mean nothing")
    options = asked.parse_args()
    unknown = set(options.names) - {*BARE, *SERVED}
    if unknown:
        asked.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join((*BARE, *SERVED))}")
    print(f"{datetime.date.today()}, {platform.machine()}, Python {platform.python_version()}\n")
    broken = False
    for text in table_lines(options.names or [*BARE, *SERVED], ["--small"] if options.small else []):
        broken |= "BROKEN" in text
        print(text, flush=True)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
