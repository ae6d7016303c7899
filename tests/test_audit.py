"""The document audited: arithmetic that follows the content, effects that are the model's, words in both languages."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini import write_mini
from test_broken import copy_project
from xinzhi.analysis.gains import MATERIAL, NOTHING, asked_for
from xinzhi.analysis.verdict import judge
from xinzhi.content.audit_file import Rule, Step
from xinzhi.content.expression import (
    Earlier,
    Expression,
    ExpressionError,
    Logarithm,
    Names,
    One,
    Operand,
    Operation,
    Span,
    dimension,
    evaluate,
    operands,
    parse,
    parts,
)
from xinzhi.content.yaml_file import Text
from xinzhi.project import Project, load_project
from xinzhi.show.arithmetic import sum_text
from xinzhi.show.effects import effect_text
from xinzhi.show.numbers import MINUS
from xinzhi.show.words import say
from xinzhi.studies.audit.accounts import make_account
from xinzhi.studies.audit.audit import Audit, judge_step
from xinzhi.studies.audit.report import audit_markdown
from xinzhi.studies.audit.words import shown_pairs, verdict_count

ROOT = Path(__file__).parents[1]
Shell = Callable[..., subprocess.CompletedProcess[str]]
TEXT = Text("文", "text")


@pytest.fixture(scope="module")
def audit(project: Project) -> Audit:
    return project.audit()


def test_the_counts_of_the_audit_add_up(audit: Audit) -> None:
    for lang in ("zh", "en"):
        whole, *parts = map(int, re.findall(r"\d+", verdict_count(audit, lang)))
        assert whole == sum(parts) == len(audit.findings)


def values(audit: Audit, item: str) -> dict[str, float]:
    return dict(next(finding.values for finding in audit.findings if finding.item.id == item))


# --- implied quantities


def test_the_audit_says_what_the_issue_asks_for(project: Project, audit: Audit) -> None:
    assert len(audit.findings) >= 14
    targets, history = project.content.targets, project.content.history.series
    gdp = history["gdp_nominal"].at(2023).value
    implied = targets["sei_va_level"].threshold / (targets["sei_share"].threshold / 100)
    found = values(audit, "gdp_behind_the_share")
    assert found["gdp"] == pytest.approx(implied) == pytest.approx(72_000)
    assert found["growth"] == pytest.approx(100 * ((implied / gdp) ** 0.2 - 1)) == pytest.approx(4.86, abs=0.01)
    spending = history["rd_expenditure"].at(2023).value * 1.14**5
    assert values(audit, "rd_intensity")["intensity"] == pytest.approx(100 * spending / implied)
    assert values(audit, "base_behind_the_growth")["implied"] == pytest.approx(18_000 / 1.1**5)
    assert values(audit, "real_or_nominal_growth")["needed"] == pytest.approx(5.0, abs=0.01)
    assert values(audit, "manufacturing_trend")["past"] < 0 < values(audit, "manufacturing_trend")["rise"]
    assert values(audit, "energy_of_computing")["total"] < 0.2


def test_every_finding_has_phrases_arithmetic_and_what_the_model_adds(project: Project, audit: Audit) -> None:
    document = (ROOT / "model" / "document.zh.txt").read_text(encoding="utf-8")
    for finding in audit.findings:
        for lang in ("zh", "en"):
            account = make_account(project.content, audit, finding, lang)
            assert account.sums and account.model_sums and account.figures and account.says and account.model
            assert account.phrases and all(
                re.search('[“"](.+)[”"]', phrase)[1] in document for phrase in account.phrases
            )
            assert not any(math.isnan(value) for value in finding.values.values()), finding.item.id
            assert "{" not in account.says + account.model and "nan" not in " ".join(account.figures)
        says = [step for step in finding.item.steps.values() if not step.modelled]
        read = {operand.family for step in says for operand in operands(step.expression)}
        assert read <= {"target", "observed"}, finding.item.id


def test_the_verdicts_are_not_all_the_same(audit: Audit) -> None:
    found = [finding.verdict for finding in audit.findings]
    assert found.count("tense") >= 5 and found.count("consistent") >= 5


def test_a_changed_threshold_changes_the_audit(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    path = folder / "model" / "indicators.yaml"
    text = path.read_text(encoding="utf-8")
    assert "threshold: 18000" in text
    path.write_text(text.replace("threshold: 18000", "threshold: 20000"), encoding="utf-8")
    project = load_project(folder)
    audit = project.audit()
    account = make_account(project.content, audit, audit.findings[0], "zh")
    assert "8.00万亿元" in account.says and account.sums[0][1] == "20,000亿元 ÷ 25% = 80,000亿元"
    assert values(audit, "rd_intensity")["gdp"] == pytest.approx(80_000)


def test_what_the_document_implies_does_not_move_with_the_scenario(project: Project, audit: Audit) -> None:
    other = project.audit("all-half")
    for here, there in zip(audit.findings, other.findings, strict=True):
        own = [key for key, step in here.item.steps.items() if not step.modelled]
        assert [here.values[key] for key in own] == [there.values[key] for key in own]
    assert any(here.values != there.values for here, there in zip(audit.findings, other.findings, strict=True))


@pytest.mark.parametrize(
    ("tense", "contradictory", "value", "verdict"),
    [
        (2.0, 10.0, 1.9, "consistent"),
        (2.0, 10.0, 2.0, "consistent"),
        (2.0, 10.0, 2.1, "tense"),
        (2.0, 10.0, 10.1, "contradictory"),
        (2.0, None, 99.0, "tense"),
        (-1.0, -10.0, -0.5, "consistent"),
        (-1.0, -10.0, -1.5, "tense"),
        (-1.0, -10.0, -10.5, "contradictory"),
        (-1.0, -10.0, 50.0, "consistent"),
        (2.0, 10.0, math.nan, None),
    ],
)
def test_a_verdict_goes_by_its_bounds(
    tense: float, contradictory: float | None, value: float, verdict: str | None
) -> None:
    assert judge_step(Rule("s", tense, contradictory, TEXT), value) == verdict


# --- the arithmetic that is shown


def trees() -> st.SearchStrategy[Expression]:
    figures = st.builds(Operand, st.just("target"), st.sampled_from("abcde"), st.just("%"), st.just(0.01))
    leaves = st.one_of(st.just(One()), st.just(Span(2023, 2028)), figures, st.just(Earlier("before")))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Operation, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
            st.builds(lambda base: Operation("**", base, Operation("/", One(), Span(2023, 2028))), inner),
            st.builds(Logarithm, inner),
        ),
        max_leaves=8,
    )


@given(trees(), st.dictionaries(st.sampled_from("abcde"), st.integers(-60, 60).filter(bool), min_size=5))
def test_the_arithmetic_that_is_shown_gives_the_result_that_is_shown(tree: Expression, numbers: dict[str, int]) -> None:
    figures = {part: float(numbers[part.name]) for part in parts(tree) if isinstance(part, Operand)}
    before = Step("before", TEXT, One(), "%", 100.0, 1, "level", False)
    step = Step("now", TEXT, tree, "%", 100.0, 6, "level", False)
    root = evaluate(tree, figures.__getitem__, {"before": 0.37})
    if isinstance(tree, Operand) or not math.isfinite(root) or abs(root) > 1e6:
        return
    steps, results = {"before": before, "now": step}, {"before": 37.0, "now": 100 * root}
    shown = sum_text(step, steps, figures, results, "zh", None)  # type: ignore[arg-type]  # % asks for no units
    left, _, right = shown.rpartition(" = ")
    python = left.replace("×", "*").replace("÷", "/").replace(MINUS, "-").replace("^", "**").replace("ln", "math.log")
    python = re.sub(r"([\d.]+)%", r"(\1/100)", python)
    assert eval(python, {"math": math}) == pytest.approx(root, rel=1e-6, abs=1e-9), shown
    assert float(right.rstrip("%").replace(",", "").replace(MINUS, "-")) == pytest.approx(
        100 * root, rel=1e-6, abs=1e-5
    )


def test_a_sum_without_a_result_says_so(project: Project) -> None:
    tree = Operation("/", One(), Operation("-", One(), One()))
    step = Step("now", TEXT, tree, "%", 100.0, 1, "level", False)
    assert math.isnan(evaluate(tree, lambda _: 0.0, {}))
    assert sum_text(step, {"now": step}, {}, {"now": math.nan}, "en", project.content.units) == "1 ÷ (1 − 1) = —"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("1or 2", '"1 or 2" is not arithmetic'),
        ("target.gdp.x", '"target.gdp.x" names no figure'),
        ("model.gdp[1999]", "the model has no year 1999; allowed are 2015 to 2030"),
        ("observed.gdp[x]", '"x" is not a calendar year'),
        ("years(2023, 2015)", '"years" cannot be called so'),
        ("ln(base.gdp)", "ln() is taken of what has a unit"),
        ("base.gdp ** 1", "a figure with a unit is raised to a power"),
        ("exp(1)", '"exp" cannot be called so'),
        ("base.gdp ^ 1", "is not arithmetic"),
        ("lambda: 1", "is not arithmetic"),
        ("(" * 300 + "1", "is not an expression"),
        ("1 + " * 200 + "1", "the expression has 801 characters"),
        ('constant["\\d", "亿元"]', "constant has no"),
        ('constant["size", "吨标准煤"]', 'the unit of "size" does not fit the model'),
        ("gain.gdp[nobody]", 'unknown lever "nobody"'),
        ("True", "the number True is typed by hand"),
        ("years + 2", "the number 2 is typed by hand"),
    ],
)
def test_an_expression_that_cannot_be_read_is_refused_in_a_sentence(
    project: Project, written: str, sentence: str
) -> None:
    names = Names(
        {"gdp": "亿元"}, {"gdp": "亿元"}, {"gdp": [2015, 2023]}, ["tax"], {"size": "YiYuan"}, 2023, 2028, (2015, 2030)
    )
    with pytest.raises(ExpressionError) as caught:
        dimension(parse(written, names, [], project.content.units), project.content.units, {})
    said = f"{caught.value.problem}; {caught.value.remedy}"
    assert sentence in said and "{" not in said
    assert say(caught.value.problem, "zh") != str(caught.value.problem)


# --- what levers do to targets


def test_the_gains_are_those_of_single_runs(project: Project, audit: Audit) -> None:
    gains, content = audit.gains, project.content
    base = [verdict.value for verdict in judge(content, project.run("baseline"))]
    assert gains.values.tolist() == pytest.approx(base, rel=1e-12)
    for row in (0, 4, 9, 18):
        lever = gains.levers[row]
        for end, value in enumerate((lever.low, lever.high)):
            moved = judge(content, project.run("baseline", levers={lever.id: value}))
            apart = [verdict.value - before for verdict, before in zip(moved, base, strict=True)]
            assert gains.changes[end, row].tolist() == pytest.approx(apart, rel=1e-9, abs=1e-9), lever.id
    both = project.run(
        "baseline", levers={gains.levers[1].id: gains.levers[1].high, gains.levers[13].id: gains.levers[13].high}
    )
    apart = [verdict.value - before for verdict, before in zip(judge(content, both), base, strict=True)]
    assert gains.joint[1, 13].tolist() == pytest.approx(apart, rel=1e-9, abs=1e-9)
    assert np.array_equal(gains.joint, gains.joint.swapaxes(0, 1))


def test_a_share_is_positive_where_a_target_comes_nearer(audit: Audit) -> None:
    gains = audit.gains
    energy = [target.id for target in gains.targets].index("energy_intensity")
    price = [lever.id for lever in gains.levers].index("energy_price_uplift")
    assert gains.changes[1, price, energy] < 0 < gains.shares[1, price, energy]
    assert gains.asked.min() > 0
    for target, asked in zip(gains.targets, gains.asked, strict=True):
        assert asked == asked_for(target) >= 0.1 * abs(target.threshold) - 1e-12
    technologies = next(target for target in gains.targets if target.id == "key_technologies")
    assert asked_for(technologies) == pytest.approx(3)


def test_renovation_sets_manufacturing_against_energy_and_demand_reconciles_them(audit: Audit) -> None:
    def find(helps: bool) -> set[str]:
        return {
            pair.first.lever.id
            for pair in audit.pairs
            if {pair.first.target.id, pair.second.target.id} == {"manufacturing_share", "energy_intensity"}
            and pair.helps is helps
        }

    assert find(False) == {"renovation_subsidy_rate"} and find(True) == {"sei_demand_boost"}


def test_a_pair_is_of_one_lever_that_moves_both_materially(audit: Audit) -> None:
    assert len([pair for pair in audit.pairs if not pair.helps]) >= 12
    for pair in audit.pairs:
        assert pair.first.lever == pair.second.lever and pair.first.end == pair.second.end
        assert pair.strength >= MATERIAL and pair.first.target != pair.second.target
        assert pair.helps == (pair.first.share * pair.second.share > 0)
    headlines = [pair.headlines for pair in audit.pairs]
    assert headlines == sorted(headlines, reverse=True)
    for helps in (True, False):
        shown = shown_pairs(audit.pairs, helps)
        assert 0 < len(shown) <= 12 and all(pair.helps is helps for pair in shown)


def test_a_lever_that_acts_only_with_others_is_told_as_one(project: Project, audit: Audit) -> None:
    found = {each.lever.id: each for each in audit.together}
    assert {"talent_import", "policy_budget_share"} <= found.keys()
    gains = audit.gains
    for index, lever in enumerate(gains.levers):
        silent = np.abs(gains.shares[:, index]).max() <= NOTHING
        assert silent or lever.id not in found
    each = found["talent_import"]
    alone = project.run("baseline", levers={each.other.id: each.other.high})
    both = project.run("baseline", levers={each.other.id: each.other.high, "talent_import": each.lever.high})
    row = [target.id for target in gains.targets].index(each.effect.target.id)
    apart = judge(project.content, both)[row].value - judge(project.content, alone)[row].value
    assert each.effect.change == pytest.approx(apart) and abs(each.effect.share) > NOTHING
    assert effect_text(project.content, each.effect, "zh").endswith("%）")


def test_the_audit_runs_on_a_project_without_items_and_with_two_levers(tmp_path: Path) -> None:
    project = load_project(write_mini(tmp_path))
    audit = project.audit()
    assert audit.findings == () and audit.gains.changes.shape[:2] == (2, 2)
    assert "# " in audit_markdown(project.content, audit, "zh")


# --- departments


def test_the_matrix_counts_targets_that_a_department_s_levers_bring_nearer(project: Project) -> None:
    found, gains = project.departments(), project.audit().gains
    for controlling, row in zip(found.controlling, found.matrix.tolist(), strict=True):
        own = [index for index, lever in enumerate(gains.levers) if lever.departments[0] == controlling]
        near = {
            target.id
            for column, target in enumerate(gains.targets)
            if any(gains.shares[:, index, column].max() >= MATERIAL for index in own)
        }
        for answering, count in zip(found.answering, row, strict=True):
            wanted = [target for target in gains.targets if answering in target.departments and target.id in near]
            assert count == len(wanted), (controlling, answering)
    assert found.matrix.sum() > 0 and set(found.controlling) <= set(project.content.region.departments)


def test_a_target_hangs_on_the_lever_of_who_does_not_answer_first_for_it(project: Project) -> None:
    found = project.departments()
    hanging = {each.effect.target.id: each for each in found.hanging}
    assert hanging["rd_growth"].leader == "finance" and hanging["rd_growth"].outside
    for each in found.hanging:
        assert each.leader == each.effect.lever.departments[0] != each.effect.target.departments[0]
        assert each.outside == (each.leader not in each.effect.target.departments)
    outside = [each.outside for each in found.hanging]
    assert outside == sorted(outside, reverse=True)
    moved = {target.id for target in found.unmoved}
    assert moved.isdisjoint(hanging) and "loan_size" in moved


def test_every_target_is_some_department_s_and_every_lever_is_led(project: Project) -> None:
    duties = project.departments().duties
    answered = {verdict.target.id for duty in duties for verdict in duty.verdicts}
    led = [lever.id for duty in duties for lever in duty.leads]
    assert answered == set(project.content.targets) and sorted(led) == sorted(project.content.sheet.levers)


# --- the shell and the page in docs/


def test_the_shell_audits_in_both_languages_and_in_json(shell: Shell, project: Project, tmp_path: Path) -> None:
    chinese, english = shell("audit", lang="zh"), shell("audit", lang="en")
    assert "18,000亿元 ÷ 25% = 72,000亿元" in chinese.stdout and "相互抵触的目标" in chinese.stdout
    assert "CNY 1,800 billion ÷ 25% = CNY 7,200 billion" in english.stdout and "Targets that fight" in english.stdout
    record = json.loads(shell("audit", "rd-first", "--json", "-o", str(tmp_path / "audit.md")).stdout)
    assert record["scenario"] == "rd-first" and len(record["findings"]) == len(project.content.audit)
    first = record["findings"][0]
    assert {"says", "model", "quotes", "verdict", "steps", "figures"} <= first.keys()
    assert first["steps"][0]["arithmetic"].endswith("= CNY 7,200 billion") and first["steps"][0]["value"] == 72_000
    assert all({"lever", "end", "helps", "effects"} <= pair.keys() for pair in record["pairs"])
    assert (tmp_path / "audit.md").read_text(encoding="utf-8").startswith("# The document audited")
    assert shell("audit", "-o", "audit.doc").returncode == 2 and shell("audit", "nowhere").returncode == 2


def test_the_shell_tells_departments_and_groups_targets(shell: Shell, project: Project, tmp_path: Path) -> None:
    said = shell("departments", lang="zh").stdout
    assert "省科技厅" in said and "最有效措施由其他部门牵头的目标" in said
    record = json.loads(shell("departments", "--json").stdout)
    assert len(record["matrix"]) == len(record["controlling"]) and record["hanging"][0]["led_by"] == "finance"
    assert shell("departments", "-o", str(tmp_path / "matrix.svg")).returncode == 0
    assert (tmp_path / "matrix.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")
    assert shell("departments", "-o", str(tmp_path / "who.csv"), "--set", "public_rd_growth=12%").returncode == 0
    led = pd.read_csv(tmp_path / "who.csv")
    assert list(led)[:3] == ["department", "name", "met"] and "public_rd_growth" in ", ".join(led["leads"].dropna())
    grouped = json.loads(shell("targets", "--by", "department", "--json").stdout)
    science = next(group for group in grouped if group["group"] == "science")
    wanted = [target.id for target in project.content.targets.values() if "science" in target.departments]
    assert [target["target"] for target in science["targets"]] == wanted and science["all"] == len(wanted)
    articles = json.loads(shell("targets", "--by", "article", "--json", lang="zh").stdout)
    assert articles[1]["name"] == "第1条 加强原创性颠覆性科技创新"
    assert "省水利厅：" in shell("targets", "--by", "department", lang="zh").stdout


def test_a_comparison_prints_the_headline_indicators_or_all(shell: Shell) -> None:
    short, whole = (shell("compare", "green-first", *more, lang="en").stdout for more in ((), ("--all",)))
    assert "Headline indicators in 2028" in short and "R&D personnel" not in short
    assert "--all" in short and "R&D personnel" in whole and "--all" not in whole


def test_json_says_at_which_prices_an_indicator_is(shell: Shell) -> None:
    run = json.loads(shell("run", "--json").stdout)
    compared = json.loads(shell("compare", "green-first", "--json").stdout)
    checked = json.loads(shell("check", "--json").stdout)
    for rows in (run["indicators"], compared["indicators"], checked["accuracy"]):
        prices = {row["indicator"]: row["prices"] for row in rows}
        assert prices["rd_expenditure"] == "current" and prices["energy_per_gdp"] == "constant"


NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_in_the_documents_is_what_the_content_gives_now(lang: str) -> None:
    """Word for word; a number may differ in its last digit, as two processors may."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from make_reference import audit_page

    kept, now = (ROOT / "docs" / f"audit.{lang}.md").read_text(encoding="utf-8"), audit_page(lang)
    assert NUMBER.split(kept) == NUMBER.split(now), "run: make reference"
    for old, new in zip(NUMBER.findall(kept), NUMBER.findall(now), strict=True):
        one, other = (float(number.replace(",", "").replace(MINUS, "-")) for number in (old, new))
        digits = len(old.partition(".")[2])
        assert one == pytest.approx(other, rel=1e-4, abs=1.01 * 10**-digits), "run: make reference"


def test_an_old_content_folder_without_an_audit_still_works(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    (folder / "model" / "audit.yaml").unlink()
    project = load_project(folder)
    assert project.content.audit == {} and project.audit().findings == ()
    shutil.rmtree(folder)


def test_a_lever_that_moves_nothing_alone_says_so_in_its_help(project: Project) -> None:
    alone = {together.lever.id for together in project.audit().together}
    assert alone
    for lever in map(project.content.sheet.levers.__getitem__, alone):
        assert "单独调整时" in lever.help.zh and "Alone it moves no target" in lever.help.en, lever.id
