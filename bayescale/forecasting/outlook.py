"""Where a run in progress will end, as far as can be told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

import bayescale
from bayescale.core.note import Note
from bayescale.core.shown import Shown
from bayescale.core.text import counted, format_table, human, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Outlook(Shown):
    """Where a run in progress will end, told from finished runs of the same schedule.

    Attributes
    ----------
    run : str
        The run.
    table : DataFrame
        One row for each look at it, the last the latest: the ``progress``, the share of its
        training it had come, its ``tokens`` and ``loss`` then, ``median``, ``lower`` and ``upper``
        of the loss at its end, and ``pace``, with ``pace_lower`` and ``pace_upper``: it goes like a
        run of so many times its compute was expected to. Missing where that cannot be told.
    rungs : DataFrame
        Each finished run, left out and foretold from the others at the latest progress:
        ``params``, ``tokens`` and ``loss`` at its end, ``median``, ``lower``, ``upper``,
        ``inside`` and ``error`` (foretold / observed - 1). Empty for three finished runs.
    path : DataFrame
        The loss on the way from the latest look to the end: ``progress``, ``median``, ``lower`` and
        ``upper``.
    curves : DataFrame
        What was seen: ``run``, ``progress`` and ``loss`` of each checkpoint.
    total_tokens : float
        The tokens of the whole run.
    expected_by : str
        What says what was expected before the run began; empty if nothing does.
    ci_prob : float
        Probability of the intervals.
    source : str
        Where the curves come from.
    notes : tuple of Note
        What to know before trusting it.
    """

    run: str
    table: pd.DataFrame
    rungs: pd.DataFrame
    path: pd.DataFrame
    curves: pd.DataFrame
    total_tokens: float
    expected_by: str
    ci_prob: float
    source: str
    notes: tuple[Note, ...] = ()

    @property
    def latest(self) -> pd.Series:
        """The latest look."""
        last: pd.Series = self.table.iloc[-1]
        return last

    def plot(self) -> "Figure":
        """Draw it; see `bayescale.plot_outlook`."""
        return bayescale.plot_outlook(self)

    def __str__(self) -> str:
        """Write a sentence, a row for each look, how the finished runs were foretold, the notes."""
        shown = self.table.dropna(axis="columns", how="all")
        shown = shown.assign(progress=[percent(share) for share in shown["progress"]])
        parts = [describe_outlook(self), format_table(shown), describe_rungs(self)]
        return "\n".join([*filter(None, parts), *map(str, self.notes)])


def describe_outlook(outlook: Outlook) -> str:
    """Say in a sentence where the run will end, and whether that is better than expected."""
    last = outlook.latest
    return (
        f"{outlook.run}, {percent(last['progress'])} through its {human(outlook.total_tokens)} "
        f"tokens, is expected to end at a loss of {last['median']:.4g} ({outlook.ci_prob:.0%} "
        f"interval {last['lower']:.4g} to {last['upper']:.4g}){_pace(outlook)}"
    )


def _pace(outlook: Outlook) -> str:
    last = outlook.latest
    if not outlook.expected_by:
        return ""
    word = (
        "faster than expected"
        if last["pace_lower"] > 1
        else "slower than expected"
        if last["pace_upper"] < 1
        else "no faster or slower than expected, as far as can be told"
    )
    return (
        f"; {outlook.expected_by} expected that of a run of {last['pace']:.3g} times its compute "
        f"({last['pace_lower']:.3g} to {last['pace_upper']:.3g}): {word}"
    )


def describe_rungs(outlook: Outlook) -> str:
    """Say how well finished runs are foretold from the others at the same progress."""
    rungs = outlook.rungs
    if rungs.empty:
        return ""
    inside = int(rungs["inside"].sum())
    return (
        f"at that progress {counted(len(rungs), 'finished run')}, each left out in turn, "
        f"{'is' if len(rungs) == 1 else 'are'} foretold to {percent(rungs['error'].abs().mean())} "
        f"on average; {inside} ended inside the {outlook.ci_prob:.0%} interval"
    )
