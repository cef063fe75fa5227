"""A plan: how sure the best split is, and what to commit to."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bayescale.core.border import checked
from bayescale.core.text import human
from bayescale.errors import PlanError
from bayescale.planning.plan import Plan
from bayescale.plotting.style import (
    BLUE,
    GREEN,
    INK,
    figure_of,
    finish,
    label_of,
    log_axis,
    new_figure,
    stamp,
    style,
    tick_text,
)
from bayescale.posterior.intervals import IntervalKind, credible_interval, interval_settings

BINS = 40


@checked(PlanError)
def plot_plan(
    plan: Plan,
    *,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    figure: Figure | SubFigure | None = None,
) -> Figure:
    """Draw a plan: the posterior of the best size, the size to commit to and how flat it is there.

    Several budgets are drawn as bands of the best size and token count against compute.

    Parameters
    ----------
    plan : Plan
        The plan, from `allocate`.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BayescaleError
        If the interval is not a known one.

    Examples
    --------
    >>> figure = bs.plot_plan(plan)  # doctest: +SKIP
    """
    interval = {"ci_prob": interval_settings(ci_prob, ci_kind)[0], "ci_kind": ci_kind}
    simulated = any(note.code == "simulated" for note in plan.notes)
    several = plan.committed.sizes["budget"] > 1
    with style():
        part = new_figure(6.4 if several else 4.0) if figure is None else figure
        axes = part.subplots(2 if several else 1, 1, squeeze=False).ravel()
        if several:
            for ax, name in zip(axes, ("params", "tokens"), strict=True):
                _against_compute(ax, plan, name, interval)
            axes[0].set_xlabel("")
        else:
            _one_budget(axes[0], plan, interval)
        stamp(axes[0], simulated)
        return figure_of(part)


def _one_budget(ax: Axes, plan: Plan, interval: dict[str, Any]) -> None:
    draws = plan.optimum["params"].isel(budget=0)
    flops = float(plan.committed["flops"][0])
    committed = float(plan.committed["params"][0])
    low, high = (float(plan.near_optimal[f"params_{end}"][0]) for end in ("low", "high"))
    best = credible_interval(draws, **interval)
    values = draws.to_numpy().ravel()
    shown = [*np.quantile(values, [0.001, 0.999]), low, high, committed]
    edges = np.geomspace(min(shown) / 1.02, max(shown) * 1.02, BINS)
    heights, _ = np.histogram(values, edges)
    ax.stairs(heights / heights.max(), edges, fill=True, color=BLUE, alpha=0.3)
    ax.plot([committed, committed], [0, 1.08], color=INK, lw=1.8)
    tokens = human(float(plan.committed["tokens"][0]))
    text = f"committed: {human(committed)} on {tokens} tokens"
    _above(ax, text, committed, 1.1, INK)
    lower, upper = float(best["lower"]), float(best["upper"])
    share = f"{interval['ci_prob']:.0%}"
    _bar(ax, (lower, upper), -0.12, BLUE, f"best size, {share}: {human(lower)} to {human(upper)}")
    text = f"{_flat(plan)}: {human(low)} to {human(high)}"
    _bar(ax, (low, high), -0.38, GREEN, text)
    log_axis(ax, "x", shown, f"{label_of('params')} at {tick_text(flops)} FLOPs")
    ax.set(yticks=[], ylim=(-0.62, 1.3))
    ax.spines["left"].set_visible(False)
    finish(ax, "x")


def _above(ax: Axes, text: str, x: float, y: float, colour: str) -> None:
    ax.text(x, y, text, color=colour, ha="center", va="bottom", fontsize=10)


def _bar(ax: Axes, ends: tuple[float, float], height: float, colour: str, text: str) -> None:
    ax.plot(ends, [height, height], color=colour, lw=5, solid_capstyle="butt")
    middle = float(np.sqrt(ends[0] * ends[1]))
    ax.text(middle, height - 0.05, text, color=colour, ha="center", va="top", fontsize=9.5)


def _against_compute(ax: Axes, plan: Plan, name: str, interval: dict[str, Any]) -> None:
    order = np.argsort(plan.committed["flops"].to_numpy())
    flops = plan.committed["flops"].to_numpy()[order]
    band = credible_interval(plan.optimum[name], **interval).isel(budget=order)
    committed = plan.committed[name].to_numpy()[order]
    edges = [f"{name}{'_at' if name == 'tokens' else ''}_{end}" for end in ("low", "high")]
    low, high = (plan.near_optimal[edge].to_numpy()[order] for edge in edges)
    ax.fill_between(flops, low, high, color=GREEN, alpha=0.14, linewidth=0)
    ax.fill_between(flops, band["lower"], band["upper"], color=BLUE, alpha=0.35, linewidth=0)
    ax.plot(flops, committed, "o-", color=INK, ms=4.5, lw=1.4)
    log_axis(ax, "x", flops, label_of("flops"))
    log_axis(ax, "y", [low, high, committed], label_of(name))
    finish(ax)
    if name == "params":
        _explain(ax, plan, interval["ci_prob"])


def _flat(plan: Plan) -> str:
    return f"costs at most {100 * plan.limits['tolerance']:g}% more loss"


def _explain(ax: Axes, plan: Plan, prob: float) -> None:
    words = [("committed plan", INK), (f"best size, {prob:.0%}", BLUE), (_flat(plan), GREEN)]
    for row, (text, colour) in enumerate(words):
        height = 0.96 - 0.085 * row
        ax.text(0.02, height, text, transform=ax.transAxes, color=colour, va="top", fontsize=9.5)
