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


@pytest.mark.parametrize("bad", [{"supply": np.nan}, {"request[N1]": -1}, {"pp[N2,pwidth]": 0}, {"pp[N2,ptype]": 7}])
def test_an_allocation_that_has_no_meaning_is_not_a_number(bad: dict[str, float], tmp_path: Path) -> None:
    text = ALLOCATION.format(kinds="1, 5, 2, 0; 3, 8, 2, 0; 4, 2, 3, 0").replace("2 * Time", "x / x * 3\nx = 1")
    model = load(vensim(tmp_path, text, last=1))
    design = {name: [model.constants[name], value] for name, value in bad.items() if name != "supply"} or {"x": [1, 0]}
    result = model.run_ensemble(design, save="y")
    assert result["failed"].to_numpy().tolist() == [False, True]
    assert np.isfinite(result["y[N3]"][0]).all() and np.isnan(result["y[N3]"][1]).all()


def test_an_element_that_no_equation_defines_is_not_a_number(tmp_path: Path) -> None:
    path = vensim(tmp_path, RANGES + "a[A] = 1\na[B] = 2\nb[dim] :EXCEPT: [B] = v[dim]")
    table = same_as_pysd(path, ["a[A]", "a[B]", "a[C]", "b[A]", "b[C]"])  # PySD gives the excepted one the value too
    assert np.isnan(table[["a[C]", "b[B]"]]).all(axis=None)


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
