"""Two spellings of one variable are one name, for the content, for `explain` and for any other model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from xinzhi.names import canonical


@pytest.mark.parametrize(
    "written",
    ["TFP growth", "tfp_growth", "TFP  growth ", '"TFP growth"', "TFP\tgrowth", "TFP \\\n\t\tgrowth"],
)
def test_case_blanks_quotes_and_a_broken_line_make_no_other_name(written: str) -> None:
    assert canonical(written) == "tfp growth"


def test_blanks_around_a_subscript_make_no_other_name() -> None:
    assert canonical("price [ agri , Up ]") == canonical("price[agri,up]")


def test_signs_within_quotes_make_another_name() -> None:
    assert len({canonical(name) for name in ('"R&D"', '"R-D"', '"R D"')}) == 3


def test_an_underscore_at_the_end_makes_another_name() -> None:
    assert len({canonical(name) for name in ("x", "_x", "x_")}) == 3


@given(some.text())
def test_a_canonical_name_is_its_own(name: str) -> None:
    assert canonical(canonical(name)) == canonical(name)
