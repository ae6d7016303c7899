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
