"""What a fit foretold of runs, and how they came out."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.core.border import checked
from bayescale.core.text import human
from bayescale.errors import FitError
from bayescale.evaluation.scoring import Score
from bayescale.plotting.style import (
    BLUE,
    INK,
    ORANGE,
    figure_of,
    finish,
    label_of,
    new_axes,
    stamp,
    style,
)

MAX_ROWS = 40
"""Of more runs than this only those furthest beyond the fitted ones are drawn."""

ROW = 0.34
"""Height of a row in inches."""


@checked(FitError)
def plot_score(score: Score, *, ax: Axes | None = None) -> Figure:
    """Draw the predictive interval of each run and where the run came out.

    Parameters
    ----------
    score : Score
        What `score` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = bs.plot_score(bs.score(fit, runs))  # doctest: +SKIP
    """
    table = score.table
    if len(table) > MAX_ROWS:
        table = table.loc[table["extrapolation"].nlargest(MAX_ROWS).index.sort_values()]
    heights = np.arange(len(table))[::-1]
    with style():
        axes = new_axes(ax, 1.3 + ROW * len(table))
        axes.hlines(heights, table["lower"], table["upper"], color=BLUE, alpha=0.35, lw=7)
        axes.plot(table["median"], heights, "|", color=BLUE, ms=11, mew=1.6)
        for inside, colour in ((True, INK), (False, ORANGE)):
            chosen = (table["inside"] == inside).to_numpy()
            axes.scatter(table[score.target][chosen], heights[chosen], s=30, color=colour, zorder=3)
        axes.set_yticks(heights, [_label(row) for _, row in table.iterrows()])
        axes.set(ylim=(-0.8, len(table) - 0.2), xlabel=label_of(score.target))
        axes.set_title(f"foretold ({score.ci_prob:.0%} intervals) and come out (dots)")
        stamp(axes, any(note.code == "simulated" for note in score.notes))
        finish(axes, "x")
        return figure_of(axes)


def _label(row: pd.Series) -> str:
    """Name a run by what went into it."""
    if not {"params", "tokens"} <= set(row.index):
        return human(float(row.iloc[0]))
    epochs = row["tokens"] / row.get("unique_tokens", row["tokens"])
    again = f", {epochs:.3g} epochs" if epochs > 1.05 else ""
    return f"{human(row['params'])} on {human(row['tokens'])}{again}"
