"""Where the width of a forecast comes from, along compute."""

from collections.abc import Sequence
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.limits import LimitArguments
from bayescale.plotting.frontier import Frontier, draw_reach, frontier_of
from bayescale.plotting.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    figure_of,
    finish,
    label_ends,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, interval_settings
from bayescale.posterior.predicting import predict
from bayescale.posterior.prediction import Prediction
from bayescale.posterior.sources import SOURCES

COLOURS = dict(zip(SOURCES, (BLUE, GREEN, ORANGE, GREY), strict=True))

STRENGTHS = dict(zip(SOURCES, (0.9, 0.5, 0.7, 0.2), strict=True))
"""Opacity of each ring, so that eyes without one kind of cone tell them apart by lightness."""

LEAST = 0.005
"""Sources that bring less than this share of the width everywhere are left out."""


@checked(PlanError)
def plot_sources(
    fit: Fit,
    *,
    targets: float | Sequence[float] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    ax: Axes | None = None,
    **limits: Unpack[LimitArguments],
) -> Figure:
    """Draw what the interval of one new run is made of, along compute.

    The fan is the interval in percent of its median, one source within another: the floor in the
    middle, then the other parameters, the form of the law and the noise of a run. Squared
    widths add up, so the ring of a source is narrower than its interval alone would be.

    Parameters
    ----------
    fit : Fit
        The fit.
    targets : float or sequence of float, optional
        Values of the horizontal axis to reach beyond; a hundredfold beyond the runs by default.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **limits
        Limits and further inputs of every plan along the curve, as in `allocate`.

    Returns
    -------
    matplotlib.figure.Figure
        At the right end each source is named with its share of the squared width there.

    Raises
    ------
    PlanError
        If the law is neither of one variable nor one that can split a budget.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_sources(fit, targets=1e24)  # doctest: +SKIP
    """
    frontier = frontier_of(fit, targets, limits)
    single = predict(fit, new_run=True, **frontier.points)
    with style():
        ax = new_axes(ax)
        draw_sources(ax, frontier, single, ci_prob, ci_kind)
        stamp(ax, fit.runs.simulated)
        return figure_of(ax)


def draw_sources(
    ax: Axes,
    frontier: Frontier,
    single: Prediction,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
) -> None:
    """Draw the fan of one new run at each point of a curve."""
    prob, _ = interval_settings(ci_prob, ci_kind)
    shares = single.sources().reset_index(drop=True)
    table = single.summary(prob, ci_kind)
    ends = [(table[end] / table["median"]).to_numpy() for end in ("lower", "upper")]
    _fan(ax, frontier, shares, ends)
    log_axis(ax, "x", frontier.values, label_of(frontier.column))
    ax.set_ylabel(f"{prob:.0%} interval of one new run, %")
    _rug(ax, frontier)
    draw_reach(ax, frontier)
    finish(ax)
    _name(ax, shares, ends)


def nested(shares: pd.DataFrame, end: FloatArray) -> dict[str, FloatArray]:
    """Return how far each source, and those within it, push one end of an interval out.

    Parameters
    ----------
    shares : DataFrame
        As of `Prediction.sources`, one row a point.
    end : ndarray, shape (points,)
        The end of the whole interval over its median.

    Returns
    -------
    dict of str to ndarray
        By source, in percent of the median; the last one is the end of the interval.
    """
    share = np.sqrt(np.minimum(shares[list(SOURCES)].to_numpy().cumsum(axis=1), 1.0))
    return {name: 100 * (end ** share[:, k] - 1) for k, name in enumerate(SOURCES)}


def _fan(ax: Axes, frontier: Frontier, shares: pd.DataFrame, ends: list[FloatArray]) -> None:
    inner = [np.zeros(len(shares))] * 2
    outer = [nested(shares, end) for end in ends]
    for name in _shown(shares):
        for side in (0, 1):
            ax.fill_between(
                frontier.values,
                inner[side],
                outer[side][name],
                color=COLOURS[name],
                alpha=STRENGTHS[name],
                linewidth=0,
                label=name,
            )
        inner = [found[name] for found in outer]
    ax.axhline(0, color=INK, lw=0.9)
    low, high = float(100 * (ends[0].min() - 1)), float(100 * (ends[1].max() - 1))
    margin = 0.1 * (high - low)
    ax.set_ylim(low - 2 * margin, high + 2 * margin)


def _rug(ax: Axes, frontier: Frontier) -> None:
    """Mark where the runs lie, and say what the numbers at the right end are."""
    bottom = ax.get_ylim()[0]
    ax.plot(frontier.seen, np.full(len(frontier.seen), bottom), "|", color=GREY, ms=9, mew=0.8)
    text = "runs; at the right end, shares of the squared width"
    ax.text(0.02, 0.05, text, transform=ax.transAxes, color=GREY, fontsize=9.5, va="bottom")


def _name(ax: Axes, shares: pd.DataFrame, ends: list[FloatArray]) -> None:
    """Name each source in the middle of its ring, with its share at the end of the curve."""
    last, upper = shares.iloc[-1], nested(shares.iloc[-1:], ends[1][-1:])
    labels, inner = [], 0.0
    for name in _shown(shares):
        outer = float(upper[name][0])
        labels.append((f"{name} {last[name]:.0%}", (inner + outer) / 2, COLOURS[name]))
        inner = outer
    label_ends(ax, labels)


def _shown(shares: pd.DataFrame) -> list[str]:
    return [name for name in SOURCES if shares[name].max() >= LEAST]
