"""The model on one page a language, small enough to be kept beside the content: docs/model."""

from __future__ import annotations

from xinzhi.analysis.structure import Structure
from xinzhi.content.model_file import Variable
from xinzhi.show.status import status_word
from xinzhi.show.variables import kind_word, sector_text, sector_title, value_words
from xinzhi.show.words import join, t
from xinzhi.studies.book.book_tables import plain, table


def overview_page(structure: Structure, lang: str) -> str:
    """Every sector with its variables, what each is and how sure its number; then the loops. Without equations."""
    content = structure.content
    lead = t(
        "The model of {region} in {count} variables and {sectors} sectors, written from the content itself.", lang,
        region=content.region.name, count=f"{len(structure.variables):,}", sectors=len(structure.sectors),
    )  # fmt: skip
    rest = t("Equations, inputs, uses and diagrams are in the model's book, which make docs builds and xinzhi book "
             "writes; xinzhi explain NAME tells them of one variable.", lang)  # fmt: skip
    made = t("Made by make content; do not edit by hand.", lang)
    title, loops = t("The model at a glance", lang), t("Feedback loops", lang)
    lines = [f"# {title}", "", f"<!-- {made} -->", "", lead, "", rest, ""]
    heads = (t("Variable", lang), t("Meaning", lang), t("Number, or kind and unit", lang), t("Status", lang))
    for number, (name, sector) in enumerate(structure.sectors.items(), 1):
        lines += [f"## {plain(sector_title(sector, lang))} {{#s{number}}}", "", plain(sector_text(sector, lang)), ""]
        lines += table(heads, (_row(structure, variable, lang) for variable in structure.of_sector(name)))
    if content.loops:
        lines += [f"## {loops} {{#loops}}", ""]
        rows = ((it.id, plain(it.name[lang]), plain(" → ".join(it.variables))) for it in content.loops.values())
        lines += table((t("Loop", lang), t("Name", lang), t("Variables", lang)), rows)
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(structure: Structure, variable: Variable, lang: str) -> tuple[str, ...]:
    label = structure.labels.get(variable.name)
    meaning = plain(variable.description[lang] if label is None else label[lang])
    kind = join([kind_word(structure.kind(variable.name), lang), variable.unit], lang)
    return plain(variable.name), meaning, plain(value_words(variable) or kind), status_word(variable.status, lang)
