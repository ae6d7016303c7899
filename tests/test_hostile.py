"""What a stranger sends to the page: every piece of it is read in bounded time and answered, and nobody else sees it."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import Future
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attacker import hostile_files
from conftest import ROOT
from xinzhi.content.content import Content
from xinzhi.dashboard import futures
from xinzhi.dashboard import lever_state as state
from xinzhi.dashboard.lever_state import LARGEST_UPLOAD, MOST_UPLOADS, History, State, start_from
from xinzhi.dashboard.link import MOST_COMPARED, MOST_DROPPED, from_query
from xinzhi.dashboard.markup import say_here
from xinzhi.dashboard.old_browsers import OLDEST, script
from xinzhi.errors import ContentError, Place, Problem, SimulationError, msg
from xinzhi.project import Project

AT_MOST = 0.5  # processor seconds for anything that a visitor sends
LONGEST = 256_000
HEAD = "name: {zh: a, en: a}\nnarrative: {zh: a, en: a}\n"


@pytest.fixture(scope="module")
def content(project: Project) -> Content:
    return project.content


def seconds(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


def test_no_file_is_read_for_longer_than_half_a_second(content: Content) -> None:
    def refused(written: bytes) -> None:
        assert len(written) <= LARGEST_UPLOAD
        with pytest.raises(ContentError) as told:
            state.read_upload(content, "x.yaml", written)
        assert told.value.problems

    took = {
        written[:40]: seconds(lambda written=written: refused(written)) for written in hostile_files(LARGEST_UPLOAD)
    }
    assert max(took.values()) < AT_MOST, max(took.items(), key=lambda it: it[1])


def test_a_larger_file_is_refused_unread(content: Content) -> None:
    with pytest.raises(ContentError, match="larger than 100 kB"):
        state.read_upload(content, "x.yaml", b"\xff" * (LARGEST_UPLOAD + 1))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("a: &a [x]\nb: *a\n", "x.yaml:1: anchors"),
        ("a: *a\n", "x.yaml:1: anchors"),
        ("b: {<<: {a: 1}}\n", "x.yaml:1: anchors"),
        ("a: !!python/name:os.system x\n", "x.yaml:1: tags"),
        ("\n".join(" " * it + "a:" for it in range(30)), "x.yaml:20: is nested too deeply"),
        ("a: " + "[" * 19 + "]" * 19 + "\nb: " + "[" * 30, "x.yaml:2: is nested too deeply"),
        ("a: '" + "[" * 100 + "' # " + "{" * 100, 'x.yaml:1: unknown key "a"'),
    ],
)
def test_what_would_grow_is_refused_where_it_stands(content: Content, written: str, sentence: str) -> None:
    with pytest.raises(ContentError, match=re.escape(sentence)):
        state.read_upload(content, "x.yaml", written.encode())


def test_no_link_is_read_for_longer_than_half_a_second(content: Content) -> None:
    links = [
        {f"public_rd_growht{it}": "3" for it in range(LONGEST // 20)},
        {f"pr.start{' ' * it}": "2025" for it in range(700)},
        *({name: sign * (LONGEST // len(sign.encode()))} for name in ("pr", "s", "r", "p", "m", "v")
          for sign in ("9", "9 ", "*", "１", "(", "%*")),
        {"cmp": ",".join(f"green-frist{it}" for it in range(LONGEST // 16))},
        {"r": "1*2", "p": "*" * LONGEST},
        {"pr" * (LONGEST // 2): "1"},
    ]  # fmt: skip
    for query in links:
        told: list[int] = []
        assert seconds(lambda query=query, told=told: told.append(len(from_query(content, query).dropped))) < AT_MOST
        assert told[0] <= MOST_DROPPED + 1


def test_what_the_live_page_is_said_to_have_set_is_read_or_refused_in_time(content: Content) -> None:
    lever = next(iter(content.sheet.levers))
    for sent in (
        {f"public_rd_growht{it}": [1, 2, 3] for it in range(LONGEST // 30)},
        {lever: ["9" * LONGEST, 2025, 1]},
        {lever: [float("nan"), 2025, 1]},
        {lever: [10**400, 2025, 1]},
        {lever: []},
        {lever: {"a": 1, "b": 2, "c": 3}},
        {lever: [[[]], None, True]},
        {"": [float("nan")] * 3},
    ):

        def refused(sent: dict = sent) -> None:  # type: ignore[type-arg]
            with pytest.raises((ContentError, ValueError, TypeError, OverflowError)):
                state.set_levers(content, start_from(), sent)

        assert seconds(refused) < AT_MOST


def test_a_session_keeps_few_uploaded_files(content: Content) -> None:
    kept = History(start_from())
    for number in range(3 * MOST_UPLOADS):
        kept = kept.then(state.read_upload(content, f"plan{number}.yaml", HEAD.encode()))
        kept = kept.then(State("baseline", {}))
    assert len({it.scenario for it in (*kept.past, kept.present) if it.uploaded}) == MOST_UPLOADS
    assert kept.undone().present.scenario == f"plan{3 * MOST_UPLOADS - 1}"


# Nobody sees another's words


def opened(plan: bytes, *keys: str) -> str:
    """What a new session's page says with an uploaded plan and these expanders open."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"ui": "native", "lang": "en"}.items():
        page.query_params[name] = value
    page.run()
    page.file_uploader(key="upload").upload("plan.yaml", plan)
    for key in keys:
        page.session_state[key] = True
    page.run()
    assert not page.exception
    said = "\n".join(it.value for kind in ("html", "info", "error", "markdown") for it in page.get(kind))
    said += " ".join(it.alt for block in page.get("image") for it in block.proto.imgs)
    return unescape(said).replace("\\", "")


