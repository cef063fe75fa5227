"""A fit against the runs it was made from."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import FitError
from bayescale.plotting.style import (
    BLUE,
    INK,
    ORANGE,
    direct_label,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_figure,
    stamp,
    style,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings

RESIDUAL_BANDS = 4.0
"""Residuals beyond this many widths of the interval are drawn at the edge."""


@dataclass(frozen=True)
class _Predicted:
    """What the fit expects of its own runs; arrays of shape (runs,) in the unit of the loss."""

    observed: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def outside(self) -> np.ndarray:
        return (self.observed < self.lower) | (self.observed > self.upper)

    def percent(self, values: FloatArray) -> FloatArray:
        return 100 * (values / self.median - 1)


@checked(FitError)
def plot_fit(
    fit: Fit,
    *,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw observed against predicted loss, and the residuals against compute.

    Parameters
    ----------
    fit : Fit
        The fit.
    ci_prob, ci_kind : optional
        Probability and kind of the predictive intervals; ArviZ's settings by default.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the two panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_fit(fit)  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    runs = fit.runs
    replicated = fit.tree["posterior_predictive"].to_dataset()[fit.model.observed]
    draws = replicated.copy(data=fit.on_target_scale(replicated.to_numpy(), runs))
    interval = credible_interval(draws, ci_prob, ci_kind)
    bounds = (interval[name].to_numpy() for name in ("median", "lower", "upper"))
    observed = runs.table[fit.model.law.target].to_numpy(float)
    predicted = _Predicted(observed, *bounds)
    columns = list(fit.model.columns.values())
    column = "flops" if "flops" in runs.table and len(columns) > 1 else columns[0]
    with style():
        part = new_figure(6.4) if figure is None else figure
        above, below = part.subplots(2, 1, height_ratios=[3, 2])
        _observed_against_predicted(above, predicted, prob)
        _residuals(below, predicted, runs.table[column].to_numpy(float), prob)
        below.set_xlabel(label_of(column))
        stamp(above, runs.simulated)
        finish(above)
        finish(below)
        return figure_of(part)


def _observed_against_predicted(ax: Axes, predicted: _Predicted, prob: float) -> None:
    spread = (predicted.median - predicted.lower, predicted.upper - predicted.median)
    ax.errorbar(
        predicted.median,
        predicted.observed,
        xerr=spread,
        fmt="none",
        ecolor=BLUE,
        elinewidth=0.9,
        alpha=0.35,
        rasterized=len(predicted.observed) > 1000,
    )
    _points(ax, predicted.median, predicted.observed, predicted.outside)
    ax.axline((predicted.median[0],) * 2, slope=1, color=INK, lw=0.9, zorder=1)
    inside = int((~predicted.outside).sum())
    total = len(predicted.observed)
    text = f"{inside} of {total} runs ({inside / total:.0%}) lie in\ntheir {prob:.0%} interval"
    ax.text(0.02, 0.97, text, transform=ax.transAxes, va="top", fontsize=9.5)
    ax.text(
        0.98,
        0.05,
        "outside their interval",
        transform=ax.transAxes,
        ha="right",
        color=ORANGE,
        fontsize=9.5,
    )
    ax.set(xlabel="predicted loss", ylabel="observed loss")


def _residuals(ax: Axes, predicted: _Predicted, values: FloatArray, prob: float) -> None:
    residuals = predicted.percent(predicted.observed)
    lower, upper = predicted.percent(predicted.lower), predicted.percent(predicted.upper)
    order = np.argsort(values)
    ax.fill_between(values[order], lower[order], upper[order], color=BLUE, alpha=0.14, linewidth=0)
    ax.axhline(0, color=INK, lw=0.9)
    limit = RESIDUAL_BANDS * float(np.median(upper - lower)) / 2
    limit = min(limit, 1.15 * float(max(np.abs(residuals).max(), upper.max(), -lower.min())))
    beyond = np.abs(residuals) > limit
    _points(ax, values[~beyond], residuals[~beyond], predicted.outside[~beyond])
    for side, marker in ((1, "^"), (-1, "v")):
        there = beyond & (np.sign(residuals) == side)
        edge = np.full(there.sum(), side * 0.94 * limit)
        ax.plot(values[there], edge, marker, color=ORANGE, ms=6)
    log_axis(ax, "x", values, "")
    ax.set(ylim=(-limit, limit), ylabel="residual, %")
    last = order[-1]
    direct_label(ax, f"{prob:.0%}", (ax.get_xlim()[1], upper[last]), (3, 0), BLUE)
    if beyond.any():
        furthest = residuals[np.argmax(np.abs(residuals))]
        text = f"{beyond.sum()} beyond the axis, up to {furthest:+.2g}%"
        ax.text(
            0.02, 0.04, f"triangles: {text}", transform=ax.transAxes, color=ORANGE, fontsize=9.5
        )


def _points(ax: Axes, x: FloatArray, y: FloatArray, outside: np.ndarray) -> None:
    for chosen, colour in ((~outside, BLUE), (outside, ORANGE)):
        ax.scatter(
            x[chosen],
            y[chosen],
            s=18,
            color=colour,
            linewidths=0.4,
            edgecolors="white",
            rasterized=len(x) > 2000,
            zorder=3 if colour == BLUE else 4,
        )
