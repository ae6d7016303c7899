"""What a model file says is what runs: its method, its numbers, its tags, its encoding. Truths by hand from the manuals."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import pytest

from engines import aux, load, pysd_model, pysd_run, vensim, xmile
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.parse import read_program
from xinzhi.engine.program import NA, Table
from xinzhi.errors import ModelError, SimulationError
from xinzhi.store import Store

GROWTH = "x = INTEG(x, 1)"
SPACE = 'xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE"'
AGES = '<dimensions><dim name="age"/></dimensions>'


def stella(folder: Path, variables: str, specs: str = "", more: str = "", head: str = "") -> Path:
    """A file with attributes of <sim_specs>, from 0 to 4 by 1, with ages young and old."""
    path = folder / "model.stmx"
    path.write_text(
        f"<xmile {SPACE}>{head}<sim_specs {specs}><start>0</start><stop>4</stop><dt>1</dt>{more}</sim_specs>"
        '<dimensions><dim name="age"><elem name="young"/><elem name="old"/></dim></dimensions>'
        f"<model><variables>\n{variables}\n</variables></model></xmile>",
        encoding="utf-8",
    )
    return path


def settings(path: Path, kind: str) -> Path:
    """The settings that Vensim writes behind the sketch, as it writes them."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"V300\n///---\\\\\\\n:L\x7f<%^E!@\n1:Current.vdf\n9:Current\n15:0,0,0,{kind},0,0\n19:100,0\n")
    return path


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load(path)
    return str(caught.value).replace(str(path), path.name)


# -- the method ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "method", "note"),
    [
        ("0", "euler", []),
        ("1", "rk4", ["the file asks for RK4 Auto; stocks are integrated by RK4 with steps of TIME STEP"]),
        ("2", "euler", ["the file asks for Difference; stocks are integrated by Euler with steps of TIME STEP"]),
        ("3", "rk4", ["the file asks for RK2 Auto; stocks are integrated by RK4 with steps of TIME STEP"]),
        ("4", "rk4", ["the file asks for RK2 Fixed; stocks are integrated by RK4 with steps of TIME STEP"]),
        ("5", "rk4", ["stocks are integrated by RK4, as the file says"]),
    ],
)
def test_vensims_settings_name_the_method_of_a_run(tmp_path: Path, kind: str, method: str, note: list[str]) -> None:
    model = load(settings(vensim(tmp_path, GROWTH, last=4), kind))
    run = model.run()
    assert run.attrs == {"method": method, "notes": note}
    assert run["x"].iloc[-1] == pytest.approx(16 if method == "euler" else (1 + 1 + 1 / 2 + 1 / 6 + 1 / 24) ** 4)
    assert model.run(method="euler").attrs == {"method": "euler", "notes": []}
    assert model.run(method="euler")["x"].iloc[-1] == 16


