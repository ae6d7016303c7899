"""Subscripts and what works over them: ranges, mappings, exceptions, sums, sorting, matrices, allocation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines import load, same_as_pysd, vensim, xmile
from xinzhi.errors import ModelError

RANGES = """
    dim: A, B, C
    sub: B, C
    other: (X1-X4)
    twin: P, Q, R -> dim
    v[dim] = 3, -1, 2
    w[other] = 5, 1, 4, 2
    m[dim, other] = 1, 2, 3, 4; 5, 6, 7, 8; 9, 10, 11, 12;
    moving[dim] = v[dim] * (5 - Time)
"""


VENSIM = {
    "reductions": """
        a = SUM(v[dim!])
        b = PROD(v[dim!])
        c = VMIN(moving[dim!])
        d = VMAX(moving[dim!])
        e[dim] = SUM(m[dim, other!]) * Time
        f[other] = VMAX(m[dim!, other])
        g = SUM(m[dim!, other!] * w[other!] + moving[dim!])
        h = SUM(v[sub!]) / VMIN(w[other!])
        i = ELMCOUNT(other) + ELMCOUNT(sub)
        j[dim] = moving[dim] / SUM(ABS(v[dim!]))
    """,
    "ranges": """
        a[dim] = v[dim] + Time
        b[sub] = v[sub] * 2
        c[A] = 1
        c[sub] = v[sub] + 10
        d[dim] = onto[twin] * 3
        onto[twin] = twin + Time
        e[dim, other] = m[dim, other] * v[dim] + w[other]
        f = v[B] - w[X3]
        g[dim] = IF THEN ELSE(v[dim] > 0, moving[dim], -moving[dim])
        h[dim] = dim * 10
        i[other] = other ^ 2 + Time
        j[dim, X1] = m[dim, X2]
        j[dim, X2] = m[dim, X1] * 2
    """,
    "exceptions": """
        a[dim] :EXCEPT: [B] = v[dim]
        a[B] = 99
        b[dim, other] :EXCEPT: [A, other], [dim, X3] = m[dim, other]
        b[A, other] = 7
        b[sub, X3] = Time
    """,
    "memory": """
        a[dim] = INTEG(v[dim] - a[dim] / 4, v[dim] * 2)
        b[dim] = SMOOTH3(moving[dim], 2)
        c[dim] = DELAY3(moving[dim], 4)
        d[dim] = DELAY FIXED(moving[dim], 2, v[dim])
        e[dim, other] = INTEG(m[dim, other] - SUM(e[dim, other!]) / 100, w[other])
        f[dim] = DELAY1I(moving[dim], 3, v[dim])
        g[dim] = SAMPLE IF TRUE(moving[dim] > 3, moving[dim], 0)
        h[dim] = TREND(a[dim], 3, 0)
    """,
    "sorting": """
        a[dim] = VECTOR SORT ORDER(v[dim], 1)
        b[dim] = VECTOR SORT ORDER(moving[dim], -1)
        c[dim] = VECTOR RANK(moving[dim], 1)
        d[other] = VECTOR RANK(w[other], -1)
        o[dim] = VECTOR SORT ORDER(v[dim], 1)
        e[dim] = VECTOR REORDER(moving[dim], o[dim])
        f[dim, other] = VECTOR SORT ORDER(m[dim, other] * SIN(v[dim] + other * Time), 1)
        g[dim, other] = VECTOR RANK(m[dim, other] * SIN(v[dim] + other * Time), 0)
    """,
    "matrix": """
        q: D1, D2, D3
        p: D1, D2, D3
        k[q, p] = 2, 1, 0; 0, 3, Time0; 4, 0, 1;
        a[q, p] = INVERT MATRIX(n[q, p], 3)
        n[q, p] = k[q, p] + 0.1 * Time
    """.replace("Time0", "5"),
}


@pytest.mark.parametrize("group", VENSIM)
def test_vensim_s_subscripts_mean_what_pysd_makes_of_them(group: str, tmp_path: Path) -> None:
    table = same_as_pysd(vensim(tmp_path, RANGES + VENSIM[group]), within=1e-11 if group == "matrix" else 1e-12)
    assert any(name.startswith("a") for name in table)


@pytest.mark.parametrize("action", range(11))
def test_every_action_of_vector_select(action: int, tmp_path: Path) -> None:
    text = f"""
        on[dim] = 1, 0, 2
        off[dim] = 0, 0, 0
        a = VECTOR SELECT(on[dim!], v[dim!] + 5, -9, {action}, 0)
        b = VECTOR SELECT(off[dim!], v[dim!], -9, {action}, 0)
        c[other] = VECTOR SELECT(on[dim!], m[dim!, other], 7, {action}, 0)
    """
    table = same_as_pysd(vensim(tmp_path, RANGES + text, last=1))
    wanted = {0: 22, 1: 112, 2: 8, 3: 14, 4: 11, 5: 392, 6: 15, 7: 56, 8: 7, 9: 8, 10: 7.5}
    assert table.loc[0, "a"] == wanted[action] and table.loc[0, "b"] == -9


def test_the_inverse_of_a_matrix_times_the_matrix_is_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for size in (1, 2, 5, 8):
        given = rng.normal(size=(size, size))
        given[0, 0] = 0 if size > 1 else 2.0  # the first pivot must be exchanged
        names = ", ".join(f"E{i}" for i in range(1, size + 1))
        rows = ";".join(",".join(f"{x:.17g}" for x in row) for row in given) + (";" if size > 1 else "")
        text = f"row: {names}\ncol: {names}\nk[row, col] = {rows}\na[row, col] = INVERT MATRIX(k[row, col], {size})"
        table = load(vensim(tmp_path, text, last=1)).run(save="a")
        inverse = table.iloc[0].to_numpy().reshape(size, size)
        np.testing.assert_allclose(inverse @ given, np.eye(size), atol=1e-11)


ALLOCATION = """
    branch: N1, N2, N3
    profile: ptype, ppriority, pwidth, pextra
    request[branch] = 5, 7, 4
    pp[branch, profile] = {kinds};
    supply = 2 * Time
    y[branch] = ALLOCATE AVAILABLE(request[branch], pp[branch, ptype], supply)
