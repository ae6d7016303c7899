"""What a sceptic would forecast with instead of a model: the logarithm of a yearly series carried on.

A forecast is normal on the logarithm: a mean and a standard deviation for each year ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xinzhi.quiet import quiet
from xinzhi.simulate import FloatArray

Forecast = tuple[FloatArray, FloatArray]  # means and standard deviations, each of shape (years ahead,)
SMALLEST = 1e-4  # a standard deviation, where a rival met its past exactly


@dataclass(frozen=True)
class Past:
    """What was known: ``logs`` of the figures of ``years``, both of shape (figures,), oldest first; gaps may be."""

    years: FloatArray
    logs: FloatArray

    @property
    def growth(self) -> FloatArray:
        """The yearly change between neighbouring figures, shape (figures - 1,)."""
        return np.asarray(np.diff(self.logs) / np.diff(self.years))

    @property
    def unbroken(self) -> Past:
        """The latest figures, without a gap between them."""
        gaps = np.flatnonzero(np.diff(self.years) > 1)
        start = int(gaps[-1]) + 1 if gaps.size else 0
        return Past(self.years[start:], self.logs[start:])


def last_growth(past: Past, horizon: int) -> Forecast:
    """The last change goes on."""
    return _drifting(past, float(past.growth[-1]), horizon)


def mean_growth(past: Past, horizon: int) -> Forecast:
    """A random walk with drift: the mean growth goes on, from the last figure."""
    drift = float((past.logs[-1] - past.logs[0]) / (past.years[-1] - past.years[0]))
    return _drifting(past, drift, horizon)


def _drifting(past: Past, growth: float, horizon: int) -> Forecast:
    """A year's spread is that of past growth; of two figures, which show none, the growth itself."""
    steps, apart = np.arange(1, horizon + 1), np.diff(past.years)
    drift = (past.logs[-1] - past.logs[0]) / (past.years[-1] - past.years[0])
    off = (past.growth - drift) * np.sqrt(apart)
    spread = float(np.sqrt((off**2).sum() / (len(off) - 1))) if len(off) > 1 else abs(growth)
    return past.logs[-1] + growth * steps, max(spread, SMALLEST) * np.sqrt(steps)


def linear_trend(past: Past, horizon: int) -> Forecast:
    """A straight line through the figures themselves, not their logarithms; the spread is that of its residuals."""
    levels = np.exp(past.logs)
    slope, base = np.polyfit(past.years - past.years[-1], levels, 1)
    means = np.log(np.maximum(base + slope * np.arange(1, horizon + 1), levels.min() * 1e-3))
    off = levels - base - slope * (past.years - past.years[-1])
    return means, np.full(horizon, max(float(np.std(off, ddof=2) / levels[-1]), SMALLEST))


def holt(past: Past, horizon: int) -> Forecast:
    """Holt's exponential smoothing (a damped trend; yearly figures have no season for Winters' part)."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with quiet():
        fitted = ExponentialSmoothing(
            past.logs, trend="add", damped_trend=True, initialization_method="estimated"
        ).fit()
    spread = max(float(np.std(fitted.resid)), SMALLEST)
    return np.asarray(fitted.forecast(horizon)), spread * np.sqrt(np.arange(1, horizon + 1))


def auto_arima(past: Past, horizon: int) -> Forecast:
    """The ARIMA(p, 1, q) with drift, p and q up to 1, that has the least corrected AIC."""
    from statsmodels.tsa.arima.model import ARIMA

    candidates = []
    with quiet():
        for order in ((0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 1, 1)):
            fitted = ARIMA(past.logs, order=order, trend="t").fit()
            if np.isfinite(fitted.aicc):
                candidates.append((float(fitted.aicc), order, fitted))
        best = min(candidates)[2] if candidates else ARIMA(past.logs, order=(0, 1, 0), trend="t").fit()
        forecast = best.get_forecast(horizon)
    return np.asarray(forecast.predicted_mean), np.maximum(np.asarray(forecast.se_mean), SMALLEST)


@dataclass(frozen=True)
class Rival:
    """A way to forecast, and what it needs: so many figures, without a gap (``unbroken``) or with."""

    forecast: Callable[[Past, int], Forecast]
    shortest: int
    unbroken: bool = False

    def predict(self, past: Past, horizon: int) -> Forecast | None:
        """None where the past is too short."""
        used = past.unbroken if self.unbroken else past
        return self.forecast(used, horizon) if len(used.logs) >= self.shortest else None


RANDOM_WALK = "mean_growth"
RIVALS = {
    "last_growth": Rival(last_growth, 2),
    RANDOM_WALK: Rival(mean_growth, 2),
    "linear_trend": Rival(linear_trend, 4),
    "holt_winters": Rival(holt, 4, unbroken=True),
    "auto_arima": Rival(auto_arima, 4, unbroken=True),
}
SHORTEST = min(it.shortest for it in RIVALS.values())