def test_a_title_names_the_visitors_own_plan_and_no_other(content: Content) -> None:
    """Same file name, same settings: what is reckoned for the first is shown to the second."""
    name, doubted = next(iter(content.uncertainties.items()))
    plan = (
        "name: {zh: WHO, en: WHO}\nnarrative: {zh: WHO, en: WHO}\nlevers: {pr: 9%}\n"
        f"assumptions: {{'{name}': {{value: {doubted.prior.low}, reason: {{zh: WHO, en: WHO}}}}}}\n"
    )
    keys = ("odds", "sensitivity", "robustness")
    first = opened(plan.replace("WHO", "SecretOfAlice").encode(), *keys)
    second = opened(plan.replace("WHO", "PlanOfBob").encode(), *keys)
    assert "SecretOfAlice: odds of the targets" in first and "PlanOfBob: odds of the targets" in second
    assert first.replace("SecretOfAlice", "PlanOfBob") == second


def test_a_sentence_on_the_page_says_nothing_of_the_servers_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINZHI_PROJECT", str(tmp_path))
    problem = Problem(Place(str(tmp_path / "model" / "x.mdl"), 3), msg("{path} is missing", path=tmp_path / "y.csv"))
    assert say_here(problem, "en") == "model/x.mdl:3: y.csv is missing."
    inside = Problem(None, msg("{path}", path=ROOT / "src" / "xinzhi" / "a.py"))
    assert str(ROOT) not in say_here(inside, "zh")


def test_a_fault_is_a_number_on_the_page_and_everything_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def page() -> None:
        from xinzhi.dashboard.faults import tell

        try:
            raise ValueError("/srv/secret")
        except ValueError as error:
            tell(error)

    shown = AppTest.from_function(page)
    shown.query_params["lang"] = "zh"
    shown.run()
    (said,) = (it.value for it in shown.error)
    (number,) = re.findall(r"编号([0-9a-f]{8})", said)
    assert "secret" not in said and "Traceback" not in said
    assert number in caplog.text and "ValueError: /srv/secret" in caplog.text