"""


@pytest.mark.parametrize(
    "kinds",
    [
        "1, 5, 2, 0; 1, 8, 2, 0; 1, 2, 3, 0",
        "2, 5, 2, 0; 2, 6, 2, 0; 2, 2, 9, 0",
        "3, 5, 1, 0; 3, 6, 2, 0; 3, 2, 3, 0",
        "4, 5, 1, 0; 4, 6, 2, 0; 4, 2, 3, 0",
        "1, 5, 2, 0; 3, 8, 2, 0; 4, 2, 3, 0",
        "1, 5, 2, 0; 1, 5, 2, 0; 1, 5, 2, 0",
    ],
)
def test_what_is_available_is_allocated_by_every_profile_as_pysd_does(kinds: str, tmp_path: Path) -> None:
    """PySD looks for the common priority by Newton's method, to about eight digits."""
    table = same_as_pysd(vensim(tmp_path, ALLOCATION.format(kinds=kinds)), within=2e-7)
    shares = table[[f"y[N{i}]" for i in (1, 2, 3)]].to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), np.minimum(table["supply"], 16), rtol=1e-13, atol=1e-13)
    assert (shares <= [5, 7, 4]).all() and (shares >= 0).all()


def test_what_is_supplied_is_allocated_by_priority_as_pysd_does(tmp_path: Path) -> None:
    text = """
        branch: N1, N2, N3
        request[branch] = 5, 7, 4
        priority[branch] = 3, 8, 5
        supply = 2 * Time
        y[branch] = ALLOCATE BY PRIORITY(request[branch], priority[branch], 3, 4, supply)
        z[branch] = ALLOCATE BY PRIORITY(request[branch], priority[branch], 3, 100, supply)
    """
    table = same_as_pysd(vensim(tmp_path, text), within=1e-9)
    total = table[["y[N1]", "y[N2]", "y[N3]"]].sum(axis=1)
    np.testing.assert_allclose(total, np.minimum(table["supply"], 16), atol=1e-9)


