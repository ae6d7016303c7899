"""A model file is data: whatever stands in it, the answer is a program or sentences, soon, and nothing is executed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinzhi.engine import parse
from xinzhi.engine.parse import read_program
from xinzhi.engine.program import Program
from xinzhi.errors import ModelError
from xinzhi.store import Store

ROOT = Path(__file__).parents[1]
SLOWEST = 20.0  # seconds
CLOCK = ("INITIAL TIME=0", "FINAL TIME=10", "TIME STEP=1", "SAVEPER=1")
SKETCH = "\\\\\\---/// Sketch information\nV300\n///---\\\\\\\n"


def vensim(*equations: str, clock: tuple[str, ...] = CLOCK) -> str:
    """A .mdl text; every entry takes four lines, the first begins in line 2."""
    return "{UTF-8}\n" + "".join(f"{line}\n\t~\tDmnl\n\t~\t\n\t|\n" for line in (*equations, *clock)) + SKETCH


def xmile(
    *variables: str,
    more: str = "",
    head: str = "",
    clock: str = "<start>0</start><stop>10</stop><dt>1</dt>",
) -> str:
    """An XMILE text; the first variable stands in line 7."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        head,
        '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">',
        f"<sim_specs>{clock}</sim_specs>",
        more,
        "<model><variables>",
        *variables,
        "</variables></model></xmile>",
    ]
    return "\n".join(lines)


def aux(name: str, equation: str) -> str:
    return f'<aux name="{name}"><eqn>{equation}</eqn></aux>'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "store").mkdir()
    return Store(tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The model's folder; nothing may appear in it, and nothing of it may be imported."""
    place = tmp_path / "model"
    place.mkdir()
    yield place
    assert [path for path in place.rglob("*") if path.suffix in (".py", ".pyc") and "bait" not in path.parts] == []
    for module in list(sys.modules.values()):
        assert not str(getattr(module, "__file__", None) or "").startswith(str(place)), module


def write(folder: Path, text: str | bytes, name: str = "model.mdl") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(path: Path, store: Store, *, own: bool = False) -> list[str]:
    """The sentences with which the file is refused, soon; the file's folder is left out of them."""
    began = time.perf_counter()
    with pytest.raises(ModelError) as caught:
        read_program(path, store, own=own)
    assert time.perf_counter() - began < SLOWEST
    assert not list(store.folder.iterdir())
    return [str(problem).replace(str(path), path.name) for problem in caught.value.problems]


# -- what is read ----------------------------------------------------------------------------------------------------


def test_a_foreign_model_is_the_same_program_as_one_read_in_this_process(folder: Path, store: Store) -> None:
    path = write(folder, vensim("x=1", "level=INTEG(x*2, 5)"))
    foreign = read_program(path, store)
    next(store.folder.iterdir()).unlink()
    assert foreign == read_program(path, store, own=True)
    assert [variable.name for variable in foreign.variables][:2] == ["x", "level"]


@pytest.mark.parametrize("suffix", [".xmile", ".xml", ".stmx", ".itmx", ".STMX"])
def test_xmile_is_read_by_any_of_its_suffixes(folder: Path, store: Store, suffix: str) -> None:
    program = read_program(write(folder, xmile(aux("a b", "1 + 2")), f"model{suffix}"), store, own=True)
    assert program.constants == {"a b": 3.0}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_kind_of_line_end_and_a_byte_order_mark_are_read(folder: Path, store: Store, end: str) -> None:
    text = "\ufeff" + vensim("x=1+\\\n\t\ty", "y=2").replace("\n", end)
    assert read_program(write(folder, text), store, own=True).constants == {"y": 2.0}


def test_latin_1_and_chinese_encodings_are_read(folder: Path, store: Store) -> None:
    latin = vensim("größe=1").replace("{UTF-8}", "").encode("latin-1")
    assert read_program(write(folder, latin), store, own=True).constants == {"größe": 1.0}
    chinese = vensim("产值=1").replace("{UTF-8}", "{GB2312}").encode("gb2312")
    assert read_program(write(folder, chinese), store, own=True).constants == {"产值": 1.0}


def test_macros_quotes_and_bars_in_names_are_read(folder: Path, store: Store) -> None:
    macro = ":MACRO: DOUBLE(input)\nDOUBLE = 2*input\n\t~ Dmnl\n\t~ twice\n\t|\n:END OF MACRO:\n"
    text = "{UTF-8}\n" + macro + vensim('"a|b ~ (c"=3', 'd=DOUBLE("a|b ~ (c")').removeprefix("{UTF-8}\n")
    program = read_program(write(folder, text), store, own=True)
    assert list(program.constants.values()) == [3.0]
    assert [variable.name for variable in program.variables if variable.kind == "auxiliary"] == ["d"]


def test_a_nest_of_a_thousand_brackets_is_still_read(folder: Path, store: Store) -> None:
    path = write(folder, vensim("x=" + "max(1," * 1_000 + "2" + ")" * 1_000))
    assert read_program(path, store).variables[0].name == "x"


def test_a_macro_that_calls_itself_is_refused(folder: Path, store: Store) -> None:
    macros = ":MACRO: F(a)\nF=1+G(a)\n~~|\n:END OF MACRO:\n:MACRO: G(a)\nG=F(MAX(a, 2))\n~~|\n:END OF MACRO:\n"
    path = write(folder, vensim("x=F(1)").replace("{UTF-8}\n", macros))
    assert refused(path, store, own=True) == ['model.mdl:2: the macro "f" calls itself.']


# -- attacks: the answer comes soon ----------------------------------------------------------------------------------


def test_an_entity_bomb_is_refused(folder: Path, store: Store) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{laughs}]>'
    path = write(folder, xmile(aux("x", "1"), aux("y", "&l9;"), head=bomb), "model.xmile")
    assert refused(path, store) == ["model.xmile:2: holds <!DOCTYPE, which is not read; delete it; a model needs no document type."]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-7", "utf-16", "cp037"])
