"""The page as an office serves it: the documents' own nginx and systemd files, on this machine's loopback alone."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser
from websockets.exceptions import InvalidStatus

from browser import Live
from conftest import ROOT
from visitor import Visitor, app_command, fetch, free_port, open_websocket, served
from xinzhi.cli import commands
from xinzhi.cli.server import page_url, server_command

SERVING = ROOT / "docs" / "serving"
UNIT, NGINX = (SERVING / name for name in ("xinzhi.service", "nginx.conf"))
MOST = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/xinzhi.conf;
}}
"""


def unit_settings(name: str) -> list[str]:
    """Every value of a setting in the systemd unit."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


class Trap:
    """What a program that honours the environment's proxy would ask of the internet comes here and is counted."""

    def __init__(self) -> None:
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.close()


@pytest.fixture(scope="module")
def app(own_cache: Path, trap: Trap, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The service that the systemd unit starts, with this checkout's program and cache, on a free port; the port."""
    port = free_port()
    (started,) = unit_settings("ExecStart")
    arguments = shlex.split(started)[2:]
    arguments[arguments.index("--port") + 1] = str(port)
    language = dict(pair.split("=") for pair in unit_settings("Environment")[0].split())
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), trap.address)
    with served(
        [*app_command(port)[:4], *arguments],
        f"http://127.0.0.1:{port}/xinzhi/_stcore/health",
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={**os.environ, **language, **proxies, "NO_PROXY": "", "no_proxy": ""},
    ):
        yield port


@pytest.fixture(scope="module")
def proxy(app: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx with the documents' file, its two ports replaced; the page's address behind it."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if nginx is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no nginx, and under CI the test of the reverse proxy has to run")
        pytest.skip("there is no nginx on this machine (make proxy installs Debian's)")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    site = replaced(NGINX.read_text(encoding="utf-8"), "listen 80;", f"listen 127.0.0.1:{port};")
    site = replaced(site, "http://127.0.0.1:8501;", f"http://127.0.0.1:{app};")
    (folder / "xinzhi.conf").write_text(site, encoding="utf-8")
    (folder / "nginx.conf").write_text(MOST.format(folder=folder), encoding="utf-8")
    folder.chmod(0o755)
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    page = f"http://127.0.0.1:{port}/xinzhi"
    with served(command, f"{page}/_stcore/health", stderr=subprocess.DEVNULL):
        yield page


def test_health_and_page_answer_through_the_proxy(proxy: str) -> None:
    assert fetch(f"{proxy}/_stcore/health") == b"ok"
    page = fetch(f"{proxy}/").decode()
    assert "<title>Streamlit</title>" in page
    scripts = re.findall(r'src="([^"]+\.js)"', page)
    assert scripts and all(fetch(f"{proxy}/{script.removeprefix('./')}") for script in scripts)
    assert fetch(proxy) == fetch(f"{proxy}/")  # without the last slash the proxy sends on


