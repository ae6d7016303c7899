"""The departments on the page: what each answers for, targets that hang on another's lever, the matrix."""

from __future__ import annotations

from html import escape

from xinzhi.dashboard.markup import draw_html
from xinzhi.dashboard.pictures import draw_matrix
from xinzhi.dashboard.session import View
from xinzhi.dashboard.study_drawing import answer_of, part_html
from xinzhi.studies.departments.departments import Departments
from xinzhi.studies.departments.words import departments_matrix, duties_table, hanging_table, unmoved_text


def draw(view: View) -> None:
    """What each department answers for, and targets that hang on another's lever; then the matrix as a picture."""
    content, lang = view.content, view.lang
    departments: Departments = answer_of(view, "departments", {}).result
    tables = (duties_table(content, departments, lang), hanging_table(content, departments, lang))
    body = [part_html(table.cells()) for table in tables]
    body.append(f'<p class="xz-small">{escape(unmoved_text(departments, lang))}</p>')
    draw_html("".join(body), lang)
    draw_matrix(view, departments_matrix(content, departments, lang))
