"""What a sceptic would forecast with instead of a model: the logarithm of a yearly series carried on.

A forecast is normal on the logarithm: a mean and a standard deviation for each year ahead.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from xinzhi.simulate import FloatArray

Forecast = tuple[FloatArray, FloatArray]  # means and standard deviations, each of shape (years ahead,)
SHORTEST = 4  # figures that every rival needs
SMALLEST = 1e-4  # a standard deviation, where a rival met its past exactly


def last_growth(logs: FloatArray, ahead: int) -> Forecast:
    """The last year's growth goes on."""
    return _drifting(logs, float(logs[-1] - logs[-2]), ahead)


def mean_growth(logs: FloatArray, ahead: int) -> Forecast:
    """The mean growth goes on, from the last figure."""
    return _drifting(logs, float(np.diff(logs).mean()), ahead)


def _drifting(logs: FloatArray, growth: float, ahead: int) -> Forecast:
    steps = np.arange(1, ahead + 1)
    spread = max(float(np.diff(logs).std(ddof=1)), SMALLEST)
    return logs[-1] + growth * steps, spread * np.sqrt(steps)


def linear_trend(logs: FloatArray, ahead: int) -> Forecast:
    """A straight line through the figures themselves, not their logarithms; the spread is that of its residuals."""
    levels, years = np.exp(logs), np.arange(len(logs))
    slope, base = np.polyfit(years, levels, 1)
    at = base + slope * np.arange(len(logs), len(logs) + ahead)
    means = np.log(np.maximum(at, levels.min() * 1e-3))
    spread = max(float(np.std(levels - base - slope * years, ddof=2) / levels[-1]), SMALLEST)
    return means, np.full(ahead, spread)


def holt(logs: FloatArray, ahead: int) -> Forecast:
    """Holt's exponential smoothing (a damped trend; yearly figures have no season for Winters' part)."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ExponentialSmoothing(logs, trend="add", damped_trend=True, initialization_method="estimated").fit()
    spread = max(float(np.std(fitted.resid)), SMALLEST)
    return np.asarray(fitted.forecast(ahead)), spread * np.sqrt(np.arange(1, ahead + 1))


def auto_arima(logs: FloatArray, ahead: int) -> Forecast:
    """The ARIMA(p, 1, q) with drift, p and q up to 1, that has the least corrected AIC."""
    from statsmodels.tsa.arima.model import ARIMA

    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for order in ((0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 1, 1)):
            fitted = ARIMA(logs, order=order, trend="t").fit()
            if np.isfinite(fitted.aicc):
                found.append((float(fitted.aicc), order, fitted))
        best = min(found)[2] if found else ARIMA(logs, order=(0, 1, 0), trend="t").fit()
        forecast = best.get_forecast(ahead)
    return np.asarray(forecast.predicted_mean), np.maximum(np.asarray(forecast.se_mean), SMALLEST)


RIVALS: dict[str, Callable[[FloatArray, int], Forecast]] = {
    "last_growth": last_growth,
    "mean_growth": mean_growth,
    "linear_trend": linear_trend,
    "holt_winters": holt,
    "auto_arima": auto_arima,
}