# Members for many pages


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sets of members that were begun, each made at once."""
    made: list[str] = []

    def make(*given: object) -> Future[object]:
        made.append(str(given[-1]))
        done: Future[object] = Future()
        done.set_result(object())
        return done

    monkeypatch.setattr(futures._workers, "submit", make)
    monkeypatch.setattr(futures, "_kept", type(futures._kept)())
    return made


def asked(project: Project, *sets: str) -> int:
    """One round of a page that shows these sets of assumptions: how many it lacks."""
    values = [{"x": type("Assumed", (), {"value": it})()} for it in sets]
    lacking = [it for it in values if futures.prepared(project, it) is None]
    for it in lacking:
        futures.prepare(project, it)
    return len(lacking)


def test_a_page_with_as_many_sets_as_can_be_compared_comes_to_rest(project: Project, making: list[str]) -> None:
    page = [f"own{it}" for it in range(MOST_COMPARED + 1)]
    rounds = [asked(project, *page) for _ in range(10)]
    assert rounds == [len(page), *[0] * 9] and len(making) == len(page)


def test_pages_with_more_sets_than_are_kept_do_not_take_them_from_each_other(
    project: Project, making: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(futures, "monotonic", lambda: now[0])
    pages = [[f"{name}{it}" for it in range(MOST_COMPARED + 1)] for name in "abc"]
    for _ in range(20):
        now[0] += 0.5
        lacked = [asked(project, *page) for page in pages]
    assert lacked[0] == 0 and len(making) == futures.KEPT == len(futures._kept)
    for _ in range(20):  # the first is left alone: its sets are given up, once
        now[0] += futures.IN_USE / 10
        lacked = [asked(project, *page) for page in pages[1:2]]
    assert lacked == [0] and len(making) <= futures.KEPT + len(pages[1])


def test_members_that_cannot_be_made_are_a_sentence_with_a_number(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("zero-size array at /srv/secret")

    monkeypatch.setattr(futures, "_made", broken)
    with pytest.raises(SimulationError, match=r"with the number [0-9a-f]{8}") as told:
        futures._prepare(project, {}, "")
    assert "secret" not in str(told.value) and "/srv/secret" in caplog.text


# Old browsers

STUB = """
const old = process.argv[2] === "old";
const Real = RegExp;
globalThis.RegExp = function (form, flags) {
  if (old && /v/.test(flags || "")) throw new SyntaxError("Invalid flags");
  return new Real(form, flags);
};
const later = [];
globalThis.document = { body: null, addEventListener: (_, act) => later.push(act) };
eval(require("fs").readFileSync(0, "utf-8"));
document.body = { innerHTML: "" };
later.forEach(act => act());
console.log(document.body.innerHTML);
"""


def test_a_browser_that_cannot_show_the_page_says_so_in_both_languages(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    (tmp_path / "stub.js").write_text(STUB)
    body = re.sub("</?script>", "", script())

    def shown(age: str) -> str:
        return subprocess.run(
            ["node", tmp_path / "stub.js", age],
            input=body,
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout.strip()

    assert shown("new") == ""
    said = shown("old")
    assert "需要较新的浏览器" in said and "needs a newer browser" in said
    assert all(str(version) in said for version in OLDEST.values())


def test_the_oldest_browsers_are_those_that_streamlits_script_needs() -> None:
    """Its first script makes expressions with the flag v: Chrome and Edge 112, Firefox 116, Safari 17 are the first with it."""
    import streamlit

    folder = Path(streamlit.__file__).parent / "static"
    page = (folder / "index.html").read_text(encoding="utf-8")
    (first,) = re.findall(r'<script type="module" crossorigin src="\./([^"]+)"', page)
    assert re.search(r"RegExp\(`[^`]*`,`v`\)", (folder / first).read_text(encoding="utf-8"))
    assert page.count("<head>") == 1
    for name in ("README.md", "README.zh.md", "docs/serving.en.md", "docs/serving.zh.md", "docs/planner.en.md",
                 "docs/planner.zh.md"):  # fmt: skip
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(r"Edge\s112.{1,20}Firefox\s116.{1,20}Safari\s17", text, re.DOTALL), name