def test_data_are_held_for_a_whole_step_of_rk4_as_in_vensim(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("t,v\n0,0\n1,1\n2,2\n", encoding="utf-8")
    data = "d := GET DIRECT DATA('d.csv', ',', 'A', 'B2')"
    model = load(settings(vensim(tmp_path, f"{data}\nx = INTEG(d, 0)\ny = INTEG(Time, 0)", last=2), "5"))
    run = model.run()
    assert run["x"].tolist() == pytest.approx([0, 0, 1])
    assert run["y"].tolist() == pytest.approx([0, 0.5, 2])


def test_an_ensemble_is_integrated_as_the_file_says_too(tmp_path: Path) -> None:
    model = load(settings(vensim(tmp_path, "x = INTEG(k*x, 1)\nk = 1", last=4), "5"))
    found = model.run_ensemble({"k": [0.5, 1.0]})
    assert found.attrs["method"] == "rk4"
    np.testing.assert_array_equal(found["x"][1], model.run()["x"])


def test_a_file_without_settings_is_integrated_by_euler(tmp_path: Path) -> None:
    assert load(vensim(tmp_path, GROWTH)).run().attrs == {"method": "euler", "notes": []}


@pytest.mark.parametrize(
    ("said", "method"),
    [("", "euler"), ("Euler", "euler"), ("RK4", "rk4"), ("rk4", "rk4"), ("RK2", "rk4"), ("gear, rk4", "rk4"),
     ("gear,euler", "euler"), ("rk45", "rk4"), ("rk45, euler", "euler")],
)  # fmt: skip
def test_the_first_method_of_an_xmile_file_that_is_known_counts(tmp_path: Path, said: str, method: str) -> None:
    stock = '<stock name="x"><eqn>1</eqn><inflow>f</inflow></stock><flow name="f"><eqn>x</eqn></flow>'
    run = load(stella(tmp_path, stock, f'method="{said}"' if said else "")).run()
    assert run.attrs["method"] == method
    assert run["x"].iloc[-1] == pytest.approx(16 if method == "euler" else (65 / 24) ** 4)


@pytest.mark.parametrize(("said", "step"), [("true", 0.25), ("1", 0.25), ("false", 4), ("0", 4), ("", 4)])
def test_a_reciprocal_dt_is_one_however_it_is_said(tmp_path: Path, said: str, step: float) -> None:
    path = stella(tmp_path, aux("x", "TIME"))
    given = f'<dt reciprocal="{said}">4</dt>'
    path.write_text(path.read_text(encoding="utf-8").replace("<dt>1</dt>", given), encoding="utf-8")
    assert np.diff(load(path).run().index).tolist() == [step] * round(4 / step)


def test_a_second_set_of_sim_specs_is_refused(tmp_path: Path) -> None:
    path = stella(tmp_path, aux("x", "1"))
    again = "</sim_specs><sim_specs><start>0</start><stop>9</stop><dt>1</dt></sim_specs>"
    path.write_text(path.read_text(encoding="utf-8").replace("</sim_specs>", again), encoding="utf-8")
    assert "<sim_specs> is there twice; keep one" in refused(path)


def test_a_method_that_is_not_known_is_asked_for_and_can_be_given(tmp_path: Path) -> None:
    model = load(stella(tmp_path, aux("x", "1"), 'method="gear"'))
    with pytest.raises(SimulationError, match='asks for the method "gear", which is not supported; choose'):
        model.run()
    with pytest.raises(SimulationError, match="gear"):
        model.run_ensemble({"x": [1.0]})
    assert model.run(method="rk4").attrs["method"] == "rk4"


@pytest.mark.parametrize("specs", ['isee:save_interval="2"', ""])
def test_values_are_saved_as_often_as_an_xmile_file_says(tmp_path: Path, specs: str) -> None:
    """By isee's save_interval, or by a variable SAVEPER, as Vensim's own files have it after conversion."""
    run = load(stella(tmp_path, aux("x", "TIME") + ("" if specs else aux("SAVEPER", "2")), specs)).run()
    assert run.index.tolist() == run["x"].tolist() == [0, 2, 4]


# -- :NA: ------------------------------------------------------------------------------------------------------------


def test_na_is_a_number_that_can_be_compared_and_is_no_fault(tmp_path: Path) -> None:
    run = load(vensim(
        tmp_path,
        """x = IF THEN ELSE(Time < 2, :NA:, 5)
        has data = IF THEN ELSE(x = :NA:, 0, 1)
        y = IF THEN ELSE(x = :NA:, -1, 2 * x)
        k = :NA:""",
        last=3,
    )).run()  # fmt: skip
    assert run["has data"].tolist() == [0, 0, 1, 1]
    assert run["y"].tolist() == [-1, -1, 10, 10]
    assert run["x"].tolist() == [-(2.0**109), -(2.0**109), 5, 5] and (run["k"] == NA).all()
    assert "fault" not in run.attrs


def test_raw_data_are_na_between_their_points_and_there_at_times_that_are_no_whole_floats(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("time,0,0.3,0.6,0.9\nx,1,2,,4\n", encoding="utf-8")
    run = load(vensim(
        tmp_path,
        """x :RAW: := GET DIRECT DATA('data.csv', ',', '1', 'B2')
        h :HOLD BACKWARD: := GET DIRECT DATA('data.csv', ',', '1', 'B2')
        l :LOOK FORWARD: := GET DIRECT DATA('data.csv', ',', '1', 'B2')
        seen = IF THEN ELSE(x = :NA:, 0, x)""",
        last=0.9, step="0.1",
    )).run()  # fmt: skip
    assert run["seen"].tolist() == [1, 0, 0, 2, 0, 0, 0, 0, 0, 4]
    assert run["h"].tolist() == [1, 1, 1, 2, 2, 2, 2, 2, 2, 4]
    assert run["l"].tolist() == [1, 2, 2, 2, 4, 4, 4, 4, 4, 4]
    assert "fault" not in run.attrs


def test_a_table_of_raw_data_has_na_but_at_its_points() -> None:
    table = Table((0.0, 0.3, 0.9), (1.0, 2.0, 4.0), "raw")
    at = np.array([-1, 0, 1e-7, 0.1, 0.3, 0.9, 1.0, np.nan])
    assert look_up(table, at).tolist() == [NA, 1, NA, NA, 2, 4, NA, NA]


# -- expressions by hand ---------------------------------------------------------------------------------------------

BY_HAND = {
    "-2^2": -4, "(-2)^2": 4, "2^-1": 0.5, "2^3^2": 512, "2^-2^-3": 2 ** -(2**-3), "10-4-3": 3, "16/4/2": 2, "3*-2": -6,
    "- 3 + 2": -1, "1.": 1, ".5e-3": 0.0005, "1E3": 1000, "007": 7, "2 {two} * 3": 6, '"a + b (c"*2': 6,
    "IF THEN ELSE(0=0 :OR: 0=0 :AND: 0=1, 1, 0)": 1, "IF THEN ELSE(0=1 :AND: 0=1 :OR: 0=0, 1, 0)": 1,
    "IF THEN ELSE(:NOT: 1 > 2, 1, 0)": 1, "IF THEN ELSE(:NOT: 1 > 2 :AND: 1 > 2, 1, 0)": 0, "ABS(-3)-ABS (-2)": 1,
    "IF THEN ELSE(:NA: = -2^109, 1, 0)": 1, "lookup(0.5)": 1, "data(0.5)": 1, "a'b$": 3, "GAME(2)": 2,
    "WITH LOOKUP(0.5, ([(0,0)-(2,4)],(0,0),(2,4)))": 1,
}  # fmt: skip
XMILE_BY_HAND = {
    "7 MOD 3": 1, "-7 mod 3": 2, "7 MOD -3": -2, "12 / 2 MOD 4 * 3": 6, "2 + 7 MOD 4": 5, "6 // 0": 0, "6 // 4": 1.5,
    "INT(-1.5)": -2, "if 1 > 2 then 1 else 2 + 1": 3, "(IF 1 > 0 THEN 1 ELSE 2) + 10": 11,
    "IF 1 > 0 THEN IF 0 > 1 THEN 3 ELSE 4 ELSE 5": 4, "IF 1=1 OR 1=2 AND 0=1 THEN 7 ELSE 8": 7, "NOT 0 + 1": 2,
    "NOT 1 = 0": 1, "3 > 2 > 1": 0, "1 = 2 < 1": 0, "-2 ^ 2": -4, "2 ^ -1": 0.5, "1 {one} + 2": 3, "notes + 0": 5,
    "android": 6, "models": 7, '"a + b"': 8, "1e3 + .5 + 1.": 1001.5, "SAFEDIV(1, 0)": 0,
}  # fmt: skip


def test_expressions_have_the_values_that_a_hand_finds(tmp_path: Path) -> None:
    names = '"a + b (c" = 3\na\'b$ = 3\nlookup((0,0),(2,4))\ndata((0,0),(2,4))\n'
    equations = "\n".join(f"y{i} = {text}" for i, text in enumerate(BY_HAND))
    run = load(vensim(tmp_path, names + equations, last=1)).run()
    assert {text: run[f"y{i}"].iloc[0] for i, text in enumerate(BY_HAND)} == BY_HAND


def test_xmile_expressions_have_the_values_that_a_hand_finds(tmp_path: Path) -> None:
    names = aux("notes", "5") + aux("es", "0") + aux("android", "6") + aux("models", "7") + aux("a + b", "8")
    equations = "".join(aux(f"y{i}", text) for i, text in enumerate(XMILE_BY_HAND))
    run = load(xmile(tmp_path, names + equations, last=1)).run()
    assert {text: run[f"y{i}"].iloc[0] for i, text in enumerate(XMILE_BY_HAND)} == XMILE_BY_HAND


def test_a_lookup_is_its_points_however_they_are_written(tmp_path: Path) -> None:
    run = load(vensim(
        tmp_path,
        """a([(0,-1)-(4,9),(0,0),(1,1)],(0,0),(2,4),(4,-8))
        b((4,-8),(0,0),(2,4))
        c(0, 2, 4, 0, 4, -8)
        d( (0 , 0) (2,+4), (4,- 8) )
        y = a(Time) + 10 * b(Time) + 100 * c(Time) + 1000 * d(Time)""",
        last=4,
    )).run()  # fmt: skip
    assert run["y"].tolist() == [1111 * value for value in (0, 2, 4, -2, -8)]


def test_pysd_still_differs_where_the_conformance_page_says_so(tmp_path: Path) -> None:
    """When this fails PySD has been mended: docs/conformance.md lists the difference no longer."""
    theirs = pysd_run(pysd_model(vensim(tmp_path, "a = (-2)^2\nb = IF THEN ELSE(:NA: = :NA:, 1, 0)", last=1)))
    assert theirs["a"].iloc[0] == -4 and theirs["b"].iloc[0] == 0


@pytest.mark.parametrize(
    ("equation", "said"),
    [("5%", 'near "5%"'), ("1_000", 'near "1_000"'), ("1 2", 'near "1 2"'), ("(1,2)", 'near "(1,2)"'),
     ("1 < 2 < 3", "two comparisons stand in a row; join them by :AND:"), ("1,000", "the list has 2 numbers, needed: 1; write 1,000 as 1000"),
     ("INTEG(1)", 'the function "INTEG" has too many or too few arguments'), ("3 + ", "near"), ("MAX(1,)", "near")],
)  # fmt: skip
def test_what_is_no_expression_is_refused(tmp_path: Path, equation: str, said: str) -> None:
    assert said in refused(vensim(tmp_path, f"y = {equation}"))


# -- the tags of XMILE -----------------------------------------------------------------------------------------------


STEP = 'type="step"'


def graph(points: str, kind: str = "", axis: str = '<xscale min="0" max="4"/>') -> str:
    return f"<gf {kind}>{axis}<ypts>{points}</ypts></gf>"


def test_each_element_has_its_own_graphical_function(tmp_path: Path) -> None:
    run = load(stella(
        tmp_path,
        f'<aux name="g">{AGES}<element subscript="young">{graph("0,10,20,30,40")}</element>'
        f'<element subscript="old">{graph("5,5,5,7,7")}</element><eqn>x</eqn></aux>'
        f'<aux name="x">{AGES}<eqn>TIME</eqn></aux>',
    )).run()  # fmt: skip
    assert run["g[young]"].tolist() == [0, 10, 20, 30, 40]
    assert run["g[old]"].tolist() == [5, 5, 5, 7, 7]


def test_each_element_has_its_own_initial_value_and_the_rest_is_shared(tmp_path: Path) -> None:
    run = load(stella(
        tmp_path,
        f'<stock name="s">{AGES}<element subscript="young"><eqn>5</eqn></element><element subscript="2"><eqn>7</eqn>'
        f'</element><inflow>f</inflow></stock><flow name="f">{AGES}<eqn>2</eqn><element subscript="Young"><eqn>-1</eqn>'
        "</element><non_negative/></flow>",
    )).run()  # fmt: skip
    assert run["s[young]"].tolist() == [5] * 5
    assert run["s[old]"].tolist() == [7, 9, 11, 13, 15]


def test_init_eqn_breaks_a_circle_at_the_start(tmp_path: Path) -> None:
    run = load(stella(
        tmp_path,
        '<aux name="y"><eqn>s + 1</eqn><init_eqn>10</init_eqn></aux>'
        '<stock name="s"><eqn>y</eqn><inflow>f</inflow></stock><flow name="f"><eqn>1</eqn></flow>',
    )).run()  # fmt: skip
    assert run["s"].tolist() == [10, 11, 12, 13, 14] and run["y"].tolist() == [11, 12, 13, 14, 15]


def test_exact_x_count_where_a_scale_stands_beside_them(tmp_path: Path) -> None:
    axis = '<xscale min="0" max="4"/><xpts>0,3,4</xpts>'
    run = load(stella(tmp_path, f'<aux name="y"><eqn>TIME</eqn>{graph("0,30,50", axis=axis)}</aux>')).run()
    assert run["y"].tolist() == [0, 10, 20, 30, 50]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ("<aux name='x'><eqn>1</eqn><delay/></aux>", "<delay> is not supported; say it in the equation"),
        ("<stock name='x'><eqn>1</eqn><conveyor/></stock>", "<conveyor> is not supported; write it with stocks"),
        ("<flow name='x'><eqn>1</eqn><multiplier>2</multiplier></flow>", "<multiplier> is not supported"),
        (f"<aux name='x'>{AGES}<element subscript='young'><eqn>1</eqn><capacity>1</capacity></element></aux>",
         "<capacity> is not supported"),
        (f"<aux name='x'>{AGES}<element subscript='middle'><eqn>1</eqn></element></aux>", '"middle" is no element of "age"'),
        (f"<aux name='x'>{AGES}<element subscript='young'/></aux>", '"x[young]" has no equation'),
        ("<sink name='x'/>", "<sink> is not supported"),
        (f"<aux name='x'><eqn>1</eqn>{graph('1,2', STEP)}</aux>", '"step" is no type of a graphical function'),
        (f"<aux name='x'><eqn>1</eqn>{graph('1,2', axis='<xpts>1,2,3</xpts>')}</aux>", "not as many x as y"),
        (f"<aux name='x'><eqn>1</eqn>{graph('1,a')}</aux>", "the points of a graphical function are not all numbers"),
        ("<aux name='x'><eqn>1</eqn></aux></variables><sim_specs><dt>1</dt></sim_specs><variables>",
         "<sim_specs> of a single model is not supported"),
    ],
)  # fmt: skip
def test_a_tag_that_cannot_be_read_is_refused_by_name_and_line(tmp_path: Path, variables: str, said: str) -> None:
    sentence = refused(stella(tmp_path, variables))
    assert sentence.startswith("model.stmx:2: ") and said in sentence


