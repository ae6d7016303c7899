"""Cells of data files that hold no number: Vensim has no constant without one, and leaves them out of a series."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines import load, vensim
from xinzhi.errors import ModelError

TABLE = ",b1,b2\na1,1,2\na2,3,{cell}\na3,5,6\n"
RANGES = "A: a1, a2, a3\nB: b1, b2\n"


@pytest.mark.parametrize("cell", ["", "n/a"])
@pytest.mark.parametrize(
    ("equation", "place"),
    [
        ("x[A, B] = GET DIRECT CONSTANTS('data.csv', ',', 'B2')", "C3"),
        ("x[A] = GET DIRECT CONSTANTS('data.csv', ',', 'C2*')", "C3"),
        ("x[B] = GET DIRECT CONSTANTS('data.csv', ',', 'B3')", "C3"),
        ("x = GET DIRECT CONSTANTS('data.csv', ',', 'C3')", "C3"),
    ],
)
def test_a_constant_without_a_number_is_refused_by_its_cell(
    equation: str, place: str, cell: str, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text(TABLE.format(cell=cell))
    with pytest.raises(ModelError, match=f'in "x": the cell {place} of "data.csv" is empty or not a number'):
        load(vensim(tmp_path, RANGES + equation))
    (tmp_path / "data.csv").write_text(TABLE.format(cell="4"))
    assert 4 in load(vensim(tmp_path, RANGES + equation)).run().iloc[0].tolist()


@pytest.mark.parametrize("cell", ["", "n/a"])
def test_a_point_without_a_number_is_left_out_of_a_series(cell: str, tmp_path: Path) -> None:
    """Vensim omits it and interpolates (SDEverywhere, models/directdata_invalidcell)."""
    (tmp_path / "data.csv").write_text(f"t,0,1,2\ny,10,{cell},30\n")
    text = "f(GET DIRECT LOOKUPS('data.csv', ',', '1', 'B2'))\ny = f(Time)\nz := GET DIRECT DATA('data.csv', ',', '1', 'B2')"
    table = load(vensim(tmp_path, text, last=2)).run()
    assert table["y"].tolist() == table["z"].tolist() == [10, 20, 30]


NEARLY = ["12%", '"1,000"', "１０", "-3.5亿元", "2020-01-01"]


@pytest.mark.parametrize("cell", NEARLY)
@pytest.mark.parametrize("kind", ["LOOKUPS", "DATA"])
def test_a_figure_that_is_no_number_is_not_left_out_in_silence(kind: str, cell: str, tmp_path: Path) -> None:
    use = "y[B] = f[B](Time)" if kind == "LOOKUPS" else ""
    for along, table, place in (
        ("'1', 'B2'", f"t,0,1,2\ny,1,-,3\nz,4,{cell},6\n", "C3"),
        ("'A', 'B2'", f"t,y,z\n0,1,4\n1,-,{cell}\n2,3,6\n", "C3"),
        ("'A', 'B2'", f"t,y,z\n0,1,4\n{cell},2,5\n2,3,6\n", "A3"),
    ):
        (tmp_path / "data.csv").write_text(table, encoding="utf-8")
        with pytest.raises(ModelError, match=f'the cell {place} of "data.csv" is not a number: '):
            load(vensim(tmp_path, RANGES + f"f[B] = GET DIRECT {kind}('data.csv', ',', {along})\n{use}"))


def test_figures_in_remarks_beside_a_series_are_no_matter(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("t,y\n0,1\n1,n/a\n2,3\n,2020 edition\n1. note,\n", encoding="utf-8")
    table = load(vensim(tmp_path, "z := GET DIRECT DATA('data.csv', ',', 'A', 'B2')", last=2)).run()
    assert table["z"].tolist() == [1, 2, 3]


def test_a_series_without_any_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("t,y\n0,n/a\n1,n/a\n")
    with pytest.raises(ModelError, match='in "z": "data\\.csv" has no number where'):
        load(vensim(tmp_path, "z := GET DIRECT DATA('data.csv', ',', 'A', 'B2')"))