def test_an_external_entity_is_refused_in_whatever_encoding(folder: Path, store: Store, encoding: str) -> None:
    entity = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    text = xmile('<aux name="x"><eqn>1</eqn><doc>&e;</doc></aux>', head=entity).replace("utf-8", encoding)
    sentence = " ".join(refused(write(folder, text.encode(encoding), "model.xmile"), store))
    assert "root:" not in sentence


def test_an_undeclared_entity_is_refused(folder: Path, store: Store) -> None:
    (sentence,) = refused(write(folder, xmile(aux("x", "&e;")), "model.xmile"), store, own=True)
    assert sentence.startswith("model.xmile:7: is not well-formed XML (Entity 'e' not defined)")


def test_a_document_type_in_latin_1_is_refused_too(folder: Path, store: Store) -> None:
    text = xmile(aux("é", "1"), head="<!doctype x>").encode("latin-1")
    assert "<!DOCTYPE" in refused(write(folder, text, "model.xmile"), store, own=True)[0]


@pytest.mark.parametrize("name", ["model.mdl", "model.xmile"])
def test_a_hundred_thousand_brackets_are_refused(folder: Path, store: Store, name: str) -> None:
    nest = "(" * 45_000 + "1" + ")" * 45_000
    text = vensim("y=2", f"x={nest}") if name == "model.mdl" else xmile(aux("y", "2"), aux("x", nest))
    line = 6 if name == "model.mdl" else 8
    assert refused(write(folder, text, name), store, own=True) == [
        f'{name}:{line}: the brackets of "x" are nested too deeply; split the equation, at most 1000 levels are read.'
    ]
    nest = "(" * 100_000 + "1" + ")" * 100_000
    text = vensim(f"x={nest}") if name == "model.mdl" else xmile(aux("x", nest))
    assert 'the equation of "x" has 20000' in refused(write(folder, text, name), store)[0]


def test_an_equation_of_ten_megabytes_is_refused(folder: Path, store: Store) -> None:
    text = vensim("y=2", "x=1" + "+y" * 5_000_000)
    assert refused(write(folder, text), store) == [
        'model.mdl:6: the equation of "x" has 10000003 characters; at most 100000 are allowed.'
    ]
    (sentence,) = refused(write(folder, xmile(aux("x", "1" + "+y" * 4_900_000)), "model.xmile"), store, own=True)
    assert 'the equation of "x" has 9800001 characters' in sentence


def test_ten_megabytes_of_random_bytes_are_refused(folder: Path, store: Store) -> None:
    noise = random.Random(0).randbytes(10_000_000)
    for name in ("model.mdl", "model.stmx"):
        assert refused(write(folder, noise, name), store) == [f"{name}: is not a text file; save the model again."]
    without_null = noise.replace(b"\0", b"\1")
    assert refused(write(folder, without_null), store, own=True) == [
        "model.mdl:1: is not a text file; save the model again."
    ]
    assert "is not well-formed XML" in refused(write(folder, without_null, "model.stmx"), store, own=True)[0]