def test_tags_that_bear_on_no_number_are_read_over_and_unknown_ones_of_vendors_told(tmp_path: Path) -> None:
    about = '<doc>d</doc><units>u</units><range min="0" max="1"/><scale min="0" max="1"/><format precision="1"/>'
    path = stella(tmp_path, f'<aux name="x"><eqn>1</eqn>{about}<isee:delay_aux/><isee:other/></aux>')
    assert load(path).run().attrs["notes"] == ["<other> was not read"]


def test_a_run_of_parts_of_a_model_is_refused(tmp_path: Path) -> None:
    assert "a run of parts of the model is not supported" in refused(
        stella(tmp_path, aux("x", "1"), more='<run by="group"/>')
    )


# -- encodings -------------------------------------------------------------------------------------------------------

CHINESE = "人口 = INTEG(出生 - 死亡, 100)\n出生 = 人口 * 出生率\n死亡 = 2\n出生率 = 0.1"
TAIWANESE = "人口 = INTEG(出生 - 死亡, 100)\n出生 = 人口 * 出生率\n死亡 = 2\n出生率 = 0.1\n總數 = 人口"


def coded(path: Path, encoding: str, header: str = "") -> Path:
    text = path.read_text(encoding="utf-8").removeprefix("{UTF-8}\n")
    path.write_bytes((header + text).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "header", "note"),
    [
        (CHINESE, "gbk", "", ["the file is not UTF-8; it was read as GB18030"]),
        (CHINESE, "gb18030", "{UTF-8}\n", ["the file is not UTF-8; it was read as GB18030"]),
        (CHINESE, "gbk", "{GB2312}\n", []),
        (TAIWANESE, "big5", "", ["the file is not UTF-8; it was read as Big5"]),
        (TAIWANESE, "big5", "{Big5}\n", []),
        ("größe = 1", "latin-1", "", ["the file is not UTF-8; it was read as Latin-1"]),
        ("population âgée = 1\ncœur à vérifier = 2", "cp1252", "{windows-1252}\n", []),
    ],
)
def test_a_model_is_read_in_the_encoding_that_it_has(
    tmp_path: Path, text: str, encoding: str, header: str, note: list[str]
) -> None:
    path = vensim(tmp_path, text, last=2)
    wanted = load(path).run()
    run = load(coded(path, encoding, header)).run()
    assert run.equals(wanted) and run.attrs["notes"] == note


