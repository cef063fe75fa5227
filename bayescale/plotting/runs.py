"""The runs as they are, before any model."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.compute.accounting import FlopsRule
from bayescale.compute.recorded import params_within, tokens_within
from bayescale.core.border import checked
from bayescale.errors import RunsError
from bayescale.plotting.style import (
    BLUE,
    COLOUR_MAP,
    GREY,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
    tick_text,
)
from bayescale.runs.table import Runs

DENSE = 2000
"""From this many points on, vector files hold the points as a picture."""

LINE = 24
"""Points of a line of equal compute, which bends where 6ND is not the rule."""


@checked(RunsError)
def plot_runs(runs: Runs, *, ax: Axes | None = None) -> Figure:
    """Draw the runs: tokens against parameters, coloured by loss.

    Runs without both counts are drawn as loss against the count they have.

    Parameters
    ----------
    runs : Runs
        The runs.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import bayescale as bs
    >>> figure = bs.plot_runs(bs.datasets.load("simulated"))
    """
    with style():
        ax = new_axes(ax)
        if {"params", "tokens"} <= set(runs.quantities):
            _plane(ax, runs)
        else:
            _curve(ax, runs)
        finish(ax)
        stamp(ax, runs.simulated)
        return figure_of(ax)


def _plane(ax: Axes, runs: Runs) -> None:
    params, tokens = (runs.table[name].to_numpy(float) for name in ("params", "tokens"))
    order = np.argsort(-runs.loss)
    # A few bad runs must not use up the colours.
    low, high = float(runs.loss.min()), float(np.quantile(runs.loss, 0.98))
    spoilt = runs.loss.max() - low > 1.25 * (high - low)
    points = ax.scatter(
        params[order],
        tokens[order],
        c=runs.loss[order],
        cmap=COLOUR_MAP,
        vmin=low,
        vmax=high if spoilt else float(runs.loss.max()),
        s=26,
        linewidths=0.4,
        edgecolors="white",
        rasterized=len(runs) > DENSE,
        zorder=3,
    )
    log_axis(ax, "x", params, label_of("params"))
    log_axis(ax, "y", tokens, label_of("tokens"))
    _equal_compute(ax, params, tokens, runs.rule)
    bar = figure_of(ax).colorbar(
        points, ax=ax, pad=0.02, aspect=30, extend="max" if spoilt else "neither"
    )
    bar.set_label("loss")
    bar.outline.set_visible(False)


def _equal_compute(ax: Axes, params: np.ndarray, tokens: np.ndarray, rule: FlopsRule) -> None:
    """Draw the lines of equal compute, one each decade."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    exponents = np.log10(rule.train(params) * tokens)
    for exponent in range(int(np.floor(exponents.min())), int(np.ceil(exponents.max())) + 1):
        flops = 10.0**exponent
        ends = float(params_within(rule, flops, top)), float(params_within(rule, flops, bottom))
        start, end = max(left, ends[0]), min(right, ends[1])
        if np.log10(end / start) < 0.1:
            continue
        sizes = np.geomspace(start, end, LINE)
        data = tokens_within(rule, flops, sizes)
        ax.plot(sizes, data, color=GREY, lw=0.7, ls=(0, (4, 4)))
        corner = ends[0] > left
        ax.annotate(
            f"{tick_text(flops)} FLOPs",
            (start, data[0]),
            xytext=(0, 2) if corner else (3, 3),
            textcoords="offset points",
            fontsize=8,
            color=GREY,
            ha="center" if corner else "left",
            va="bottom",
        )


def _curve(ax: Axes, runs: Runs) -> None:
    column = runs.quantities[0]
    values = runs.table[column].to_numpy(float)
    ax.scatter(
        values,
        runs.loss,
        s=26,
        color=BLUE,
        linewidths=0.4,
        edgecolors="white",
        rasterized=len(runs) > DENSE,
        zorder=3,
    )
    log_axis(ax, "x", values, label_of(column))
    ax.set_ylabel("loss")
