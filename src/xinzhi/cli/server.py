"""The page's server: its command, its address, its life."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from xinzhi.cli.ending import REFUSED
from xinzhi.errors import Problem, XinzhiError, msg


def clean_base_path(written: str) -> str:
    """The path without slashes around it. Raises `XinzhiError`."""
    path = written.strip("/")
    if path and not re.fullmatch(r"[\w-]+(/[\w-]+)*", path, re.ASCII):
        raise XinzhiError(
            Problem(
                None,
                msg('"{written}" is not a path', written=written),
                msg("write letters, digits, - and _, such as --base-path xinzhi"),
            )
        )
    return path


def check_port(address: str, port: int) -> None:
    """Raises `XinzhiError` where the page cannot listen, in words that say what to do."""
    try:
        family, *_, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            problem = Problem(
                None,
                msg("port {port} is in use or not allowed", port=port),
                msg("choose another with --port"),
            )
        else:
            problem = Problem(
                None,
                msg('"{address}" is not an address of this machine', address=address),
                msg("write --address 127.0.0.1, or 0.0.0.0 for the whole network"),
            )
        raise XinzhiError(problem) from error


def page_url(address: str, port: int, base_path: str) -> str:
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(address, f"[{address}]" if ":" in address else address)
    path = clean_base_path(base_path)
    return f"http://{host}:{port}/{path}/" if path else f"http://{host}:{port}/"


def server_command(port: int, headless: bool, address: str, base_path: str) -> list[str]:
    """How the page's server is started.

    Nobody is asked for a mail address, as Streamlit does in a terminal that it does not know. Nothing is asked of the
    internet: no usage statistics, and no welcome, for which a headless server on 0.0.0.0 asks a web service for its own
    address. What a visitor sends is limited, in megabytes; a fault of the program shows him nothing of this machine;
    what Streamlit has no option for does `xinzhi.dashboard.guard`. The page's colours and fonts are in
    .streamlit/config.toml beside it.
    """
    return [
        sys.executable, "-m", "xinzhi.dashboard",
        "--server.port", str(port), "--server.headless", str(headless).lower(),
        "--server.address", address, "--server.baseUrlPath", base_path,
        "--browser.gatherUsageStats", "false", "--logger.hideWelcomeMessage", "true",
        "--client.toolbarMode", "minimal", "--server.fileWatcherType", "none", "--server.showEmailPrompt", "false",
        "--server.maxUploadSize", "1", "--server.maxMessageSize", "5", "--server.maxWidgetStateSize", "1",
        "--client.showErrorDetails", "none",
    ]  # fmt: skip


def serve(command: list[str], folder: Path, lang: str | None) -> int:
    """Run the page's server until it is stopped; where the system can, in this process' place: signals reach it.

    The page opens in ``lang``, in each browser's own language where there is none.
    """
    environment = {**os.environ, "XINZHI_PROJECT": str(folder.resolve())}
    if lang is not None:
        environment["XINZHI_LANG"] = lang
    sys.stderr.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)
    try:
        return REFUSED if subprocess.call(command, env=environment) else 0
    except KeyboardInterrupt:
        return 0
