"""The loss to expect beyond the runs."""

import math
from collections.abc import Sequence
from typing import Unpack

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.planning.limits import LimitArguments
from bayescale.plotting.frontier import Frontier, draw_reach, draw_runs, frontier_of
from bayescale.plotting.style import (
    BLUE,
    INK,
    ORANGE,
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
from bayescale.posterior.witnesses import witnesses_of

MAX_LABELS = 2
"""More targets than this are marked without numbers, which would overlap."""

ROOM = 0.14
"""Share of the height that is left empty below the curve."""


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
        In orange, what one power law through the best runs alone foretells at the furthest target,
        where that and the surface do not agree.

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
    frontier = frontier_of(fit, targets, limits)
    surface, single = (predict(fit, new_run=noise, **frontier.points) for noise in (False, True))
    with style():
        ax = new_axes(ax, 4.6)
        _bands(ax, frontier.values, surface, single, prob, ci_kind)
        draw_runs(ax, frontier, several=len(fit.model.columns) > 1)
        for mark in frontier.marks:
            band = credible_interval(surface[:, :, frontier.index(mark)], prob, ci_kind)
            _mark(ax, mark, band, len(frontier.marks) <= MAX_LABELS)
        _contradict(ax, fit, frontier)
        log_axis(ax, "x", frontier.values, label_of(frontier.column))
        _leave_room(ax)
        at_largest = np.interp(
            np.log(frontier.largest),
            np.log(frontier.values),
            surface.median(["chain", "draw"]).to_numpy(),
        )
        draw_reach(ax, frontier, float(at_largest))
        ax.set_ylabel("loss")
        finish(ax)
        stamp(ax, fit.runs.simulated)
        return figure_of(ax)


def _leave_room(ax: Axes) -> None:
    """Make room below the curve, where the numbers of the marks stand and no runs do."""
    low, high = ax.get_ylim()
    ax.set_ylim(low - ROOM * (high - low), high)


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


def _contradict(ax: Axes, fit: Fit, frontier: Frontier) -> None:
    """Draw what the best runs alone foretell at the furthest target, where that is another loss."""
    if frontier.column != "flops" or not len(frontier.marks):
        return
    found = witnesses_of(fit, float(frontier.marks.max()))
    if found is None or found.agree or found.flops <= frontier.largest:
        return
    ax.vlines(found.flops, *found.best_runs, color=ORANGE, lw=4, alpha=0.7, zorder=4)
    # At the end that is further from the curve, where the numbers of the mark do not stand.
    end = max(found.best_runs, key=lambda loss: abs(loss - found.surface[0]))
    direct_label(ax, "the best runs alone", (found.flops, end), (-9, 0), ORANGE, over=True)


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
        (mark, lower),
        xytext=(0, -9),
        textcoords="offset points",
        color=INK,
        fontsize=9.5,
        ha="right",
        va="top",
    )