def test_a_fixed_quantity_is_served_in_proportion_and_before_the_others(tmp_path: Path) -> None:
    """Shares of 200, 50 and 300, 200 from 100: Vensim's own (SDEverywhere, models/allocate_ptype; single precision)."""
    text = """
        A: a1, a2
        profile: ptype, ppriority, pwidth, pextra
        request[A] = 200, 300
        other[A] = 200, 50
        pp[A, ptype] = Time
        pp[A, ppriority] = 0.1, 0.9
        pp[A, pwidth] = 0.5
        pp[A, pextra] = 0
        some[A, profile] = 0, 0, 0, 0; 1, 5, 2, 0;
        y[A] = ALLOCATE AVAILABLE(request[A], pp[A, ptype], 100)
        z[A] = ALLOCATE AVAILABLE(other[A], pp[A, ptype], 100)
        mixed[A] = ALLOCATE AVAILABLE(request[A], some[A, ptype], 100 * Time)
    """
    table = load(vensim(tmp_path, text, last=4)).run()
    np.testing.assert_allclose(table["y[a1]"], [40, 0, 0, 3.87908, 11.863], rtol=5e-4, atol=3e-4)
    np.testing.assert_allclose(table["z[a1]"], [80, 50, 49.9999, 57.4714, 58.6115], rtol=5e-4)
    np.testing.assert_allclose(table["y[a2]"] + table["y[a1]"], 100, rtol=1e-12)
    np.testing.assert_allclose(table["mixed[a1]"], [0, 100, 200, 200, 200], rtol=1e-12)
    np.testing.assert_allclose(table["mixed[a2]"], [0, 0, 0, 100, 200], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "width", "said"), [(5, 1, "priority type 5"), (11, 1, "type 11"), (3, 0, "positive, not 0")]
)
def test_a_profile_without_a_meaning_is_refused_by_name(kind: int, width: float, said: str, tmp_path: Path) -> None:
    text = ALLOCATION.format(kinds=f"1, 5, 2, 0; {kind}, 8, {width}, 0; 4, 2, 3, 0")
    with pytest.raises(ModelError, match=f'in "y".*{said}'):
        load(vensim(tmp_path, text))


def test_priorities_without_a_width_are_served_one_after_the_other(tmp_path: Path) -> None:
    text = """
        A: a1, a2, a3
        request[A] = 3, 2, 4
        priority[A] = 1, 2, 2
        none[A] = 0
        y[A] = ALLOCATE BY PRIORITY(request[A], priority[A], 3, 0, Time)
        z[A] = ALLOCATE BY PRIORITY(none[A], priority[A], 3, 1, Time)
    """
    table = load(vensim(tmp_path, text, last=12)).run()
    time = table.index.to_numpy()
    np.testing.assert_allclose(table["y[a2]"], np.minimum(time, 6) / 3, atol=1e-12)
    np.testing.assert_allclose(table["y[a3]"], np.minimum(time, 6) * 2 / 3, atol=1e-12)
    np.testing.assert_allclose(table["y[a1]"], np.clip(time - 6, 0, 3), atol=1e-12)
    assert (table[["z[a1]", "z[a2]", "z[a3]"]] == 0).all(axis=None)


PARTLY = """
    A: a1, a2, a3
    B: b1, b2
    constant[a2] = 5
    aux[a2] = Time
    stock[a3] = INTEG(1, 2)
    table[a2]((0,0),(10,20))
    seen[A] = Time + 1
    except[A] :EXCEPT: [a1] = 7
    two[a1, B] = 3
    two[a3, b2] = 4
    safe[A] = IF THEN ELSE(A = a2, constant[A], 1)
"""


def test_an_element_without_an_equation_has_no_column_and_is_no_fault(tmp_path: Path) -> None:
    """So it is in Vensim's own results of such models (SDEverywhere: subscript, arrays, same_family_179)."""
    model = load(vensim(tmp_path, PARTLY + "y = table[a2](Time) + constant[a2] + SUM(seen[A!])", last=2))
    table = model.run()
    assert set(table) - {"INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER"} == {
        "constant[a2]", "aux[a2]", "stock[a3]", "seen[a1]", "seen[a2]", "seen[a3]", "except[a2]", "except[a3]",
        "two[a1,b1]", "two[a1,b2]", "two[a3,b2]", "safe[a1]", "safe[a2]", "safe[a3]", "y",
    }  # fmt: skip
    assert np.isfinite(table.to_numpy()).all()
    assert set(model.constants) >= {"constant[a2]"} and not model.run_ensemble({"constant[a2]": [1, 2]})["failed"].any()


