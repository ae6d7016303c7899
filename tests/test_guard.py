"""The server that `xinzhi app` starts, against clients that keep to none of the page's rules."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from attacker import Attacker
from visitor import Visitor, app_command, free_port, served
from xinzhi.cli.server import server_command

MB = 1_000_000
HOSTILE = b"a: " + b"[" * 90_000


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guard") / "log"


@pytest.fixture(scope="module")
def page(own_cache: Path, log: Path) -> Iterator[str]:
    address = f"http://127.0.0.1:{free_port()}"
    command = app_command(int(address.rpartition(":")[2]))
    with log.open("wb") as file, served(command, f"{address}/_stcore/health", stderr=file) as process:
        os.environ["XINZHI_TEST_PID"] = str(process.pid)
        yield address


def answer(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=20) as found:
            return found.status, {name.lower(): value for name, value in found.headers.items()}, found.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


def resident(pid: str) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def test_limits_are_the_servers_own_and_faults_show_nothing() -> None:
    command = server_command(8501, True, "127.0.0.1", "")
    options = dict(zip(command[3::2], command[4::2], strict=True))
    assert options["--server.maxUploadSize"] == options["--server.maxWidgetStateSize"] == "1"
    assert options["--server.maxMessageSize"] == "5" and options["--client.showErrorDetails"] == "none"


def test_every_answer_has_its_headers_and_the_page_a_word_to_old_browsers(page: str) -> None:
    status, headers, body = answer(f"{page}/", **{"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert status == 200 and int(headers["content-length"]) == len(body)
    text = body.decode("utf-8")
    assert text.index('RegExp("a", "v")') < text.index('type="module"') and "较新" in json.loads(
        '"' + text.partition('<p lang=\\"zh\\">')[2].partition("<")[0] + '"'
    )
    again, *_ = answer(f"{page}/", Accept="text/html", **{"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert again == 200
    for path in ("/", "/_stcore/health", "/static/none.js", "/_stcore/metrics"):
        _, headers, _ = answer(page + path)
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "SAMEORIGIN", path
        assert "frame-ancestors 'self'" in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "same-origin", path


def test_the_servers_figures_are_not_shown(page: str) -> None:
    assert answer(f"{page}/_stcore/metrics")[0] == 404


def test_too_large_a_file_is_refused_and_many_files_take_no_memory(page: str) -> None:
    pid = os.environ["XINZHI_TEST_PID"]
    with Attacker(page) as attacker:
        assert attacker.put(bytes(2 * MB)) == 413
        assert attacker.put(bytes(MB)) == 204
        before = resident(pid) if Path("/proc/self/status").is_file() else 0.0
        assert {attacker.put(bytes(MB)) for _ in range(40)} == {204}
        after = resident(pid) if before else 0.0
        assert after - before < 20


def test_too_large_a_message_ends_its_session(page: str) -> None:
    with Attacker(page) as attacker:
        attacker.socket.send(bytes(300_000))
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                attacker.socket.recv(timeout=20)
        assert ended.value.rcvd is not None and ended.value.rcvd.code == 1009


def test_what_the_page_never_sends_is_left_out_and_costs_nobody_anything(page: str) -> None:
    """Streamlit would empty every visitor's caches for anyone: a move then takes the model's reading and a compilation."""
    with Visitor(page) as visitor, Attacker(page) as attacker:
        visitor.move(0, 0.3)
        usual = max(visitor.move(0, share / 10) for share in range(3, 6))
        message = BackMsg()
        message.clear_cache = True
        for _ in range(20):
            attacker.socket.send(message.SerializeToString())
        skills = BackMsg()
        skills.backend_operation_request.install_skills.SetInParent()
        attacker.socket.send(skills.SerializeToString())
        attacker.run(BackMsg())
        assert min(visitor.move(0, share / 10) for share in range(3, 6)) < 1.5 * usual  # the same moves: from the cache
        assert "st.session_state" not in attacker.said and visitor.failures == []


@pytest.mark.parametrize("sent", ['"released"', "null", "{}", "[]", "7", '"settings"'])
def test_crafted_settings_are_answered_and_nothing_breaks(page: str, sent: str) -> None:
    with Attacker(page, "lang=en") as attacker:
        for value in (sent, f'{{"rev": {sent}, "settings": {{}}}}', f'{{"rev": 1, "settings": {sent}}}'):
            attacker.send_trigger(f'[{{"event": "released", "value": {value}}}]')
            assert "Traceback" not in attacker.said and "has a fault" not in attacker.said, value


def test_crafted_messages_are_answered_with_a_sentence_or_a_number(page: str, log: Path) -> None:
    with Attacker(page, "lang=en") as attacker:
        for value in (
            '{"rev": 1, "settings": {"no_such_lever": [1, 2, 3]}}',
            '{"rev": 1, "settings": {"public_rd_growth": [NaN, NaN, NaN]}}',
            '{"rev": 1, "settings": {"public_rd_growth": [1e999, 2025, 1]}}',
            '{"rev": 1, "settings": {"public_rd_growth": "abc"}}',
            '{"rev": 1, "settings": {"public_rd_growth": [1]}}',
        ):
            attacker.send_trigger(f'[{{"event": "released", "value": {value}}}]')
            assert "could not be taken over" in attacker.said, value
        for broken in ("[" * 100_000, "x", "[1, 2]", '[{"event": 7}]', "NaN", ""):
            attacker.send_trigger(broken)
            assert "Traceback" not in attacker.said and str(Path(__file__).parents[1]) not in attacker.said, broken
        attacker.run(BackMsg())
        assert "workspace" in attacker.said  # the page is still there
    assert "Traceback" not in attacker.said


def test_a_signal_ends_the_server_in_time_under_attack(own_cache: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def attack() -> None:
        try:
            with Attacker(address) as attacker:
                while True:
                    attacker.upload(HOSTILE)
        except (OSError, ConnectionClosed, TimeoutError):
            return

    with served(app_command(port), f"{address}/_stcore/health") as process:
        threads = [threading.Thread(target=attack, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(3)
        start = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - start < 4
