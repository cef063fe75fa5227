"""The loss to expect beyond the runs."""

import math
from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.compute.accounting import FlopsRule
from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.evaluation.reweighting import thinned
from bayescale.planning.allocating import allocate
from bayescale.planning.limits import LimitArguments
from bayescale.plotting.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    SHADE,
    direct_label,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
    tick_text,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings
from bayescale.posterior.predicting import predict
from bayescale.runs.table import Runs

REACH = 100.0
"""How far beyond the largest run the curve goes if no target is given."""

POINTS = 30

DRAWS = 500
"""Draws by which the budgets along the curve are split: at the best split the loss is flat."""

MAX_LABELS = 2
"""More targets than this are marked without numbers, which would overlap."""


@checked(PlanError)
def plot_prediction(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    ax: Axes | None = None,
    **limits: Unpack[LimitArguments],
) -> Figure:
    """Draw the predicted loss against compute, each budget split as well as it can be.

    A law of one variable is drawn against that variable.

    Parameters
    ----------
    fit : Fit
        The fit.
    targets : float or sequence of float, optional
        Values of the horizontal axis to mark, such as a budget in training FLOPs. The curve
        reaches beyond them; by default a hundredfold beyond the largest run.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **limits
        Limits and further inputs of every plan along the curve, as in `allocate`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    PlanError
        If the law is neither of one variable nor one that can split a budget.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_prediction(fit, targets=1e24)  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    runs, column = fit.runs, frontier_variable(fit)
    marks = np.atleast_1d(np.asarray([] if targets is None else targets, float))
    if not (np.isfinite(marks) & (marks > 0)).all():
        raise PlanError(f"targets = {targets} must be positive and finite, such as 1e24")
    seen, losses = _seen(runs, column, limits.get("rule"))
    values = np.unique(np.concatenate([_grid(seen, marks), marks]))
    points = _points(fit, column, values, limits)
    surface, single = (predict(fit, new_run=noise, **points) for noise in (False, True))
    with style():
        ax = new_axes(ax, 4.6)
        _extrapolated(ax, float(seen.max()), values)
        _bands(ax, values, surface, single, prob, ci_kind)
        _runs(ax, seen, losses, len(fit.model.columns) > 1)
        for mark in marks:
            draws = surface[:, :, int(np.searchsorted(values, mark))]
            _mark(ax, mark, credible_interval(draws, prob, ci_kind), len(marks) <= MAX_LABELS)
        log_axis(ax, "x", values, label_of(column))
        ax.set_ylabel("loss")
        finish(ax)
        stamp(ax, runs.simulated)
        return figure_of(ax)


def frontier_variable(fit: Fit) -> str:
    """Return the column against which the loss can be drawn as one curve.

    Raises
    ------
    PlanError
        If there is none.
    """
    columns = list(fit.model.columns.values())
    if len(columns) == 1:
        return columns[0]
    if {"params", "tokens"} <= set(columns):
        return "flops"
    raise PlanError(
        f"{fit.model.name} gives the loss from {' and '.join(columns)}, which is not one curve; "
        "predict at chosen points instead"
    )


def _grid(seen: FloatArray, marks: FloatArray) -> FloatArray:
    high = 3 * marks.max() if len(marks) else REACH * seen.max()
    return np.geomspace(seen.min(), max(high, seen.max()), POINTS)


def _points(fit: Fit, column: str, values: FloatArray, limits: LimitArguments) -> dict[str, Any]:
    """Return the counts of the runs along the curve."""
    columns = set(fit.model.columns.values())
    if columns == {column}:
        return {column: values}
    few = thinned(fit, min(DRAWS, fit.samples))
    return allocate(few, flops=list(values), **limits).point(columns - {"flops"})


def _seen(runs: Runs, column: str, rule: FlopsRule | None) -> tuple[FloatArray, FloatArray]:
    """Return where the runs lie on the axis and their losses, by the rule of the curve.

    A rule has no answer for models that are too small for it.
    """
    if rule is None or column != "flops" or not {"params", "tokens"} <= set(runs.table):
        return runs.table[column].to_numpy(float), runs.loss
    known = (runs.table["params"] >= rule.smallest_params).to_numpy()
    params, tokens = (runs.table[name].to_numpy(float)[known] for name in ("params", "tokens"))
    return rule.train(params) * tokens, runs.loss[known]


def _extrapolated(ax: Axes, largest: float, values: FloatArray) -> None:
    if values[-1] <= largest:
        return
    ax.axvspan(largest, values[-1] * 100, color=SHADE, linewidth=0, zorder=0)
    ax.axvline(largest, color=ORANGE, lw=1, ls=(0, (3, 3)), zorder=1)
    ax.annotate(
        "beyond the runs →",
        (largest, 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(6, 0),
        textcoords="offset points",
        color=ORANGE,
        fontsize=9.5,
        va="top",
    )


def _bands(
    ax: Axes,
    values: FloatArray,
    surface: xr.DataArray,
    single: xr.DataArray,
    prob: float,
    ci_kind: IntervalKind | None,
) -> None:
    for draws, strength in ((single, 0.18), (surface, 0.4)):
        band = credible_interval(draws, prob, ci_kind)
        ax.fill_between(
            values, band["lower"], band["upper"], color=BLUE, alpha=strength, linewidth=0, zorder=2
        )
    median = surface.median(["chain", "draw"]).to_numpy()
    ax.plot(values, median, color=BLUE, lw=1.4, zorder=3)
    # The loss falls from left to right, so the lower left corner is empty.
    text = f"{prob:.0%} intervals\ndark: the fitted surface\nlight: one new run"
    ax.text(0.02, 0.04, text, transform=ax.transAxes, color=BLUE, fontsize=9.5, va="bottom")


def _runs(ax: Axes, seen: FloatArray, losses: FloatArray, several: bool) -> None:
    ax.scatter(
        seen,
        losses,
        s=16,
        color=GREY,
        alpha=0.75,
        linewidths=0,
        rasterized=len(seen) > 2000,
        zorder=1.5,
    )
    top = int(np.argmax(losses))
    at = (float(seen[top]), float(losses[top]))
    text = "runs, of any shape" if several else "runs"
    direct_label(ax, text, at, (8, 0), GREY)


def _mark(ax: Axes, mark: float, band: xr.Dataset, labelled: bool) -> None:
    median, lower, upper = (float(band[key]) for key in ("median", "lower", "upper"))
    ax.errorbar(
        [mark], [median], [[median - lower], [upper - median]], fmt="o", color=INK, ms=5, zorder=5
    )
    if not labelled:
        return
    places = max(2, 1 - math.floor(math.log10(upper - lower))) if upper > lower else 3
    losses = [f"{value:.{places}f}" for value in (median, lower, upper)]
    ax.annotate(
        f"{tick_text(mark)}\n{losses[0]} ({losses[1]} to {losses[2]})",
        (mark, upper),
        xytext=(8, 24),
        textcoords="offset points",
        color=INK,
        fontsize=9.5,
        ha="right",
        va="bottom",
    )
