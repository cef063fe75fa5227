"""What to train next, among the runs that could be and those that were."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bayescale.core.border import checked
from bayescale.core.text import counted
from bayescale.errors import PlanError
from bayescale.planning.proposal import NextRuns
from bayescale.plotting.style import (
    COLOUR_MAP,
    GREY,
    INK,
    ORANGE,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_axes,
    stamp,
    style,
)


@checked(PlanError)
def plot_next(next_runs: NextRuns, *, ax: Axes | None = None) -> Figure:
    """Draw what to train next by size and tokens.

    Parameters
    ----------
    next_runs : NextRuns
        What `next_runs` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        Each candidate in a colour that says which share of the regret, or of the width of the
        interval, it would remove alone; those of the batch in rings, numbered in the order in which
        they were chosen; the runs of the fit as grey dots.

    Examples
    --------
    >>> bs.plot_next(bs.next_runs(fit, budget=1e21, target=1e24))  # doctest: +SKIP
    """
    column, what = ("regret", "regret") if next_runs.by == "regret" else ("width", "interval")
    # The best on top, where candidates cover each other.
    ranking, batch = next_runs.ranking.iloc[::-1], next_runs.batch
    removed = 1 - ranking[column] / max(next_runs.now[column], 1e-300)
    trained = next_runs.runs.table
    with style():
        ax = new_axes(ax, 5.0)
        ax.plot(trained["params"], trained["tokens"], "o", color=GREY, ms=3.5, alpha=0.6)
        dots = ax.scatter(ranking["params"], ranking["tokens"], 26, removed, cmap=COLOUR_MAP)
        ax.plot(batch["params"], batch["tokens"], "o", ms=12, mfc="none", mec=ORANGE, mew=1.8)
        for number, (params, tokens) in enumerate(batch[["params", "tokens"]].to_numpy(), 1):
            ax.annotate(
                str(number),
                (params, tokens),
                xytext=(8, 7),
                textcoords="offset points",
                color=ORANGE,
                fontsize=10,
                weight="bold",
            )
        for which, name in (("x", "params"), ("y", "tokens")):
            shown = np.concatenate([trained[name], ranking[name]])
            log_axis(ax, "x" if which == "x" else "y", shown, label_of(name))
        bar = figure_of(ax).colorbar(dots, ax=ax, format=PercentFormatter(1.0, decimals=0))
        bar.set_label(f"share of the {what} that one run alone removes", color=INK)
        bar.outline.set_visible(False)
        words = f"{counted(len(batch), 'run')} to train" if len(batch) else "nothing to train"
        ax.set_title(words, fontsize=10.5, color=ORANGE)
        stamp(ax, next_runs.runs.simulated)
        finish(ax)
        return figure_of(ax)
