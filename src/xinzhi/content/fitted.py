"""What a fit left beside the data, calibration/fitted.yaml and posterior.parquet.

They are two halves: the first names the SHA-256 of the second, which is written before it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.files import files_hash, files_in, shared_equations
from xinzhi.content.reader import Field, Reader, boolean, choice, mapping_of, number, record
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, read_yaml
from xinzhi.errors import Message, msg

FITTED = "calibration/fitted.yaml"
POSTERIOR = "calibration/posterior.parquet"
_INPUTS = ("model/indicators.yaml", "model/uncertainties.yaml", "calibration/anchors.yaml",
           "calibration/fit.yaml", "calibration/history.csv", "calibration/region.csv",
           "calibration/region_series.csv")  # fmt: skip
PROFILES = ("closed", "half", "open")
_STATED = re.compile(r"^ +(inputs|depends|posterior|seed): ([0-9a-f]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Estimate:
    """What the last fit says of one constant, in the model's unit; ``prior`` and ``posterior`` are 5, 50 and 95 %.

    ``learned`` is by how much the posterior is narrower than the prior, of 0..1; where that is next to nothing the
    constant is not ``identified``: its posterior is its prior. ``profile`` is one of `PROFILES`.
    """

    optimum: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    learned: float
    identified: bool
    profile: str
    rhat: float
    ess_bulk: float
    ess_tail: float


@dataclass(frozen=True)
class Fitted:
    """The constants of the last fit by name; none, and a warning, where the fit is ``outdated`` or in two halves."""

    constants: Mapping[str, Estimate]
    outdated: Message | None = None


def read_fitted(folder: Path, shown_as: str = FITTED) -> Fitted | None:
    """What the last fit in ``folder`` left, whether it still holds or not; None where there is none.

    Raises `ContentError` where it is damaged.
    """
    if not (folder / FITTED).exists():
        return None
    problems = Problems()
    root = read_yaml(folder / FITTED, shown_as, problems)
    fields = BAD if root is None else _FORMAT.read(root, problems)
    problems.raise_any()
    assert not isinstance(fields, Bad)
    return Fitted(fields["constants"])


def _three(node: Node, problems: Problems) -> tuple[float, ...] | Bad:
    if not isinstance(node.value, tuple) or len(node.value) != 3:
        return problems.add(node.place, msg('"{key}" is not a list of three numbers', key=node.key), _AGAIN)
    values = tuple(number.read(item, problems) for item in node.value)
    return BAD if any(isinstance(value, Bad) for value in values) else values


def _estimate(fields: dict[str, Any], _node: Node, _problems: Problems) -> Estimate:
    return Estimate(**fields)


_AGAIN = msg("run xinzhi fit --write")
_ends = Reader(_three, {"type": "array", "items": number.schema, "minItems": 3, "maxItems": 3})
_FORMAT = record(
    Field("recipe", Reader(lambda node, _problems: node.value, {}), "拟合方法", "How it was fitted"),
    Field(
        "constants",
        mapping_of(
            record(
                Field("optimum", number, "最优值", "The optimum"),
                Field("prior", _ends, "先验的5%、50%、95%分位数", "5, 50 and 95 % of the prior"),
                Field("posterior", _ends, "后验的5%、50%、95%分位数", "5, 50 and 95 % of the posterior"),
                Field("learned", number, "后验较先验收窄的比例", "How much narrower than the prior"),
                Field("identified", boolean, "历史数据能否识别", "Whether history identifies it"),
                Field("profile", choice(PROFILES), "剖面似然", "The profile likelihood"),
                Field("rhat", number, "R-hat", "R-hat"),
                Field("ess_bulk", number, "有效样本量", "Effective sample size"),
                Field("ess_tail", number, "尾部有效样本量", "Effective sample size of the tails"),
            ).then(_estimate)
        ),
        "参数，键为名称",
        "The constants by name",
    ),
)


def inputs_hash(folder: Path) -> str:
    """SHA-256 of every file that a fit may depend on: model, data, priors and plan. Raises OSError.

    Other files need not mean another fit: `xinzhi.futures.freshness` tells.
    """
    shared = shared_equations(folder)
    models = files_in(folder / "model", ".mdl") if shared is None else [shared]
    return files_hash(folder, (*models, *(folder / name for name in _INPUTS)))


def stated(folder: Path) -> dict[str, str]:
    """What fitted.yaml says of how it was made: inputs, depends, seed, posterior. Raises OSError, ValueError."""
    return dict(_STATED.findall((folder / FITTED).read_text(encoding="utf-8").partition("constants:")[0]))


def digest(draws: bytes) -> str:
    """What names a posterior.parquet."""
    return hashlib.sha256(draws).hexdigest()


def halves(folder: Path) -> Message | None:
    """A warning where fitted.yaml and posterior.parquet are not of one fit, or one of them is missing.

    A fitted.yaml that names no draws, as an earlier version wrote it, is believed here.
    """
    there = [(folder / name).exists() for name in (FITTED, POSTERIOR)]
    if not all(there):
        missing = (FITTED, POSTERIOR)[there.index(False)]
        return msg("half of the fit is missing, {file}; run xinzhi fit --write", file=missing) if any(there) else None
    try:
        named = stated(folder).get("posterior")
        if named is None or named == digest((folder / POSTERIOR).read_bytes()):
            return None
    except (OSError, ValueError):
        return None  # told where it is read
    return of_two_fits()


def of_two_fits() -> Message:
    return msg("{file} and {other} are of two different fits; run xinzhi fit --write", file=FITTED, other=POSTERIOR)
