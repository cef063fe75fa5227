"""What would change a plan or an answer, the largest change on top."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bayescale.plotting.style import BLUE, INK, SHADE, figure_of, finish, new_figure, stamp, style

ROW = 0.42
"""Height of a row in inches."""

_CENTRES = {"size": 1.0, "loss": 0.0}
"""What no change is, by column."""


def plot_tornado(
    table: pd.DataFrame,
    *,
    against: str = "the plan",
    spread: Mapping[str, tuple[float, float]] | None = None,
    simulated: bool = False,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw by how much the size and the loss change with one thing at a time.

    Parameters
    ----------
    table : DataFrame
        One row for each cause and outcome: ``cause``, ``size`` relative to the plan, ``loss`` minus
        that of the plan; causes in the order to draw. Without ``size`` there is one panel.
    against : str
        What the changes are relative to.
    spread : mapping of str to tuple of float, optional
        By column: between which ends the answer lies anyhow, which are shaded.
    simulated : bool, default False
        Whether the runs are simulated.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the two panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    causes = list(dict.fromkeys(table["cause"]))
    with style():
        part = new_figure(1.2 + ROW * len(causes)) if figure is None else figure
        columns = [name for name in _CENTRES if name in table]
        panels = part.subplots(1, len(columns), sharey=True, squeeze=False)[0]
        for ax, column in zip(panels, columns, strict=True):
            _bars(ax, table, causes, column, _CENTRES[column])
            if column in (spread or {}):
                ax.axvspan(*(spread or {})[column], color=SHADE, zorder=0)
            if column == "size":
                ax.set_xscale("log")
                _size_ticks(ax)
            else:
                ax.xaxis.set_major_locator(MaxNLocator(4))
            ax.set_xlabel(f"{column}, against {against}")
            ax.tick_params(axis="y", length=0)
            ax.set_ylim(-0.6, len(causes) - 0.4)
            finish(ax, "x")
        panels[0].set_yticks(np.arange(len(causes))[::-1], causes)
        stamp(panels[-1], simulated)
        return figure_of(part)


def _bars(ax: Axes, table: pd.DataFrame, causes: list[str], column: str, centre: float) -> None:
    for row, cause in zip(np.arange(len(causes))[::-1], causes, strict=True):
        values = [centre, *table.loc[table["cause"] == cause, column]]
        ax.plot([min(values), max(values)], [row, row], color=BLUE, lw=9, solid_capstyle="butt")
        ax.plot(values[1:], [row] * len(values[1:]), "|", color=INK, ms=11, mew=1.4)
    ax.axvline(centre, color=INK, lw=1)
    ax.margins(x=0.12)


def _size_ticks(ax: Axes) -> None:
    low, high = ax.get_xlim()
    low, high = min(low, 1 / 1.25), max(high, 1.25)
    shares = np.array([0.01, 0.1, 0.2, 1 / 3, 0.5, 2 / 3, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10, 100])
    shown = shares[(shares >= low) & (shares <= high)]
    if len(shown) > 5:
        around = {0.1, 1 / 3, 0.5, 1.0, 2.0, 3.0, 10.0, 0.01, 100.0}
        shown = np.array([share for share in shown if share in around])
    ax.set_xlim(low, high)
    ax.minorticks_off()
    ax.set_xticks(shown)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"×{value:.2g}"))
