"""A sum as a reader checks it: the expression with its figures in place of names, made from the tree."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.content.audit_file import Step
from xinzhi.content.expression import Earlier, Expression, Logarithm, One, Operand, Operation, Span
from xinzhi.content.units import Units
from xinzhi.show.numbers import MINUS, difference, in_full, quantity

SIGNS = {"+": "+", "-": MINUS, "*": "×", "/": "÷"}
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}


def sum_text(
    step: Step,
    steps: Mapping[str, Step],
    figures: Mapping[Operand, float],
    values: Mapping[str, float],
    lang: str,
    units: Units,
) -> str:
    """``expression = result``; a step that is one figure alone is just that figure."""
    result = result_text(step, values[step.id], lang, units, full=True)
    if isinstance(step.expression, Operand):
        return result
    writer = _Writer(steps, figures, values, lang, units)
    return f"{writer.write(step.expression)} = {result}"


def result_text(step: Step, value: float, lang: str, units: Units, *, full: bool = False) -> str:
    """A step's value as its kind asks; ``full``: as it stands in a sum, where money is not scaled to trillions."""
    if value != value:  # NaN: there is no number
        return "—"
    if step.shown == "difference":
        return difference(value, step.unit, step.decimals, lang, units)
    if full and step.unit == "亿元":
        return in_full(round(value, step.decimals), step.unit, lang, units)
    return quantity(value, step.unit, step.decimals, lang, units, sign=step.shown == "growth")


class _Writer:
    """Writes one item's expressions with their figures."""

    def __init__(
        self,
        steps: Mapping[str, Step],
        figures: Mapping[Operand, float],
        values: Mapping[str, float],
        lang: str,
        units: Units,
    ) -> None:
        self.steps, self.figures, self.values, self.lang, self.units = steps, figures, values, lang, units

    def write(self, expression: Expression) -> str:
        if isinstance(expression, One):
            return "1"
        if isinstance(expression, Span):
            return str(expression.last - expression.first)
        if isinstance(expression, Operand):
            return in_full(self.figures[expression], expression.unit, self.lang, self.units)
        if isinstance(expression, Earlier):
            step = self.steps[expression.step]
            value = self.values[step.id]
            return "—" if value != value else in_full(value, step.unit, self.lang, self.units)
        if isinstance(expression, Logarithm):
            return f"ln({self.write(expression.of)})"
        return self._operation(expression)

    def _operation(self, expression: Operation) -> str:
        sign, binding = expression.sign, _BINDING[expression.sign]
        left = self._part(expression.left, binding + (sign == "**"))
        if sign == "**":
            power = self.write(expression.right)
            return f"{left}^({power})" if isinstance(expression.right, Operation) else f"{left}^{power}"
        right = self.write(expression.right)
        if right.startswith(MINUS) and not isinstance(expression.right, Operation) and sign in "+-":
            return f"{left} {SIGNS['-' if sign == '+' else '+']} {right[1:]}"  # 1 + −10% is 1 − 10%
        right = self._part(expression.right, binding + (sign in "-/"))
        return f"{left} {SIGNS[sign]} {right}"

    def _part(self, part: Expression, binding: int) -> str:
        """One side of a sign, in brackets where it binds less, or is a negative figure."""
        written = self.write(part)
        if isinstance(part, Operation):
            return f"({written})" if _BINDING[part.sign] < binding else written
        return f"({written})" if written.startswith(MINUS) else written
