"""Where a run in progress will end, beside the finished runs of its schedule."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bayescale.core.border import checked
from bayescale.core.text import percent
from bayescale.errors import PlanError
from bayescale.forecasting.outlook import Outlook
from bayescale.plotting.style import (
    BLUE,
    GREY,
    INK,
    figure_of,
    finish,
    label_ends,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
)

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 0.6, 1.0)

_BEFORE = 3.0
"""Curves are drawn from the earliest look, divided by this, on."""


@checked(PlanError)
def plot_outlook(outlook: Outlook, *, ax: Axes | None = None) -> Figure:
    """Draw a run in progress, where it will end, and the finished runs of its schedule.

    Grey, the curves of finished runs; in blue the run and the interval of the way that is left.
    At the end stands what was expected at each look, the latest darkest.

    Parameters
    ----------
    outlook : Outlook
        What `expect_end` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> bs.plot_outlook(bs.expect_end(curves, "7b"))  # doctest: +SKIP
    """
    first = outlook.table["progress"].min() / _BEFORE
    shown = outlook.curves[outlook.curves["progress"] >= first]
    path, last = outlook.path, outlook.latest
    with style():
        ax = new_axes(ax)
        for name, curve in shown.groupby("run", sort=False):
            own = name == outlook.run
            ax.plot(
                curve["progress"],
                curve["loss"],
                color=INK if own else GREY,
                lw=2.2 if own else 0.9,
                alpha=1.0 if own else 0.5,
                zorder=4 if own else 2,
            )
        ax.fill_between(
            path["progress"], path["lower"], path["upper"], color=BLUE, alpha=0.25, lw=0
        )
        ax.plot(path["progress"], path["median"], color=BLUE, zorder=3)
        _looks(ax, outlook)
        log_axis(ax, "y", [*shown["loss"], last["lower"], last["upper"]], label_of("loss"))
        log_axis(ax, "x", [first, 1.0], "share of the training")
        ax.set_xticks([tick for tick in _TICKS if tick >= first])
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        finish(ax)
        ax.set_title(f"{outlook.run}, {percent(last['progress'])} through its training")
        text = f"{last['median']:.4g} ({last['lower']:.4g} to {last['upper']:.4g})"
        label_ends(ax, [(text, float(last["median"]), BLUE)])
        stamp(ax, any(note.code == "simulated" for note in outlook.notes))
        return figure_of(ax)


def _looks(ax: Axes, outlook: Outlook) -> None:
    """Draw what was expected of the end at each look, a little apart."""
    table = outlook.table
    for place, (_, look) in enumerate(table.iterrows()):
        back = len(table) - 1 - place
        at = 1.0 * np.exp(-0.04 * back)
        alpha = 0.9 if back == 0 else 0.4
        ax.vlines(at, look["lower"], look["upper"], color=BLUE, lw=5, alpha=alpha, zorder=5)