def test_a_file_of_more_than_fifty_megabytes_is_not_read(folder: Path, store: Store) -> None:
    path = folder / "model.mdl"
    with path.open("wb") as stream:
        stream.truncate(parse.LARGEST + 1)
    assert refused(path, store) == ["model.mdl: is larger than 50 MB; split it, or remove what is not needed."]


@pytest.mark.parametrize("text", ['"' + '\\"' * 20_000_000, '"|' * 5_000_000, "|" * 2_000_000, "()" * 5_000_000])
def test_megabytes_of_marks_end_soon(folder: Path, store: Store, text: str) -> None:
    refused(write(folder, vensim("x=" + text)), store)


def test_a_model_that_takes_too_long_is_given_up(folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "SECONDS", 3)
    path = write(folder, vensim(*(f"x{i}=1{'+y' * 45_000}" for i in range(10))))
    assert refused(path, store) == [
        "model.mdl: cannot be read within 3 seconds; split it, or remove what is not needed."
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of processor time")
def test_waiting_for_a_busy_machine_is_not_counted_against_a_model(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "SECONDS", 2)
    monkeypatch.setattr(parse, "_BOOT", "import time; time.sleep(3); " + parse._BOOT)
    assert read_program(write(folder, vensim("x=1")), store).constants["x"] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_a_model_that_takes_too_much_memory_is_given_up(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "MEMORY", 2**30)
    path = write(folder, vensim("range: (a1-a900000000)", "x[range]=1"))
    assert refused(path, store) == [
        "model.mdl: cannot be read within 1 GB of memory; split it, or remove what is not needed."
    ]


@pytest.mark.parametrize(
    ("boot", "says"),
    [
        ("import os; os.abort()", "reading the model broke off (-6)"),
        ("import sys; print('worse', file=sys.stderr); sys.exit(3)", "reading the model broke off (worse)"),
        ("print('P{}', end='')", "reading the model broke off (KeyError)"),
        ("print('P[1]', end='')", "reading the model broke off (TypeError)"),
        ("print('E[{}]', end='')", "reading the model broke off (0)"),
        ("print('nonsense')", "reading the model broke off (0)"),
        ("while True: print('P' * 10_000_000)", "reading the model broke off"),
        ("import sys\nwhile True: sys.stderr.write('P' * 1_000_000)", "cannot be read within 2 seconds"),
    ],
)
def test_whatever_the_child_does_is_one_sentence(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch, boot: str, says: str
) -> None:
    monkeypatch.setattr(parse, "_BOOT", boot)
    monkeypatch.setattr(parse, "MOST_ANSWER", 2**20)
    monkeypatch.setattr(parse, "SECONDS", 2 if "2 sec" in says else 60)
    monkeypatch.setattr(parse, "PATIENCE", 1)
    (sentence,) = refused(write(folder, vensim("x=1")), store)
    assert says in sentence


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_child_can_write_no_file_and_open_few(tmp_path: Path) -> None:
    code = (
        "import resource; from xinzhi.engine.parse_child import _limit; _limit(7, 2**31)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
        f"open({str(tmp_path / 'file')!r}, 'wb', buffering=0).write(b'x')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["7", "128"] and "File too large" in ran.stderr
    assert (tmp_path / "file").stat().st_size == 0


# -- nothing is executed ---------------------------------------------------------------------------------------------


def payload(sentinel: Path) -> str:
    """Python without a closing bracket that leaves a file behind."""
    return f"__import__('pathlib').Path('{sentinel}').touch()"


@pytest.mark.parametrize(
    ("equation", "own"),
    [
        ("x([{payload}],(0,0),(1,1))", False),
        ("x([{payload}],(0,0),(1,1))", True),
        ("x=WITH LOOKUP(Time,([{payload}],(0,0),(1,1)))", True),
        ('"x = 5; {payload}"=1', False),
        ('"x = 5; {payload}"=1', True),
        ("x=5; {payload}", True),
        ("x={payload}", True),
        ("x[{payload}]=1", True),
        ("{payload}=1", True),
        ("x:{payload}", True),
    ],
)
def test_python_in_a_model_is_never_executed(
    folder: Path, store: Store, tmp_path: Path, equation: str, own: bool
) -> None:
    sentinel = tmp_path / "executed"
    path = write(folder, vensim(equation.replace("{payload}", payload(sentinel))))
    try:
        read_program(path, store, own=own)
    except ModelError as error:
        assert "model.mdl:2: " in str(error)
    assert not sentinel.exists()


def test_the_test_above_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PySD's own translator evaluates the limits of a lookup; ours does not hand it any."""
    from pysd.translators.vensim import vensim_element

    monkeypatch.delitem(vars(vensim_element), "eval", raising=False)
    sentinel = tmp_path / "executed"
    lookup = vensim_element.Element(f"x([{payload(sentinel)}],(0,0),(1,1))", "", "").parse()
    with suppress(Exception):
        lookup.parse()
    assert sentinel.exists()


def test_nothing_beside_the_model_is_imported(
    folder: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bait = tmp_path / "bait"
    bait.mkdir()
    sentinel = tmp_path / "executed"
    for module in ("pysd", "numpy", "lxml", "json", "sitecustomize", "usercustomize", "model", "xinzhi"):
        (bait / f"{module}.py").write_text(f"{payload(sentinel)}\n", encoding="utf-8")
    path = write(bait, vensim('"x; import os"=1'))
    monkeypatch.chdir(bait)
    monkeypatch.setenv("PYTHONPATH", str(bait))
    monkeypatch.setattr(sys, "path", ["", str(bait), *sys.path])
    before = sorted(bait.rglob("*"))
    assert list(read_program(Path("model.mdl"), store).constants) == ['"x; import os"']
    assert not sentinel.exists() and sorted(bait.rglob("*")) == before and path.is_file()


def test_the_package_is_found_on_the_import_path_alone(folder: Path, tmp_path: Path) -> None:
    """As ``python -S`` with nothing installed: the child looks where its parent looks."""
    path = write(folder, vensim("x=1"))
    code = (
        "import sys; from pathlib import Path; from xinzhi.engine.parse import read_program; from xinzhi.store import"
        f" Store; print(read_program(Path({str(path)!r}), Store(Path({str(tmp_path)!r}))).constants)"
    )
    entries = [str(ROOT / "src"), *(entry for entry in sys.path if entry.endswith("site-packages"))]
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entries)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == "{'x': 1.0}", ran.stderr


# -- data files ------------------------------------------------------------------------------------------------------

OUTSIDE = "put it beside the model; nothing outside that folder is read."


@pytest.mark.parametrize(
    "call",
    [
        "x=GET DIRECT CONSTANTS('{file}',',','B1')",
        "x:=GET DIRECT DATA('{file}',',','A','B1')",
        "x(GET DIRECT LOOKUPS('{file}',',','A','B1'))\n~~|\nused=x(Time)",
        "x: GET DIRECT SUBSCRIPT('{file}',',','A1','A2','')",
    ],
)
def test_data_files_outside_the_folder_are_not_read(folder: Path, store: Store, tmp_path: Path, call: str) -> None:
    outside = write(tmp_path, "1,2\n3,4\n", "secret.csv")
    (folder / "link.csv").symlink_to(outside)
    (folder / "linked").symlink_to(tmp_path)
    for file in (str(outside), "../secret.csv", "link.csv", "linked/secret.csv", "?secret", "linked/../../secret.csv"):
        (sentence,) = refused(write(folder, vensim("z=1", call.replace("{file}", file), "y=2")), store, own=True)
        assert sentence == f'model.mdl:6: in "x": "{file}" is not in the folder of the model; {OUTSIDE}'
    for file in ("http://localhost/secret.csv", "secret.csv"):
        (sentence,) = refused(write(folder, vensim("z=1", call.replace("{file}", file))), store, own=True)
        assert sentence == f'model.mdl:6: in "x": the data file "{file}" is missing; put it beside the model.'


def test_data_files_in_the_folder_are_read_in_the_child_too(folder: Path, store: Store) -> None:
    write(folder, "a,2\nb,4\n", "data.csv")
    path = write(folder, vensim("r: GET DIRECT SUBSCRIPT('data.csv',',','A1','A2','')",
                                "x[r]=GET DIRECT CONSTANTS('data.csv',',','B1*')"))  # fmt: skip
    program = read_program(path, store)
    assert program.constants == {"x[a]": 2.0, "x[b]": 4.0} and list(program.files) == ["data.csv"]


# -- what was read is kept -------------------------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every reading that was not spared."""
    seen: list[str] = []
    read = parse._read_here
    monkeypatch.setattr(parse, "_read_here", lambda *given: seen.append("here") or read(*given))
    return seen


def test_a_second_reading_starts_no_process(
    folder: Path, store: Store, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder, vensim("x=1"))
    first = read_program(path, store)
    monkeypatch.delattr(parse.subprocess, "Popen")
    assert read_program(path, store) == first == read_program(path, store, own=True) and parsed == []


def test_a_changed_model_is_read_again(folder: Path, store: Store, parsed: list[str]) -> None:
    assert read_program(write(folder, vensim("x=1")), store, own=True).constants == {"x": 1.0}
    assert read_program(write(folder, vensim("x=2")), store, own=True).constants == {"x": 2.0}
    assert read_program(write(folder, vensim("x=1")), store, own=True).constants == {"x": 1.0}
    assert len(parsed) == 2


@pytest.mark.parametrize(
    "equation", ["x=GET DIRECT CONSTANTS('data.csv',',','B1')", "r: GET DIRECT SUBSCRIPT('data.csv',',','B1','B1','e')"]
)
def test_a_changed_data_file_is_noticed(folder: Path, store: Store, parsed: list[str], equation: str) -> None:
    path = write(folder, vensim(equation, "y=1" if equation[0] == "x" else "y[r]=1"))
    write(folder, "1,2\n", "data.csv")
    first = read_program(path, store, own=True)
    assert read_program(path, store, own=True) == first and len(parsed) == 1
    write(folder, "1,3\n", "data.csv")
    assert read_program(path, store, own=True).constants != first.constants and len(parsed) == 2
    (folder / "data.csv").unlink()
    with pytest.raises(ModelError, match="is missing"):
        read_program(path, store, own=True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"\xff" + whole,
        lambda whole: whole.replace(b": 1.0", b": 2.0"),
    ],
)
def test_a_damaged_entry_is_made_again(
    folder: Path, store: Store, parsed: list[str], damage: Callable[[bytes], bytes]
) -> None:
    path = write(folder, vensim("x=1"))
    good = read_program(path, store, own=True)
    (kept,) = store.folder.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert kept.read_bytes() != whole
    assert read_program(path, store, own=True) == good and len(parsed) == 2
    assert kept.read_bytes() == whole


def test_a_store_that_cannot_be_written_stops_nothing(folder: Path, tmp_path: Path) -> None:
    assert read_program(write(folder, vensim("x=1")), Store(tmp_path / "nowhere"), own=True).constants == {"x": 1.0}


def test_what_was_kept_is_read_without_pysd_and_soon(store: Store) -> None:
    """The median of five in processor time: on shared cores the wall clock measures the neighbours."""
    path = ROOT / "model" / "hubei.mdl"
    read_program(path, store, own=True)
    code = (
        "import sys, time; from pathlib import Path; from xinzhi.engine.parse import read_program;"
        " from xinzhi.store import Store; spent = []\n"
        "for _ in range(5):\n"
        "    began = time.process_time()\n"
        f"    read_program(Path({str(path)!r}), Store(Path({str(store.folder)!r})))\n"
        "    spent.append(time.process_time() - began)\n"
        "print(sorted(spent)[2], *{'pysd', 'lxml', 'parsimonious', 'pandas', 'subprocess'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, *modules = ran.stdout.split()
    assert not {"pysd", "lxml", "parsimonious", "pandas"} & set(modules)
    assert float(seconds) < 0.1


# -- files that are no models ----------------------------------------------------------------------------------------


def test_files_that_are_no_models_are_refused_in_one_sentence(folder: Path, store: Store) -> None:
    (folder / "folder.mdl").mkdir()
    os.mkfifo(folder / "pipe.mdl")
    assert refused(folder / "folder.mdl", store) == ["folder.mdl: cannot be read (it is a folder)."]
    assert refused(folder / "pipe.mdl", store) == ["pipe.mdl: cannot be read (it is not a regular file)."]
    assert refused(folder / "missing.mdl", store) == ["missing.mdl: cannot be read (no such file or folder)."]
    assert refused(folder / "nul\0l.mdl", store) == ["nul\0l.mdl: cannot be read (no such file or folder)."]
    assert refused(write(folder, vensim("x=1"), "model.md"), store) == [
        'model.md: ".md" is not the suffix of a model; did you mean ".mdl"?'
    ]
    for name in ("model.mdl", "model.xmile"):
        assert refused(write(folder, b"", name), store) == [f"{name}: is empty; save the model again."]
        assert refused(write(folder, b" \n", name), store) == [f"{name}: is empty; save the model again."]
        for encoding in ("utf-16", "utf-32"):
            assert refused(write(folder, vensim("x=1").encode(encoding), name), store) == [
                f"{name}: is not UTF-8 text; save it as UTF-8."
            ]


@pytest.mark.parametrize("text", ["{UTF-8}", "{UTF-8}\n" + SKETCH, "{}", "****\n.Group\n****~\n\tNothing.\n\t|\n"])
def test_a_model_without_variables_is_refused(folder: Path, store: Store, text: str) -> None:
    assert refused(write(folder, text), store, own=True) == ["model.mdl: has no variables; save the model again."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<xmile/>", "is not an XMILE model (<xmile xmlns=…>)"),
        ('<html xmlns="x"/>', "is not an XMILE model (<xmile xmlns=…>)"),
        ("plain words", "is not well-formed XML (Start tag expected, '<' not found)"),
        (xmile(aux("x", "1"))[:-20], "is not well-formed XML"),
        ('<xmile xmlns="x"/>', "has no variables"),
        (xmile(), "has no variables"),
        (xmile("<aux/>"), "a variable has no name"),
    ],
)
def test_xml_that_is_no_model_is_refused(folder: Path, store: Store, text: str, says: str) -> None:
    assert says in refused(write(folder, text, "model.xmile"), store, own=True)[0]


# -- models that are wrong -------------------------------------------------------------------------------------------


def said(folder: Path, store: Store, *equations: str) -> list[str]:
    return refused(write(folder, vensim(*equations)), store, own=True)


def test_wrong_definitions_are_named_with_their_lines(folder: Path, store: Store) -> None:
    assert said(folder, store, "z=1", "a=b", "b=c", "c=a") == [
        'model.mdl:6: in "a": the definitions run in a circle: a → c → b → a; break it by a stock or a delay.'
    ]
    assert said(folder, store, "interest=1", "a=intrest*2") == [
        'model.mdl:6: in "a": "intrest" is not defined; did you mean "interest"?'
    ]
    assert said(folder, store, "a=ARCSINE(Time)") == [
        'model.mdl:2: in "a": the function "ARCSINE" is not supported; did you mean "ARCSIN"?'
    ]
    assert said(folder, store, "r: q,s", "q: r", "x[r]=1") == [
        "model.mdl:2: the definitions run in a circle: r → q → r; write elements into one of them."
    ]


def test_the_child_says_the_same_sentences(folder: Path, store: Store) -> None:
    path = write(folder, vensim("interest=1", "a=intrest*2"))
    assert refused(path, store) == refused(path, store, own=True)


def test_every_broken_equation_is_named_at_once(folder: Path, store: Store) -> None:
    assert said(folder, store, "a=1+", "b=2", "c=((3)", "d=4 ~ Dmnl |", "=5") == [
        'model.mdl:2: the equation of "a" cannot be read (near "1+"); check brackets, operators and function names.',
        'model.mdl:10: the equation of "c" cannot be read (near "((3)"); check brackets, operators and function names.',
        'model.mdl:14: the entry of "d" is not complete; write equation ~ units ~ documentation |.',
        'model.mdl:15: the entry of "~ Dmnl ~" is not complete; write equation ~ units ~ documentation |.',
        'model.mdl:18: the equation of "=5" cannot be read (near "=5"); check brackets, operators and function names.',
    ]  # fmt: skip


def test_a_full_width_sign_in_an_equation_is_named(folder: Path, store: Store) -> None:
    wrong = {"a=MAX(1，2)": '"," in place of the full-width "，"', "a＝1": '"=" in place of the full-width "＝"',
             "a=MAX（1,2）": '"(" in place of the full-width "（"', "a=b－1": '"-" in place of the full-width "－"'}  # fmt: skip
    for equation, remedy in wrong.items():
        assert said(folder, store, "b=1", equation)[0].endswith(f"; write {remedy}.")
    for equation in ("人口（万）=1", 'a="b，c"+'):  # part of a name
        assert said(folder, store, equation)[0].endswith("; check brackets, operators and function names.")
    found = refused(write(folder, xmile(aux("a", "MAX(1，2)")), "model.xmile"), store, own=True)
    assert found[0].endswith('; write "," in place of the full-width "，".')


def test_an_entry_without_an_end_is_not_left_out_in_silence(folder: Path, store: Store) -> None:
    """PySD ignores what follows an incomplete entry."""
    text = vensim("a=1") + "b=2 ~ Dmnl ~"
    text = text.replace(SKETCH, "")
    assert refused(write(folder, text), store, own=True) == [
        'model.mdl:22: the entry of "b" is not complete; write equation ~ units ~ documentation |.'
    ]


def test_names_that_are_there_twice_are_refused(folder: Path, store: Store) -> None:
    assert said(folder, store, "a=1", "a=2") == ['model.mdl:6: "a" is defined twice; keep one.']
    assert said(folder, store, "a b=1", "A_B=2") == [
        'model.mdl:6: "A_B" and "a b" are the same name; rename one; capitals and underscores make no difference.'
    ]
    text = xmile(aux("a b", "1"), aux("A_b", "2"))
    assert 'model.xmile:8: "A_b" and "a b" are the same name' in refused(write(folder, text, "model.xmile"), store, own=True)[0]  # fmt: skip
    path = write(folder, vensim("r: p,q", "x[p]=1", "x[q]=2"))
    assert read_program(path, store, own=True).constants == {"x[p]": 1.0, "x[q]": 2.0}


def test_a_model_without_a_clock_is_refused(folder: Path, store: Store) -> None:
    path = write(folder, vensim("a=1", clock=CLOCK[1:]))
    assert refused(path, store, own=True) == [
        'model.mdl: the model has no constant "INITIAL TIME"; add it, with a number.'
    ]
    path = write(folder, xmile(aux("a", "1"), clock="<start>0</start>"), "model.xmile")
    assert refused(path, store, own=True) == [
        f'model.xmile:4: the model has no constant "{name}"; add it to <sim_specs>, with a number.'
        for name in ("FINAL TIME (<stop>)", "TIME STEP (<dt>)")
    ]


def test_broken_xmile_equations_are_named_at_once(folder: Path, store: Store) -> None:
    text = xmile(aux("a", "1+"), aux("b", "2"), aux("c", "IF 1 THEN 2"), aux("d", ""), '<stock name="e"/>')
    assert refused(write(folder, text, "model.xmile"), store, own=True) == [
        'model.xmile:10: "d" has no equation; write it in <eqn>.',
        'model.xmile:11: "e" has no equation; write it in <eqn>.',
    ]
    text = xmile(aux("a", "1+"), aux("b", "2"), aux("c", "IF 1 THEN 2"))
    found = refused(write(folder, text, "model.xmile"), store, own=True)
    assert [sentence.split(" (near")[0] for sentence in found] == [
        'model.xmile:7: the equation of "a" cannot be read',
        'model.xmile:9: the equation of "c" cannot be read',
    ]


def test_what_pysd_would_leave_out_of_xmile_is_refused(folder: Path, store: Store) -> None:
    """PySD throws the variables of all models together and knows no connections."""
    other = '</variables></model>\n<model name="Inner"><variables>\n<aux name="b"><eqn>7</eqn></aux>'
    text = xmile('<module name="Inner"><connect to="Inner.b" from="a"/></module>', aux("a", "1"), other)
    found = refused(write(folder, text, "model.xmile"), store, own=True)
    assert found == [
        'model.xmile:7: in "Inner": <module> is not supported; write it with stocks and flows.',
        "model.xmile:10: holds 2 models, and only one can be read; put the variables of its modules into one model.",
    ]
    text = xmile('<stock name="s"><eqn>1</eqn><conveyor><len>2</len></conveyor></stock>',
                 more='<dimensions><dim name="r" size="3"/></dimensions>')  # fmt: skip
    assert refused(write(folder, text, "model.xmile"), store, own=True) == [
        'model.xmile:7: in "s": <conveyor> is not supported; write it with stocks and flows.',
        'model.xmile:5: the dimension "r" has no elements; name them: <elem name="…"/>.',
    ]


def test_an_element_of_xmile_that_is_there_twice_is_refused(folder: Path, store: Store) -> None:
    """By name and by position is the same element; the last one counted in silence."""
    array = ('<aux name="x"><dimensions><dim name="r"/></dimensions><element subscript="p"><eqn>1</eqn></element>'
             '<element subscript="{}"><eqn>2</eqn></element></aux>')  # fmt: skip
    dimension = '<dimensions><dim name="r"><elem name="p"/><elem name="q"/></dim></dimensions>'
    for again in ("p", "P", "1"):
        found = refused(write(folder, xmile(array.format(again), more=dimension), "model.xmile"), store, own=True)
        assert '(the element "p" is there twice)' in found[0]


@pytest.mark.parametrize(
    ("variable", "tag"),
    [
        (f'<aux name="a"><eqn>TIME</eqn>{2 * "<gf><xpts>0,1</xpts><ypts>1,2</ypts></gf>"}</aux>', "gf"),
        ('<gf name="a"><xpts>0,1</xpts><ypts>1,2</ypts><ypts>1,3</ypts></gf>', "ypts"),
        ('<stock name="a"><eqn>1</eqn><non_negative/><non_negative>false</non_negative></stock>', "non_negative"),
    ],
)
def test_a_tag_of_which_one_would_not_count_is_refused(variable: str, tag: str, folder: Path, store: Store) -> None:
    text = xmile(variable)
    assert refused(write(folder, text, "model.xmile"), store, own=True) == [
        f'model.xmile:7: in "a": <{tag}> is there twice; keep one.'
    ]
    text = xmile(aux("a", "1")).replace("</sim_specs>", "<dt>0.5</dt></sim_specs>")
    assert refused(write(folder, text, "model.xmile"), store, own=True)[0].endswith(": <dt> is there twice; keep one.")


def test_an_array_of_too_many_elements_is_refused_before_they_are_counted_up(folder: Path, store: Store) -> None:
    assert said(folder, store, "r: (r1-r3000)", "s: (s1-s3000)", "x[r,s]=INTEG(x[r,s], 1)") == [
        'model.mdl:10: in "x": it has 9,000,000 elements, at most 3,000,000 are possible; '
        "give its subscripts fewer elements."
    ]


def test_a_table_that_is_not_all_numbers_is_not_read_in_part(folder: Path, store: Store) -> None:
    table = '<gf name="t"><xscale min="0" max="2"/><ypts>1,2,three</ypts></gf>'
    assert (
        'in "t": the points of a graphical function are not all'
        in refused(write(folder, xmile(table), "m.xmile"), store, own=True)[0]
    )


# -- any damage at all -----------------------------------------------------------------------------------------------

GOOD = [
    ("model.mdl", vensim("r: p,q", "x[r]=1,2", "level=INTEG(SUM(x[r!])-level/5, 10)",
                         "t([(0,0)-(9,9)],(0,1),(5,2))", "y=IF THEN ELSE(level>5, t(level), -x[p]^2)")),
    ("model.mdl", vensim("a=DELAY3(b, 2)", "b=WITH LOOKUP(Time, ([(0,0)-(9,9)],(0,1),(5,2)))", '"c d"=MAX(a, b)')),
    ("model.xmile", xmile('<stock name="s"><eqn>10</eqn><outflow>f</outflow><non_negative/></stock>',
                          '<flow name="f"><eqn>s/5</eqn></flow>', aux("g", "IF f > 1 THEN SMTH1(f, 2) ELSE 0"))),
    ("model.xmile", xmile('<aux name="x"><dimensions><dim name="r"/></dimensions><element subscript="p"><eqn>1</eqn>'
                          '</element><element subscript="q"><eqn>2</eqn></element></aux>',
                          '<aux name="y"><eqn>TIME</eqn><gf><xscale min="0" max="2"/><ypts>1,2,3</ypts></gf></aux>',
                          more='<dimensions><dim name="r"><elem name="p"/><elem name="q"/></dim></dimensions>')),
]  # fmt: skip
PIECES = st.sampled_from([b"(", b")", b"[", b"]", b'"', b"~", b"|", b"=", b":", b"<", b">", b"\\", b"{", b"!", b",", b"r",
                          b"p", b"/", b"^", b"-", b" ", b"\n", b"\xff", b"\0", b"&", b"1e9", b":EXCEPT:", b"<->"])  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), PIECES | st.binary(max_size=3)),
    min_size=1,
    max_size=4,
)


def test_what_the_fuzzer_damages_is_sound_before(folder: Path, store: Store) -> None:
    for name, text in GOOD:
        assert read_program(write(folder, text, name), store, own=True).variables


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, len(GOOD) - 1), changes=CHANGES)
def test_any_damage_ends_in_a_program_or_in_sentences(
    tmp_path: Path, which: int, changes: list[tuple[float, int, bytes]]
) -> None:
    name, text = GOOD[which]
    whole = text.encode()
    for where, length, piece in changes:
        at = int(where * len(whole))
        whole = whole[:at] + piece + whole[at + length :]
    try:
        assert isinstance(read_program(write(tmp_path, whole, name), Store(tmp_path), own=True), Program)
    except ModelError as error:
        for problem in error.problems:
            assert problem.place is not None and problem.place.file.endswith(name)
            assert "\n" not in str(problem) and len(str(problem)) < 500
