"""The loss along compute, every budget split as well as it can be, and the runs beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bayescale.compute.accounting import FlopsRule
from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.evaluation.reweighting import thinned
from bayescale.planning.allocating import allocate
from bayescale.planning.limits import LimitArguments
from bayescale.plotting.style import GREY, ORANGE, SHADE, direct_label
from bayescale.posterior.fit import Fit

REACH = 100.0
"""How far beyond the largest run the curve goes if no target is given."""

POINTS = 30

DRAWS = 200
"""Draws by which the budgets along the curve are split: at the best split the loss is flat."""

SHORT = 0.3
"""Where less of the axis lies beyond the runs than this share, there is no room for words."""


@dataclass(frozen=True)
class Frontier:
    """Where a curve of the best loss is drawn.

    Attributes
    ----------
    column : str
        What the horizontal axis shows.
    values : ndarray, shape (points,)
        Its values, the targets among them.
    marks : ndarray, shape (targets,)
        The targets.
    points : dict of str to ndarray
        The counts of the runs along the curve, as `bayescale.predict` takes them.
    seen, losses : ndarray, shape (runs,)
        Where the runs lie on the axis, and their losses.
    """

    column: str
    values: FloatArray
    marks: FloatArray
    points: dict[str, Any]
    seen: FloatArray
    losses: FloatArray

    @property
    def largest(self) -> float:
        """The largest run."""
        return float(self.seen.max())

    def index(self, mark: float) -> int:
        """Return which of the values a target is."""
        return int(np.searchsorted(self.values, mark))

    @property
    def asked(self) -> list[int]:
        """Which of the values are targets; the last one if there are none."""
        return [self.index(mark) for mark in self.marks] or [len(self.values) - 1]


def frontier_of(
    fit: Fit, targets: float | Sequence[float] | None, limits: LimitArguments
) -> Frontier:
    """Return the curve of a fit that reaches beyond its runs and beyond some targets.

    Raises
    ------
    PlanError
        If a target is not positive, or the law gives no one curve.
    """
    column = frontier_variable(fit)
    marks = np.atleast_1d(np.asarray([] if targets is None else targets, float))
    if not (np.isfinite(marks) & (marks > 0)).all():
        raise PlanError(f"targets = {targets} must be positive and finite, such as 1e24")
    seen, losses = _seen(fit, column, limits.get("rule"))
    values = np.unique(np.concatenate([_grid(seen, marks), marks]))
    return Frontier(column, values, marks, _points(fit, column, values, limits), seen, losses)


def frontier_variable(fit: Fit) -> str:
    """Return the column against which the loss can be drawn as one curve.

    Raises
    ------
    PlanError
        If there is none.
    """
    columns = list(fit.model.columns.values())
    if len(columns) == 1:
        return columns[0]
    if {"params", "tokens"} <= set(columns):
        return "flops"
    raise PlanError(
        f"{fit.model.name} gives the loss from {' and '.join(columns)}, which is not one curve; "
        "predict at chosen points instead"
    )


def _grid(seen: FloatArray, marks: FloatArray) -> FloatArray:
    high = 3 * marks.max() if len(marks) else REACH * seen.max()
    return np.geomspace(seen.min(), max(high, seen.max()), POINTS)


def _points(fit: Fit, column: str, values: FloatArray, limits: LimitArguments) -> dict[str, Any]:
    """Return the counts of the runs along the curve."""
    columns = set(fit.model.columns.values())
    if columns == {column}:
        return {column: values}
    few = thinned(fit, min(DRAWS, fit.samples))
    return allocate(few, flops=list(values), **limits).point(columns - {"flops"})


def _seen(fit: Fit, column: str, rule: FlopsRule | None) -> tuple[FloatArray, FloatArray]:
    """Return where the runs lie on the axis and their losses, by the rule of the curve.

    A rule has no answer for models that are too small for it.
    """
    runs = fit.runs
    if rule is None or column != "flops" or not {"params", "tokens"} <= set(runs.table):
        return runs.table[column].to_numpy(float), runs.loss
    known = (runs.table["params"] >= rule.smallest_params).to_numpy()
    params, tokens = (runs.table[name].to_numpy(float)[known] for name in ("params", "tokens"))
    return rule.train(params) * tokens, runs.loss[known]


def draw_reach(ax: Axes, frontier: Frontier, bottom: float | None = None) -> None:
    """Shade what lies beyond the runs; the line at the largest run ends at a height, if given."""
    low, high = float(frontier.values[0]), float(frontier.values[-1])
    largest = frontier.largest
    if high <= largest:
        return
    ax.axvspan(largest, high * 100, color=SHADE, linewidth=0, zorder=0)
    floor, top = ax.get_ylim()
    ends = (floor if bottom is None else bottom, top)
    ax.vlines(largest, *ends, color=ORANGE, lw=1, ls=(0, (3, 3)), zorder=1)
    ax.set_ylim(floor, top)
    left = np.log(high / largest) < SHORT * np.log(high / low)
    ax.annotate(
        "beyond the runs →",
        (largest, 0.97),
        xycoords=("data", "axes fraction"),
        xytext=(-6 if left else 6, 0),
        textcoords="offset points",
        color=ORANGE,
        fontsize=9.5,
        ha="right" if left else "left",
        va="top",
    )


def draw_runs(ax: Axes, frontier: Frontier, *, several: bool) -> None:
    """Draw the runs as dots, and say what they are; several inputs make runs of any shape."""
    seen, losses = frontier.seen, frontier.losses
    ax.scatter(
        seen,
        losses,
        s=16,
        color=GREY,
        alpha=0.75,
        linewidths=0,
        rasterized=len(seen) > 2000,
        zorder=1.5,
    )
    top = int(np.argmax(losses))
    at = (float(seen[top]), float(losses[top]))
    text = "runs, of any shape" if several else "runs"
    direct_label(ax, text, at, (8, 0), GREY)