@pytest.mark.parametrize(("declared", "note"), [("gbk", 0), ("utf-8", 1), ("", 1)])
def test_an_xmile_file_is_read_in_its_encoding(tmp_path: Path, declared: str, note: int) -> None:
    path = stella(tmp_path, aux("人口", "1") + aux("出生", "人口 * 2"))
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    path.write_bytes((head + path.read_text(encoding="utf-8")).encode("gbk"))
    run = load(path).run()
    assert run["出生"].tolist() == [2] * 5 and len(run.attrs["notes"]) == note


def continued(path: Path) -> Path:
    """A line that goes on in the next one, as Vensim breaks long equations."""
    path.write_text(path.read_text(encoding="utf-8").replace("t(x) + k", "t(x) + \\\n\t\tk"), encoding="utf-8")
    return path


def test_line_ends_a_byte_order_mark_and_a_missing_last_newline_change_nothing(tmp_path: Path) -> None:
    for path in (
        continued(settings(vensim(tmp_path, "t((0,0),(4,8))\nx = INTEG(t(x) + k, 1)\nk = 1", last=4), "5")),
        stella(tmp_path, aux("x", "TIME\n+ 1") + aux("y", "IF x > 2\nTHEN 1\nELSE 2"), 'method="RK4"'),
    ):
        wanted, text = load(path).run(), path.read_bytes().rstrip(b"\n")
        assert wanted.attrs["method"] == "rk4"
        for changed in (text, text.replace(b"\n", b"\r\n"), codecs.BOM_UTF8 + text, text.replace(b"\n", b"\r") + b"\r"):
            path.write_bytes(changed)
            run = load(path).run()
            assert run.equals(wanted) and run.attrs == wanted.attrs


