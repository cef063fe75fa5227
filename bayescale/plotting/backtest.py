"""What would have been recommended and foretold at earlier points of a sweep."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bayescale.auditing.backtesting import Backtest
from bayescale.auditing.replaying import MIXTURE
from bayescale.core.border import checked
from bayescale.core.text import human
from bayescale.errors import FitError
from bayescale.evaluation.scores import WIDE
from bayescale.model.discrepancy import TAKEN
from bayescale.plotting.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    SHADE,
    finish,
    label_ends,
    log_axis,
    new_figure,
    stamp,
    style,
)

COLOURS = (BLUE, ORANGE, GREEN, GREY)

DODGE = 0.03
"""By how many decades of compute the intervals of two forms stand apart."""

PANEL = 2.3
"""Height of a panel in inches."""


@dataclass(frozen=True)
class _Line:
    """How a form is drawn."""

    form: str
    rows: pd.DataFrame
    colour: str
    plain: bool
    dodge: float

    @property
    def cuts(self) -> np.ndarray:
        return self.rows.index.to_numpy(float)

    @property
    def apart(self) -> np.ndarray:
        return self.cuts * 10**self.dodge

    def draw(self, ax: Axes, column: str, at: np.ndarray) -> None:
        dashes, inside = ("--", "white") if self.plain else ("-", self.colour)
        (drawn,) = ax.plot(
            at, self.rows[column], dashes, color=self.colour, marker="o", ms=5, lw=1.4
        )
        drawn.set_markerfacecolor(inside)


@checked(FitError)
def plot_backtest(backtest: Backtest) -> Figure:
    """Draw what each form would have recommended and foretold at each cut.

    Parameters
    ----------
    backtest : Backtest
        What `backtest` returned.

    Returns
    -------
    matplotlib.figure.Figure
        Above, the size that was recommended for the budget, with 90% intervals of the best size,
        and the sizes nearly as good by all runs; below, how far the later runs were off, and how
        many of them lay inside 90% intervals. Dashed and hollow: the law is taken for the truth.

    Examples
    --------
    >>> figure = bs.plot_backtest(bs.backtest(runs))  # doctest: +SKIP
    """
    lines = [*_lines(backtest)]
    planned = backtest.plan is not None
    with style():
        figure = new_figure(0.6 + PANEL * (2 + planned))
        panels = figure.subplots(2 + planned, 1, sharex=True, squeeze=False)[:, 0]
        if planned:
            _sizes(panels[0], backtest, lines)
        _errors(panels[-2], lines)
        _inside(panels[-1], lines)
        cuts = np.concatenate([line.apart for line in lines])
        log_axis(panels[-1], "x", cuts, "runs up to so many training FLOPs were fitted")
        panels[-1].set_xlim(cuts.min() / 1.25, cuts.max() * 1.25)
        stamp(panels[0], backtest.simulated)
        for ax in panels:
            finish(ax)
        _name(panels[-2], lines)
        return figure


def _lines(backtest: Backtest) -> Iterator[_Line]:
    forms = list(dict.fromkeys(backtest.table.index.get_level_values("form")))
    bare = [form.removesuffix(TAKEN) for form in forms]
    names = dict.fromkeys(name for name in bare if name != MIXTURE)
    colour = dict(zip(names, cycle(COLOURS), strict=False)) | {MIXTURE: INK}
    for place, (form, name) in enumerate(zip(forms, bare, strict=True)):
        rows = pd.DataFrame(backtest.table.xs(form, level="form"))
        plain, dodge = form != name, DODGE * (place - (len(forms) - 1) / 2)
        yield _Line(form, rows, colour[name], plain, dodge)


def _sizes(ax: Axes, backtest: Backtest, lines: list[_Line]) -> None:
    assert backtest.plan is not None
    near = backtest.plan.near_optimal.isel(budget=0)
    ends = [float(near["params_low"]), float(near["params_high"])]
    best = float(backtest.plan.committed["params"][0])
    ax.axhspan(*ends, color=SHADE)
    ax.axhline(best, color=INK, lw=1)
    shown = [*ends, best]
    for line in lines:
        line.draw(ax, "params", line.apart)
        low, high = (line.rows[end] for end in ("params_low", "params_high"))
        ax.vlines(line.apart, low, high, color=line.colour, alpha=0.4, lw=3)
        shown += line.rows["params"].dropna().to_list()
    # Ends of intervals that lie at the bounds of the search would hide all else.
    log_axis(ax, "y", [min(shown) / 3, max(shown) * 3], "parameters")
    ax.set_xlabel("")
    ax.set_title(f"recommended for {human(backtest.flops)} FLOPs; shaded, as good by all runs")


def _errors(ax: Axes, lines: list[_Line]) -> None:
    for line in lines:
        line.draw(ax, "error", line.cuts)
    ax.set_ylim(0, 1.1 * max(line.rows["error"].max() for line in lines))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.set_title("how far the medians of the later runs were off")


def _inside(ax: Axes, lines: list[_Line]) -> None:
    ax.axhline(WIDE, color=INK, lw=1)
    for line in lines:
        line.draw(ax, "inside_90", line.cuts)
    ax.set_ylim(0, 1.05)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    dashed = "; hollow, without discrepancy" if any(line.plain for line in lines) else ""
    ax.set_title(f"later runs inside {WIDE:.0%} intervals{dashed}")


def _name(ax: Axes, lines: list[_Line]) -> None:
    """Name the forms beside the ends of their lines; dashed ones go without."""
    ends = [(line.form, float(line.rows["error"].iloc[-1]), line.colour) for line in lines]
    label_ends(ax, [end for line, end in zip(lines, ends, strict=True) if not line.plain])