@pytest.mark.parametrize(
    ("equation", "wanted"),
    [
        ("y = constant[a1]", 'in "y": "constant[a1]" has no equation'),
        ("y = SUM(aux[A!])", 'in "y": "aux[a1]" has no equation'),
        ("y[A] = stock[A]", 'in "y": "stock[a1]" has no equation'),
        ("y = table[a1](Time)", 'in "y": "table[a1]" has no equation'),
    ],
)
def test_a_reference_to_an_element_without_an_equation_is_refused_by_name(
    equation: str, wanted: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError) as caught:
        load(vensim(tmp_path, f"{PARTLY}\n{equation}"))
    assert wanted in str(caught.value)


@pytest.mark.parametrize("bad", [{"supply": np.nan}, {"request[N1]": -1}, {"pp[N2,pwidth]": 0}, {"pp[N2,ptype]": 7}])
def test_an_allocation_that_has_no_meaning_is_not_a_number(bad: dict[str, float], tmp_path: Path) -> None:
    text = ALLOCATION.format(kinds="1, 5, 2, 0; 3, 8, 2, 0; 4, 2, 3, 0").replace("2 * Time", "x / x * 3\nx = 1")
    model = load(vensim(tmp_path, text, last=1))
    design = {name: [model.constants[name], value] for name, value in bad.items() if name != "supply"} or {"x": [1, 0]}
    result = model.run_ensemble(design, save="y")
    assert result["failed"].to_numpy().tolist() == [False, True]
    assert np.isfinite(result["y[N3]"][0]).all() and np.isnan(result["y[N3]"][1]).all()


def test_an_excepted_element_that_no_other_equation_defines_is_left_out(tmp_path: Path) -> None:
    path = vensim(tmp_path, RANGES + "a[A] = 1\na[B] = 2\nb[dim] :EXCEPT: [B] = v[dim]")
    table = same_as_pysd(path, ["a[A]", "a[B]", "b[A]", "b[C]"])  # PySD gives the excepted one the value too
    assert not {"a[C]", "b[B]"} & set(table)


def test_stella_s_arrays(tmp_path: Path) -> None:
    path = xmile(
        tmp_path,
        '<aux name="v"><dimensions><dim name="dim"/></dimensions>'
        '<element subscript="A"><eqn>1</eqn></element><element subscript="B"><eqn>4</eqn></element></aux>'
        '<stock name="s"><dimensions><dim name="dim"/></dimensions><eqn>v[dim]</eqn><inflow>f</inflow></stock>'
        '<flow name="f"><dimensions><dim name="dim"/></dimensions><eqn>s[dim] / 10</eqn></flow>'
        '<aux name="low"><eqn>MIN(s)</eqn></aux><aux name="high"><eqn>MAX(s)</eqn></aux>'
        '<aux name="one"><eqn>s[B] - s[A]</eqn></aux>',
    )
    text = path.read_text().replace(
        "<model>", '<dimensions><dim name="dim"><elem name="A"/><elem name="B"/></dim></dimensions><model>'
    )
    path.write_text(text)
    table = same_as_pysd(path)
    np.testing.assert_allclose(table["s[B]"], 4 * 1.1 ** table.index.to_numpy(), rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y = SUM(v[nowhere!])", "nowhere"),
        ("y = v[dim]", "dim"),
        ("y = VECTOR SELECT(v[dim!], v[dim!], 0, 11, 0)", "from 0 to 10"),
        ("y[dim] = INVERT MATRIX(m[dim, other], 3)", "square"),
        ("y = v[Nobody]", 'in "y": "v" has no element "Nobody"; allowed are: A, B, C'),
        ("y = w[A]", 'in "y": "w" has no element "A"'),
        ("y = m[A]", 'in "y": "m" has 2 subscripts'),
        ("y = v[A, X1]", 'in "y": "v" has 1 subscripts'),
    ],
)
def test_a_wrong_subscript_is_one_clear_error(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        load(vensim(tmp_path, RANGES + text))
    assert len(caught.value.problems) == 1
