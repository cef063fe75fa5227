"""What the runs taught about each parameter."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bayescale.core.border import checked
from bayescale.core.quantities import FloatArray
from bayescale.core.text import unknown_name
from bayescale.errors import FitError, ModelError
from bayescale.plotting.style import BLUE, GREEK, GREY, figure_of, finish, new_figure, stamp, style
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings

COLUMNS = 3
THINNED = 4
"""Every so many points of a density are drawn: more would not be seen."""

PRIOR_TAIL = 0.02
"""Share of the prior draws left out at either end, so that long tails do not set the axis."""


@checked(FitError)
def plot_parameters(
    fit: Fit,
    *,
    names: Sequence[str] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw the posterior of each parameter against its prior.

    Parameters
    ----------
    fit : Fit
        The fit.
    names : sequence of str, optional
        Variables of the posterior; the parameters of the law by default.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw the panels; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
        Each density is scaled to its own height.

    Raises
    ------
    ModelError
        If a name is not in the posterior.
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_parameters(fit, names=["E", "a_opt"])  # doctest: +SKIP
    """
    prob, _ = interval_settings(ci_prob, ci_kind)
    posterior, prior = fit.posterior, fit.tree["prior"].to_dataset()
    names = list(fit.model.law.parameters if names is None else names)
    if not names:
        raise ModelError("names = [] leaves nothing to draw; name a parameter, or leave it out")
    for name in names:
        if name not in posterior:
            raise ModelError(unknown_name("parameter", name, map(str, posterior.data_vars)))
    rows = math.ceil(len(names) / COLUMNS)
    with style():
        part = new_figure(0.4 + 2.0 * rows) if figure is None else figure
        grid = part.subplots(rows, min(COLUMNS, len(names)), squeeze=False)
        panels = list(grid.ravel())
        for ax, name in zip(panels, names, strict=False):
            _panel(ax, name, posterior[name], prior[name], prob, ci_kind)
        _name_curves(panels[0], float(posterior[names[0]].median()))
        for ax in panels[len(names) :]:
            ax.set_axis_off()
        stamp(panels[min(COLUMNS, len(names)) - 1], fit.runs.simulated)
        return figure_of(part)


def _panel(
    ax: Axes,
    name: str,
    posterior: xr.DataArray,
    prior: xr.DataArray,
    prob: float,
    ci_kind: IntervalKind | None,
) -> None:
    tails = np.quantile(prior, [PRIOR_TAIL, 1 - PRIOR_TAIL])
    kept = prior.to_numpy().ravel()
    kept = kept[(kept >= tails[0]) & (kept <= tails[1])]
    for values, colour, strength in ((kept, GREY, 0.18), (posterior.to_numpy().ravel(), BLUE, 0.3)):
        grid, density = _density(values)
        ax.fill_between(grid, density, color=colour, alpha=strength, linewidth=0)
        ax.plot(grid, density, color=colour, lw=1.3)
    interval = credible_interval(posterior, prob, ci_kind)
    median, lower, upper = (float(interval[key]) for key in ("median", "lower", "upper"))
    ax.plot([lower, upper], [-0.06, -0.06], color=BLUE, lw=4, solid_capstyle="butt")
    digits = max(0, 1 - math.floor(math.log10(upper - lower))) if upper > lower else 3
    ax.set_xlabel(f"{median:.{digits}f}  ({lower:.{digits}f} to {upper:.{digits}f})", color=BLUE)
    ax.set_title(symbol_of(name), fontsize=12)
    ax.set(yticks=[], ylim=(-0.14, 1.12))
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=4)
    finish(ax, "x")


def _name_curves(ax: Axes, posterior: float) -> None:
    """Write prior and posterior beside their curves, on the sides where there is room."""
    left = posterior > sum(ax.get_xlim()) / 2
    for text, colour, height in (("posterior", BLUE, 0.95), ("prior", GREY, 0.45)):
        ax.text(
            0.02 if left else 0.98,
            height,
            text,
            transform=ax.transAxes,
            color=colour,
            fontsize=9,
            ha="left" if left else "right",
            va="top",
        )


def _density(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    import arviz_stats.base

    kde: Any = arviz_stats.base.array_stats.kde
    grid, density, _ = kde(values, axis=None, bw="scott")
    return grid[::THINNED], density[::THINNED] / density.max()


def symbol_of(name: str) -> str:
    """Write a parameter as mathematics."""
    base, _, index = name.partition("_")
    letter = f"\\{base}" if base in GREEK else base
    index = index if len(index) < 2 else rf"\mathrm{{{index.replace('_', ' ')}}}"
    return f"${letter}_{{{index}}}$" if index else f"${letter}$"
