"""The tests of structure and behaviour of a system-dynamics model (Barlas 1996; Sterman 2000, chapter 21)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.analysis.reality import run_checks
from xinzhi.analysis.structure import read_structure
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.scenario import BASELINE
from xinzhi.content.yaml_file import Text
from xinzhi.simulate import Run, Simulator
from xinzhi.studies.validate.behaviour import check_anomaly, check_reality, check_reproduction, check_surprises
from xinzhi.studies.validate.boundary import check_boundary
from xinzhi.studies.validate.conservation import check_conservation
from xinzhi.studies.validate.extremes import check_extremes
from xinzhi.studies.validate.family import check_family
from xinzhi.studies.validate.integration_error import check_integration
from xinzhi.studies.validate.outcome import FAILS, Finding
from xinzhi.studies.validate.parameters import check_parameters
from xinzhi.studies.validate.unit_tests import check_units
from xinzhi.studies.validate.verdict_tests import check_verdicts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Validation(Brief):
    """Every test once, in the order of `TESTS`; integration and verdicts are of ``scenario``."""

    scenario: Text
    findings: tuple[Finding, ...]

    def brief(self) -> str:
        counts = Counter(finding.outcome for finding in self.findings)
        return f"{self.scenario.en}: {', '.join(f'{name} {count}' for name, count in counts.items())}"

    def to_pandas(self) -> pd.DataFrame:
        """A row a test: its outcome and its worst case."""
        from xinzhi.studies.validate.words import summary_table

        return summary_table(self, "en").frame()

    @property
    def sound(self) -> bool:
        """Whether no test fails; what is known as a limit is no failure."""
        return all(finding.outcome != FAILS for finding in self.findings)


def validate(content: Content, simulator: Simulator, run: Run, others: Sequence[Path] = ()) -> Validation:
    """Every test, ``run`` giving settings and assumptions where one is of a scenario; ``others`` are other places.

    Raises `SimulationError`, and `ContentError` of a folder.
    """
    structure = read_structure(content)
    baseline = simulator.run(content.scenario(BASELINE))
    reality = run_checks(content, simulator)
    return Validation(
        run.name,
        (
            check_units(content),
            check_boundary(structure),
            check_parameters(content),
            *check_extremes(structure, simulator),
            check_reality(content, reality),
            check_conservation(structure, simulator),
            check_integration(content, simulator, run),
            check_reproduction(content, baseline),
            check_anomaly(content, simulator),
            check_family(content, simulator, others),
            check_surprises(content, reality),
            check_verdicts(content, simulator, run),
        ),
    )
