"""Whether intervals of forecasts meant what they said."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import PercentFormatter

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.forecasting.quantiles import SHOWN
from bayescale.forecasting.record import Record
from bayescale.plotting.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    figure_of,
    finish,
    new_figure,
    stamp,
    style,
)

_APART = 0.015
"""How far apart forecasts of one run are drawn, as a share of the axis."""


@checked(PlanError)
def plot_record(record: Record, *, figure: Figure | SubFigure | None = None) -> Figure:
    """Draw what came of forecasts: coverage, where runs fell in them, and errors by reach.

    Left, the share of runs inside intervals against their probability; the bars hold nine of ten
    honest records of as many runs that have nothing in common. In the middle, the probability that
    was foretold of less than came out (PIT), one step a run: along the diagonal if intervals mean
    what they say, below it if losses were foretold too low. Right, the error of each median and the
    90% interval, by how far the run lies beyond those that were fitted.

    Parameters
    ----------
    record : Record
        What `settle` returned.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> bs.plot_record(bs.settle("forecasts", runs))  # doctest: +SKIP
    """
    with style():
        part = new_figure(3.4) if figure is None else figure
        if figure is None:
            part.set_size_inches(11.0, 3.4)  # type: ignore[union-attr]
        left, middle, right = part.subplots(1, 3)
        _coverage(left, record)
        _pit(middle, record)
        _errors(right, record)
        stamp(right, any(note.code == "simulated" for note in record.notes))
        return figure_of(part)


def _coverage(ax: Axes, record: Record) -> None:
    found = record.coverage
    stated = found.index.to_numpy(float)
    ax.plot([0, 1], [0, 1], color=GREY, lw=1)
    ax.vlines(stated, found["least"], found["most"], color=BLUE, alpha=0.3, lw=8)
    ax.plot(stated, found["share"], "o", color=INK, ms=5)
    ax.set(xlim=(0.4, 1.02), ylim=(-0.03, 1.03))
    ax.set(xlabel="probability of the interval", ylabel="share of runs inside")
    ax.set_title("coverage")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    finish(ax)


def _pit(ax: Axes, record: Record) -> None:
    values = np.sort(record.table["pit"].to_numpy(float))
    shares = np.arange(len(values) + 1) / len(values)
    ax.plot([0, 1], [0, 1], color=GREY, lw=1)
    ax.step([0, *values, 1], [0, *shares[1:], 1], where="post", color=BLUE)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    ax.set(xlabel="foretold probability of less", ylabel="share of runs")
    ax.set_title("where runs fell")
    finish(ax)


def _aside(table: pd.DataFrame, extent: float) -> FloatArray:
    """Return by how much forecasts of one run are drawn beside each other."""
    number = table.groupby("row", sort=False).cumcount().to_numpy(float)
    return (number - number.mean()) * _APART * (extent or 1.0)


def _errors(ax: Axes, record: Record) -> None:
    table, observed = record.table, record.table[record.target]
    reach = table["extrapolation"]
    known = reach.notna().to_numpy()
    place = reach.where(known, 0.0).to_numpy() if known.any() else np.arange(len(table))
    place = place + _aside(table, float(np.ptp(place)))
    inside = record.inside[SHOWN].astype(bool).to_numpy()
    low, high = (100 * (table[end] / observed - 1).to_numpy() for end in ("lower", "upper"))
    ax.axhline(0, color=GREY, lw=1)
    ax.vlines(place, low, high, color=BLUE, alpha=0.35, lw=4)
    for held, colour in ((True, INK), (False, ORANGE)):
        chosen = inside == held
        ax.plot(place[chosen], 100 * table["error"][chosen], "o", color=colour, ms=5)
    ax.set(
        xlabel="decades beyond the fitted runs" if known.any() else "forecast",
        ylabel=f"error and {SHOWN:.0%} interval, %",
    )
    ax.set_title("errors")
    finish(ax)
