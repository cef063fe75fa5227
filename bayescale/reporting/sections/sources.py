"""What makes the range of a forecast as wide as it is."""

from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure

from bayescale.errors import PlanError
from bayescale.plotting.frontier import Frontier, frontier_of
from bayescale.plotting.sources import draw_sources
from bayescale.plotting.style import figure_of, new_axes, stamp, style, tick_text
from bayescale.posterior.fit import Fit
from bayescale.posterior.predicting import predict
from bayescale.posterior.prediction import Prediction
from bayescale.posterior.sources import FLOOR_STEP, SOURCES
from bayescale.reporting.digits import Interval, between, decimals, fixed, percent
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question, limits_of_curve
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import label_of

WORDS = dict(
    zip(
        SOURCES,
        (
            "the floor, the loss that no model can go below",
            "the other numbers of the law",
            "the shape of the law, which may not be the true one",
            "chance: runs that are equal come out differently",
        ),
        strict=True,
    )
)


@dataclass(frozen=True)
class Effect:
    """What the floor does to one forecast, as text."""

    where: str
    percent: str
    loss: str


@dataclass(frozen=True)
class SourcesContext:
    """What the section says of the width of forecasts."""

    figure: Markup
    headings: list[str]
    rows: list[list[str]]
    first: str
    largest: str
    share: str
    step: str
    effects: list[Effect]


def show_sources(fit: Fit, question: Question) -> SourcesContext | None:
    """Return where the width of the forecasts comes from, if the law gives one curve."""
    interval = question.interval
    targets, limits = limits_of_curve(question)
    try:
        frontier = frontier_of(fit, targets, limits)
        single = predict(fit, new_run=True, **frontier.points)
    except PlanError:  # no one curve, or noise of a column that is not known of a new run
        return None
    shares = single.sources().iloc[frontier.asked]
    summary = single.summary(interval.prob, interval.kind).iloc[frontier.asked]
    unit = "FLOPs" if frontier.column == "flops" else label_of(frontier.column)
    places = [f"{tick_text(mark)} {unit}" for mark in frontier.values[frontier.asked]]
    rows = [[WORDS[name], *map(percent, shares[name])] for name in SOURCES]
    ranges = zip(summary["lower"], summary["upper"], strict=True)
    rows.append(["the range of the loss", *(" to ".join(between(*ends)) for ends in ranges)])
    largest = str(shares[list(SOURCES)].iloc[0].idxmax())
    label = f"The largest part of the range at {places[0]} comes from {WORDS[largest]}"
    effects = zip(places, shares["floor_effect"], summary["median"], strict=True)
    return SourcesContext(
        figure=inline_svg(_drawn(fit, frontier, single, interval), "sources", label),
        headings=["comes from", *places],
        rows=rows,
        first=places[0],
        largest=WORDS[largest],
        share=percent(float(shares[largest].iloc[0])),
        step=f"{FLOOR_STEP:g}",
        effects=[_effect(*each) for each in effects if each[1] != 0],
    )


SECTION = Section(
    "sources",
    "Why the range is this wide",
    after="changes",
    show=show_sources,
    above_navigation=True,
)


def _drawn(fit: Fit, frontier: Frontier, single: Prediction, interval: Interval) -> Figure:
    with style():
        ax = new_axes(None)
        draw_sources(ax, frontier, single, interval.prob, interval.kind)
        stamp(ax, fit.runs.simulated)
        return figure_of(ax)


def _effect(where: str, share: float, median: float) -> Effect:
    change = share * median
    sign = "+" if change > 0 else ""
    return Effect(
        where, f"{sign}{percent(share)}", f"{sign}{fixed(change, max(2, decimals(abs(change), 1)))}"
    )
