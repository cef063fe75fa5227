"""Which finished runs a run in progress can be set beside, and why others cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayescale.core.asking import argument
from bayescale.core.text import counted, human, percent, unknown_name
from bayescale.errors import RunsError
from bayescale.forecasting.curves import Curve, planned
from bayescale.runs.table import Runs

LEAST_RUNGS = 3
"""With fewer finished runs the scatter about a line cannot be told from its slope."""

SAME_TOTAL = 0.01
"""Runs are of one length if their tokens differ by no more than this share."""

_SAME_RATE = 0.1
"""By how much of its peak the learning rate may differ at equal progress."""

_ENDED = 0.999


@dataclass(frozen=True)
class Beside:
    """A run in progress and the finished runs of its schedule.

    Attributes
    ----------
    run : Curve
        The run in progress.
    rungs : tuple of Curve
        The finished ones.
    aside : dict of str to str
        Why others are left aside, by name.
    """

    run: Curve
    rungs: tuple[Curve, ...]
    aside: dict[str, str]


def set_beside(
    curves: dict[str, Curve], runs: Runs, name: str, total_tokens: float | None
) -> Beside:
    """Return a run in progress beside the finished runs of its schedule.

    Parameters
    ----------
    curves : dict of str to Curve
        The curves of all runs.
    runs : Runs
        The table that they came from, whose groups say what has to be alike.
    name : str
        The run in progress.
    total_tokens : float or None
        How many tokens it will have seen at its end; by default as many as all others.

    Raises
    ------
    RunsError
        If there is no such run, its end is not known or behind it, or too few finished runs are
        of its schedule.
    """
    if name not in curves:
        raise RunsError(unknown_name(f"run in {runs.source}", name, curves))
    others = [curve for curve in curves.values() if curve.name != name]
    run = planned(curves[name], _total(curves[name], others, total_tokens))
    _refuse_ended(run, curves[name].total)
    aside = {curve.name: why for curve in others if (why := _unlike(run, curve, runs))}
    rungs = tuple(curve for curve in others if curve.name not in aside)
    if len(rungs) < LEAST_RUNGS:
        raise RunsError(_too_few(run, rungs, aside))
    return Beside(run, rungs, aside)


def _total(run: Curve, others: Sequence[Curve], given: float | None) -> float:
    if given is not None:
        if not (np.isfinite(given) and given > 0):
            raise RunsError(
                f"{argument('total_tokens')} = {given:g} must be the tokens of the whole run; give "
                "a number such as 1.4e12"
            )
        return given
    totals = [curve.total for curve in others]
    if not totals or np.ptp(totals) > SAME_TOTAL * max(totals):
        reach = f"{human(min(totals))} to {human(max(totals))} tokens" if totals else "none"
        raise RunsError(
            f"how long {run.name} will be is not known, and the finished runs differ ({reach}); "
            f"give {argument('total_tokens')}"
        )
    return float(np.median(totals))


def _refuse_ended(run: Curve, tokens: float) -> None:
    progress = float(run.progress[-1])
    if progress > 1 + SAME_TOTAL:
        raise RunsError(
            f"{run.name} has seen {human(tokens, 4)} tokens and was to end at "
            f"{human(run.total, 4)}: it is beyond its end; give the tokens of the whole run as "
            f"{argument('total_tokens')}"
        )
    if progress >= _ENDED:
        raise RunsError(
            f"{run.name} has ended, at {human(tokens, 4)} of {human(run.total, 4)} tokens; name a "
            "run in progress"
        )


def _unlike(run: Curve, rung: Curve, runs: Runs) -> str:
    """Say why a finished run is of another schedule, or nothing."""
    assert runs.run is not None
    labels = runs.levels(runs.run)
    for group in runs.groups:
        if group != runs.run:
            own, other = (runs.levels(group)[labels == curve.name][-1] for curve in (run, rung))
            if own != other:
                return f"{group} {other} instead of {own}"
    return _other_rate(run, rung) if run.rate is not None and rung.rate is not None else ""


def _other_rate(run: Curve, rung: Curve) -> str:
    """Say where the learning rates of two runs differ at equal progress, each by its peak."""
    assert run.rate is not None
    assert rung.rate is not None
    inside = rung.progress <= run.progress[-1] * (1 + 1e-9)
    # A rate that is annealed peaks early, so that the peak is known of a run in progress.
    peaks = run.rate.max(), rung.rate[inside].max() if inside.any() else rung.rate.max()
    expected = np.interp(run.progress, rung.progress, rung.rate / peaks[1])
    known = run.progress >= rung.progress[0]
    off = np.abs(run.rate / peaks[0] - expected)[known]
    if not off.size or off.max() <= _SAME_RATE:
        return ""
    place = int(off.argmax())
    at, own = run.progress[known][place], (run.rate / peaks[0])[known][place]
    return (
        f"a learning rate at {percent(expected[known][place])} of its peak at {percent(at)} of its "
        f"training instead of {percent(own)}"
    )


def _too_few(run: Curve, rungs: Sequence[Curve], aside: dict[str, str]) -> str:
    text = (
        f"{counted(len(rungs), 'finished run')} of the schedule of {run.name}; "
        f"{LEAST_RUNGS} are needed to tell how it will end"
    )
    if aside:
        name, why = next(iter(aside.items()))
        more = f", and {len(aside) - 1} more" if len(aside) > 1 else ""
        text += f". Left aside: {name}, which has {why}{more}"
    return text + "; give checkpoints of more runs of its schedule"
