"""Designs: which values of the uncertain constants are run, by the field's methods. Shares are places in a prior."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.arguments import MOST_SEED, whole
from xinzhi.content.content import Content
from xinzhi.content.prior_file import Prior
from xinzhi.errors import ContentError, Problem, msg, nearest
from xinzhi.futures.draws import correlated
from xinzhi.futures.priors import quantile
from xinzhi.futures.random_streams import stream
from xinzhi.quiet import quiet
from xinzhi.simulate import FloatArray

METHODS = ("monte-carlo", "latin-hypercube", "sobol", "morris", "full-factorial")
EXTENDED = ("monte-carlo", "sobol")  # of which the first rows stay the same when more are drawn
LEVELS = 4  # of Morris' grid
LARGEST = 10_000_000


@dataclass(frozen=True, eq=False)
class Sample:
    """``columns`` are the inputs' values in the model's units, each of shape (runs,), with their priors."""

    method: str
    seed: int
    priors: Mapping[str, Prior]
    columns: Mapping[str, FloatArray]

    @property
    def runs(self) -> int:
        return len(next(iter(self.columns.values())))


def draw_sample(content: Content, method: str, runs: int, seed: int, inputs: Sequence[str] = ()) -> Sample:
    """Draw the uncertain constants (``inputs``, or all) by ``method``; the same arguments give the same bits.

    Morris and full factorial designs take as many rows as fit into ``runs``: whole trajectories, whole grids. Rank
    correlations are kept by Monte Carlo, Latin hypercube and Sobol'. Raises `ContentError` with every unknown input.
    """
    runs = whole("runs", runs, 1, LARGEST)
    seed = whole("seed", seed, 0, MOST_SEED)
    if method not in METHODS:
        raise ContentError(Problem(None, msg('"{name}" is not a method', name=method), nearest(str(method), METHODS)))
    problems = [
        Problem(None, msg('"{name}" is no uncertain constant', name=name), nearest(name, list(content.uncertainties)))
        for name in inputs
        if name not in content.uncertainties
    ]
    if problems:
        raise ContentError(problems)
    names = list(dict.fromkeys(inputs)) or list(content.uncertainties)
    shares = _shares(method, names, runs, seed)
    if method in ("monte-carlo", "latin-hypercube", "sobol"):
        shares = correlated(shares, names, content.correlations)
    priors = {name: content.uncertainties[name].prior for name in names}
    columns = {name: quantile(priors[name], row) for name, row in zip(names, shares.T, strict=True)}
    return Sample(method, seed, priors, columns)


def _shares(method: str, names: Sequence[str], runs: int, seed: int) -> FloatArray:
    """Places in the priors, shape (runs, names). Monte Carlo draws each by its name; the others are joint designs."""
    inputs = len(names)
    if method == "monte-carlo":
        return np.column_stack([stream(seed, "monte-carlo", name).random(runs) for name in names])
    if method == "latin-hypercube":
        return np.asarray(scipy.stats.qmc.LatinHypercube(inputs, rng=seed).random(runs))
    if method == "sobol":
        with quiet():  # a number of runs that is no power of two is the user's choice
            drawn = scipy.stats.qmc.Sobol(inputs, rng=seed).random(runs)
        return np.asarray(np.clip(drawn, 1e-12, 1 - 1e-12))
    if method == "morris":
        return _morris(inputs, runs, seed)
    levels = int(np.floor(runs ** (1 / inputs) + 1e-9))
    if levels < 2:
        problem = msg(
            "a full factorial of {count} inputs takes {least} runs at least", count=inputs, least=f"{2.0**inputs:.3g}"
        )
        raise ContentError(Problem(None, problem, msg("name fewer inputs, or take more runs")))
    places = (np.arange(levels) + 0.5) / levels
    return np.array(list(itertools.product(places, repeat=inputs)))


def _morris(inputs: int, runs: int, seed: int) -> FloatArray:
    """Whole trajectories of one step an input (SALib)."""
    from SALib.sample import morris

    trajectories = runs // (inputs + 1)
    if trajectories < 2:
        problem = msg(
            "Morris' design of {count} inputs takes {least} runs at least", count=inputs, least=2 * (inputs + 1)
        )
        raise ContentError(Problem(None, problem, msg("name fewer inputs, or take more runs")))
    about = {"num_vars": inputs, "names": [str(it) for it in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}
    drawn = morris.sample(about, trajectories, num_levels=LEVELS, seed=seed)
    return np.asarray(np.clip(drawn, 1e-3, 1 - 1e-3))