def test_a_data_file_that_is_not_utf_8_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes("年份,2020,2021\n人口,1,2\n".encode("gbk"))
    path = vensim(tmp_path, "x := GET DIRECT DATA('data.csv', ',', '1', 'B2')")
    assert 'the data file "data.csv" is not UTF-8 text; save it as UTF-8, in Excel as "CSV UTF-8"' in refused(path)


def test_a_cell_without_a_number_is_refused_where_a_constant_is_wanted(tmp_path: Path) -> None:
    """Vensim refuses it too; in data and lookups such a point is left out."""
    (tmp_path / "c.csv").write_text("c,C1,C2\nB1,1,2\nB2,3,ZERO\n", encoding="utf-8")
    path = vensim(tmp_path, "B: B1, B2\nC: C1, C2\nc[B, C] = GET DIRECT CONSTANTS('c.csv', ',', 'B2')")
    assert 'in "c": the cell C3 of "c.csv" is empty or not a number; write a number into it' in refused(path)


def test_data_may_be_written_with_an_equals_sign(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("time,0,2\nx,1,5\n", encoding="utf-8")
    assert load(vensim(tmp_path, "x = GET DIRECT DATA('data.csv', ',', '1', 'B2')", last=2)).run()["x"].tolist() == [
        1,
        3,
        5,
    ]


def test_method_and_notes_come_back_from_the_process_that_reads_and_from_the_store(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    store = Store(tmp_path / "store")
    path = coded(settings(vensim(tmp_path, CHINESE), "3"), "gbk")
    program = read_program(path, store)
    assert (program.method, program.asked) == ("rk4", "RK2 Auto")
    assert [str(note) for note in program.notes] == ["the file is not UTF-8; it was read as GB18030"]
    assert read_program(path, store) == program
