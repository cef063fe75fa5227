"""What was predicted, one target a row."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bayescale.core.border import checked
from bayescale.core.text import human
from bayescale.errors import PlanError
from bayescale.plotting.style import (
    BLUE,
    INK,
    figure_of,
    finish,
    label_of,
    new_axes,
    style,
)
from bayescale.posterior.intervals import IntervalKind, interval_settings
from bayescale.posterior.prediction import Prediction

MOST_ROWS = 30
"""Of more targets than this only the first are drawn."""

ROW = 0.32
"""Height of a row in inches."""


@checked(PlanError)
def plot_targets(
    prediction: Prediction,
    *,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw what was predicted: each target with its median and its interval.

    Parameters
    ----------
    prediction : Prediction
        What `predict` returned.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> bs.plot_targets(bs.predict(fit, params=[7e9, 70e9], tokens=1e12))  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    table = prediction.summary(ci_prob, ci_kind).head(MOST_ROWS).reset_index(drop=True)
    counts = [str(name) for name in table if name in ("params", "tokens", "flops")]
    what = "one new run" if prediction.attrs["new_run"] else "the mean surface"
    with style():
        ax = new_axes(ax, 1.0 + ROW * len(table))
        places = range(len(table))
        ax.hlines(places, table["lower"], table["upper"], color=BLUE, linewidth=4, alpha=0.4)
        ax.plot(table["median"], places, "o", color=BLUE, markersize=6)
        labels = [", ".join(f"{human(row[n])} {n}" for n in counts) for _, row in table.iterrows()]
        ax.set_yticks(places, labels, color=INK)
        ax.set_ylim(len(table) - 0.5, -0.5)
        ax.set_xlabel(f"{label_of(str(prediction.name))} of {what}, with {prob:.0%} intervals")
        finish(ax, "x")
        return figure_of(ax)