def test_nothing_else_of_the_server_is_shown_through_the_proxy(proxy: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(proxy.removesuffix("xinzhi") + "_stcore/health")


def test_a_planner_works_through_the_proxy_and_the_server_asks_the_internet_nothing(proxy: str, trap: Trap) -> None:
    asked = trap.asked
    with Visitor(proxy, query="ui=native") as visitor:
        assert visitor.status == 101 and visitor.failures == []
        labels = [slider.label for slider in visitor.sliders.values()]
        assert len(labels) == 7 and "政府研发投入" in labels[0]  # the open group; LANG of the unit: Chinese
        assert visitor.move(0, 1) < 30 and visitor.failures == []
    assert trap.asked == asked


def test_the_websocket_of_another_site_is_refused(proxy: str) -> None:
    with pytest.raises(InvalidStatus, match="403"), open_websocket(proxy, "http://elsewhere.invalid"):
        pass


def test_the_server_listens_at_this_machine_alone(app: int) -> None:
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].is_file():
        pytest.skip("there is no /proc/net/tcp on this system")
    rows = [row.split() for table in tables if table.is_file() for row in table.read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{app:04X}")]
    assert listening == [f"0100007F:{app:04X}"]


@pytest.mark.browser
def test_a_browser_draws_the_page_through_the_proxy_and_takes_files_out_and_in(
    chromium: Browser,
    proxy: str,
    tmp_path: Path,
) -> None:
    visit = Live(chromium, proxy, "?lang=en")
    try:
        assert len(visit.verdicts()) == 5 and float(visit.said("difference")) <= 1e-11  # workers and vectors run
        with visit.page.expect_download() as found:
            visit.page.get_by_role("button", name="Download YAML").click()
        found.value.save_as(tmp_path / "scenario.yaml")
        visit.page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(tmp_path / "scenario.yaml")
        visit.page.get_by_text("is now shown").wait_for(timeout=30_000)
        assert visit.troubles == []
    finally:
        visit.context.close()


def test_a_first_start_on_a_new_machine_asks_nothing(own_cache: Path, tmp_path: Path) -> None:
    """Streamlit would ask for a mail address before it serves: in a home that it has never seen, with a browser to open."""
    port = free_port()
    command = [it for it in app_command(port) if it != "--headless"]
    home = {**os.environ, "HOME": str(tmp_path), "BROWSER": "true"}
    with served(command, f"http://127.0.0.1:{port}/_stcore/health", cwd=ROOT, env=home, stdin=subprocess.DEVNULL):
        pass


def test_a_stop_reaches_the_server(own_cache: Path) -> None:
    port = free_port()
    with served(app_command(port), f"http://127.0.0.1:{port}/_stcore/health") as process:
        process.terminate()
        process.wait(15)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def test_every_address_is_served_without_asking_the_internet() -> None:
    for address in ("127.0.0.1", "0.0.0.0", "::"):
        command = server_command(8501, True, address, "")
        options = dict(zip(command[5::2], command[6::2], strict=True))
        assert options["--server.address"] == address
        assert options["--browser.gatherUsageStats"] == "false"
        assert options["--logger.hideWelcomeMessage"] == "true"  # for it Streamlit asks the internet for its address


def test_the_server_is_told_a_language_only_where_one_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str | None] = []

    def start(_command: str, _arguments: list[str], environment: dict[str, str]) -> None:
        given.append(environment.get("XINZHI_LANG"))
        raise SystemExit

    monkeypatch.setattr(os, "execve", start)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for asked in ([], ["--lang", "zh"], ["--lang", "en"]):
        CliRunner().invoke(commands("en"), ["app", "--headless", "--port", str(free_port()), *asked])
    assert given == [None, "zh", "en"]


def test_the_pages_address_is_told() -> None:
    assert page_url("127.0.0.1", 8501, "") == "http://127.0.0.1:8501/"
    assert page_url("0.0.0.0", 80, "/a/b/") == "http://localhost:80/a/b/"
    assert page_url("::1", 8501, "xinzhi") == "http://[::1]:8501/xinzhi/"


def test_what_cannot_be_served_is_one_sentence(shell: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        bad = [
            (["--port", port], f"port {port} is in use or not allowed; choose another with --port."),
            (["--address", "192.0.2.1"], '"192.0.2.1" is not an address of this machine; write --address 127.0.0.1'),
            (["--base-path", "a b"], '"a b" is not a path; write letters'),
            (["--base-path", "../x"], '"../x" is not a path'),
        ]
        for arguments, sentence in bad:
            done = shell("app", "--headless", *arguments)
            assert done.returncode == 2 and sentence in done.stderr and "Traceback" not in done.stderr, done.stderr
            assert done.stderr.count("\n") == 1


def test_unit_and_proxy_name_the_same_port_and_path() -> None:
    (started,) = unit_settings("ExecStart")
    site = NGINX.read_text(encoding="utf-8")
    arguments = shlex.split(started)
    port, path = (arguments[arguments.index(name) + 1] for name in ("--port", "--base-path"))
    assert re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", site) == [port]
    assert re.findall(r"location (?:= )?(\S+) ", site) == ["/", f"/{path}", f"/{path}/_stcore/metrics", f"/{path}/"]


def test_the_unit_is_valid(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine")
    text = replaced(UNIT.read_text(encoding="utf-8"), "ExecStart=/opt/xinzhi/bin/xinzhi ", "ExecStart=/bin/true ")
    (tmp_path / "xinzhi.service").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "xinzhi.service")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0 and "xinzhi.service" not in done.stderr, done.stderr


def test_the_two_pages_on_serving_are_equals() -> None:
    pages = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("serving.en.md", "serving.zh.md")]
    english, chinese = (
        [re.sub(r"\s+#.*", "", block) for block in re.findall(r"^```.*?^```$", page, re.MULTILINE | re.DOTALL)]
        for page in pages
    )
    assert english == chinese and english
    assert pages[0].count("\n## ") == pages[1].count("\n## ")
    numbers = [sorted(re.findall(r"\d+(?:\.\d+)?", re.sub(r"```.*?```", "", page, flags=re.DOTALL))) for page in pages]
    assert numbers[0] == numbers[1]
    for page in pages:
        for linked in re.findall(r"\]\(([^)#]+)\)", page):
            assert (ROOT / "docs" / linked).exists(), linked
