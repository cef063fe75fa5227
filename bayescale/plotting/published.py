"""What the runs say about each parameter, beside what others published."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bayescale.core.border import checked
from bayescale.errors import FitError, ModelError
from bayescale.evaluation.checks.published import comparable
from bayescale.plotting.parameters import symbol_of
from bayescale.plotting.style import BLUE, GREY, figure_of, finish, new_figure, stamp, style
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings
from bayescale.posterior.sources import FLOOR

COLUMNS = 3
ROW = 0.3
"""Height of a row in inches."""


@checked(FitError)
def plot_published(
    fit: Fit,
    *,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw the interval of each parameter above the values that others published.

    Parameters
    ----------
    fit : Fit
        The fit.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        A panel for the floor and each parameter that does not depend on the units of inputs, or is
        the loss that one of them costs, stated at the reference run of the fit. Losses of another
        tokenizer or test set have another floor and other costs.

    Raises
    ------
    ModelError
        If the card knows of nothing that was published.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_published(fit)  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    known = _at_reference(fit)
    if not known:
        raise ModelError(
            f"{fit.model.name} knows of no published constants to set its parameters against; draw "
            "plot_parameters instead"
        )
    names = list(next(iter(known.values())))
    rows = ["this fit", *known]
    deep = math.ceil(len(names) / COLUMNS)
    with style():
        part = new_figure(0.6 + deep * (0.8 + ROW * len(rows))) if figure is None else figure
        grid = part.subplots(deep, min(COLUMNS, len(names)), squeeze=False, sharey=True)
        panels = list(grid.ravel())
        for ax, name in zip(panels, names, strict=False):
            band = credible_interval(fit.posterior[name], prob, ci_kind)
            interval = [float(band[end]) for end in ("lower", "median", "upper")]
            _panel(ax, name, interval, [values[name] for values in known.values()])
        panels[0].set_yticks(range(len(rows)), rows)
        panels[0].set_ylim(len(rows) - 0.5, -0.6)
        for ax in panels[len(names) :]:
            ax.set_axis_off()
        stamp(panels[min(COLUMNS, len(names)) - 1], fit.runs.simulated)
        return figure_of(part)


def _at_reference(fit: Fit) -> dict[str, dict[str, float]]:
    """Return what was published for each parameter that can be compared, by source."""
    law, reference = fit.model.law, fit.reference
    terms = {term: (exponent, symbol) for symbol, (term, exponent) in law.resources.items()}
    still = comparable(fit)
    found: dict[str, dict[str, float]] = {}
    for key, published in fit.model.published.items():
        values = published.values
        for name in law.parameters:
            if name in still or (name == FLOOR and name not in fit.model.fixed):
                found.setdefault(key, {})[name] = values[name]
            elif name in terms and name not in fit.model.fixed:
                exponent, symbol = terms[name]
                cost = values[name] * reference[symbol] ** -values[exponent]
                found.setdefault(key, {})[name] = cost
    return found


def _panel(ax: Axes, name: str, interval: list[float], published: list[float]) -> None:
    lower, median, upper = interval
    ax.axvspan(lower, upper, color=BLUE, alpha=0.12, linewidth=0)
    ax.plot([lower, upper], [0, 0], color=BLUE, lw=5, solid_capstyle="butt")
    ax.plot([median], [0], "o", color=BLUE, ms=6, mec="white")
    ax.plot(published, np.arange(1, len(published) + 1), "D", color=GREY, ms=5.5)
    low, high = min(lower, *published), max(upper, *published)
    ax.set_xlim(low - 0.12 * (high - low), high + 0.12 * (high - low))
    ax.set_title(symbol_of(name), fontsize=12)
    ax.locator_params(axis="x", nbins=4)
    ax.tick_params(axis="y", length=0)
    finish(ax, "x")
