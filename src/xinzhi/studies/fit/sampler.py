"""The posterior: several independent ensembles of walkers (emcee), their runs in batches of the engine.

Chunks are kept in the store as they come, so that an interrupted fit goes on where it stopped, to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.arguments import whole
from xinzhi.futures.system import WIDEST, System
from xinzhi.simulate import FloatArray
from xinzhi.store import Store
from xinzhi.studies.fit.optimum import Optimum

Array = NDArray[Any]
CHUNK = 250  # steps
THIN = 10
SPREAD = 1.3  # walkers begin more widely than the posterior's normal approximation
MIXED = 1.01
ENOUGH = 1000.0


@dataclass(frozen=True)
class Effort:
    """How much is sampled: independent ``runs`` of ``walkers``, ``steps`` each, of which ``burn`` are thrown away."""

    runs: int = 4
    walkers: int = 256
    steps: int = 3000
    burn: int = 500

    def __post_init__(self) -> None:
        """Raises `ContentError` for a number that is not whole, too small, or leaves nothing after the burn-in."""
        for name, lowest in (("runs", 1), ("walkers", 2), ("steps", 1), ("burn", 0)):
            most = self.steps - 1 if name == "burn" else None
            object.__setattr__(self, name, whole(name, getattr(self, name), lowest, most))


@dataclass(frozen=True)
class Diagnostics:
    """Of one unknown. ``rhat`` compares the runs (nested R-hat, runs as superchains), the rest counts draws."""

    rhat: float
    bulk: float
    tail: float

    @property
    def sound(self) -> bool:
        return self.rhat < MIXED and min(self.bulk, self.tail) > ENOUGH


Progress = Callable[[int, int], None]


def sample(
    system: System, optimum: Optimum, seed: int, effort: Effort, store: Store | None = None, name: str = "",
    progress: Progress = lambda _done, _of: None,
) -> FloatArray:  # fmt: skip
    """Draws after the burn-in, every tenth step, shape (runs, draws, walkers, unknowns).

    ``name`` keeps the chunks apart from those of other fits; without a ``store`` nothing is kept. The same seed gives
    the same bits, resumed or not.
    """
    chunks = -(-effort.steps // CHUNK)
    draws = []
    for run in range(effort.runs):
        steps = []
        state: dict[str, FloatArray] | None = None
        for chunk in range(chunks):
            key = f"{name}-{seed}-{run}-{effort.walkers}-{chunk}"
            kept = None if store is None else store.load_as(key, dict[str, Array], _whole)
            if kept is None:
                kept = _advance(system, optimum, [seed, run], effort.walkers, state)
                if store is not None:
                    store.save(key, kept)
            state = kept
            steps.append(kept["chain"])
            progress(run * chunks + chunk + 1, effort.runs * chunks)
        draws.append(np.concatenate(steps)[effort.burn // THIN :])
    return np.array(draws)


def _whole(kept: dict[str, Array]) -> dict[str, Array]:
    return {name: kept[name] for name in ("chain", "coords", "logs", "keys", "position")}


def _advance(
    system: System, optimum: Optimum, seed: list[int], walkers: int, state: dict[str, FloatArray] | None
) -> dict[str, FloatArray]:
    """One chunk, from where the last one ended or, without one, from around the optimum."""
    import emcee

    # not DESnookerMove: emcee 3.1.6 halves its exponent, and a normal's standard deviation of 1 comes out as 0.87
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.StretchMove(), 0.2)]

    def scored(places: FloatArray) -> FloatArray:
        return system.log_posterior(np.ascontiguousarray(places.T))

    sampler = emcee.EnsembleSampler(walkers, len(system.names), scored, vectorize=True, moves=moves)
    sampler.log_prob_fn = scored  # without emcee's wrapper, which prints a traceback at Ctrl-C
    if state is None:
        random = np.random.RandomState(np.random.MT19937(np.random.SeedSequence(seed)))
        wide = random.multivariate_normal(np.zeros(len(system.names)), optimum.spread * SPREAD**2, size=walkers)
        start = emcee.State(_inside(system, optimum.unknowns, wide), random_state=random.get_state())
    else:
        word, gauss, cached = state["position"]
        random_state = ("MT19937", state["keys"], int(word), int(gauss), float(cached))
        start = emcee.State(state["coords"], log_prob=state["logs"], random_state=random_state)
    last = sampler.run_mcmc(start, CHUNK, thin_by=1, skip_initial_state_check=True)
    _, keys, word, gauss, cached = last.random_state
    return {
        "chain": sampler.get_chain()[THIN - 1 :: THIN], "coords": last.coords, "logs": last.log_prob,
        "keys": keys, "position": np.array([word, gauss, cached], dtype=float),
    }  # fmt: skip


def _inside(system: System, centre: FloatArray, wide: FloatArray) -> FloatArray:
    """Starts within the bounds whose runs give a number: those that give none are drawn towards the optimum."""
    places = np.clip(centre + wide, -WIDEST + 0.1, WIDEST - 0.1)
    for _ in range(20):
        bad = ~np.isfinite(system.log_posterior(np.ascontiguousarray(places.T)))
        if not bad.any():
            break
        places[bad] = centre + 0.7 * (places[bad] - centre)
    return np.asarray(places)


def diagnose(draws: FloatArray) -> list[Diagnostics]:
    """One an unknown, of draws as `sample` gives them, by ArviZ: every walker is a chain, every run a superchain."""
    from arviz_stats.base import array_stats

    runs, length, walkers, count = draws.shape
    chains = draws.transpose(3, 0, 2, 1).reshape(count, runs * walkers, length)
    ids = np.repeat(np.arange(runs), walkers)
    return [
        Diagnostics(
            rhat=float(array_stats.rhat_nested(one, ids)),
            bulk=float(array_stats.ess(one)),
            tail=float(array_stats.ess(one, method="tail", prob=(0.05, 0.95))),
        )
        for one in chains
    ]


def thinned(draws: FloatArray, count: int, seed: int) -> FloatArray:
    """``count`` draws without order, shape (unknowns, count)."""
    flat = draws.reshape(-1, draws.shape[-1])
    chosen = np.random.default_rng(seed).choice(len(flat), size=count, replace=False)
    return np.ascontiguousarray(flat[np.sort(chosen)].T)
