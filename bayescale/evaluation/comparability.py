"""Whether losses can be set against each other at all."""

import re
from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import percent
from bayescale.runs.table import Runs

FAR_OFF, ON_ONE_SIDE = 0.15, 0.9

_KNOWN = {
    1 / np.log(2): "1 / ln 2: bits instead of nats",
    np.log(2): "ln 2: nats instead of bits",
    100.0: "100: percent",
    0.01: "1 / 100: a share instead of percent",
}
_CLOSE = 0.03
_REMEDY = "See that both are losses per token of one tokenizer on one test set, in one unit."

LEAST_RUNS, LEAST_DECADES = 4, 1.0
"""With fewer runs, or over fewer decades of compute, an intercept is not told from a recipe."""

BETTER = 3.0
"""So many times less must the scatter about an intercept be than about any multiple of compute."""

LEAST_SCATTER = 0.003
"""A multiple of compute that describes losses this well needs no other explanation."""

_BETWEEN = 20

_SCALES = re.compile(
    r".*(tokeni[sz]er|vocab|test_?set|eval_?set|val_?set|loss_?unit|corpus).*", re.I
)


def doubt_losses(observed: FloatArray, predicted: FloatArray, model: str) -> Iterator[Note]:
    """Find losses so far from those predicted that they may be of another kind.

    Parameters
    ----------
    observed, predicted : ndarray, shape (runs,)
        The losses of runs, and what a fit says of them.
    model : str
        The model that was fitted.
    """
    off = np.log(np.asarray(observed) / np.asarray(predicted))
    typical = float(np.median(off))
    one_side = float(np.mean(np.sign(off) == np.sign(typical)))
    if abs(typical) > np.log1p(FAR_OFF) and one_side >= ON_ONE_SIDE:
        yield Note(
            "comparable",
            "warning",
            f"The losses lie {percent(abs(np.expm1(typical)))} "
            f"{'above' if typical > 0 else 'below'} what {model} predicts, more than "
            f"{percent(FAR_OFF)} and to one side, so they may not be comparable: another "
            f"tokenizer, test set or unit of the loss does as much as any recipe."
            f"{_known_factor(typical)}",
            _REMEDY,
        )


def _known_factor(log_ratio: float) -> str:
    """Say which change of unit a ratio of losses is, if it is one."""
    for factor, words in _KNOWN.items():
        if abs(log_ratio - np.log(factor)) < _CLOSE:
            return f" They are about {np.exp(log_ratio):.3g} times as large, which is {words}."
    return ""


def doubt_intercept(
    observed: FloatArray, multiplied: FloatArray, decades: float, resource: str
) -> Iterator[Note]:
    """Find losses that a constant explains and no multiple of the resource does.

    Parameters
    ----------
    observed : ndarray, shape (runs,)
        The losses of runs.
    multiplied : ndarray, shape (multipliers, runs)
        What a baseline predicts at several multiples of their resource, one of which is one; its
        middle row is that of one.
    decades : float
        Over how many decades of the resource the runs reach.
    resource : str
        What is multiplied, in words.
    """
    if len(observed) < LEAST_RUNS or decades < LEAST_DECADES:
        return
    expected = multiplied[len(multiplied) // 2]
    by_multiple = _about_best_multiple(np.log(observed), np.log(multiplied))
    gap = float(np.median(observed - expected))
    ratio = float(np.exp(np.median(np.log(observed / expected))))
    about = {
        f"a constant difference of {gap:.3g}": _around(observed, expected + gap),
        f"a constant factor of {ratio:.3g}": _around(observed, expected * ratio),
    }
    words, by_constant = min(about.items(), key=lambda item: item[1])
    # Without a gap to explain, any of the three is the curve of the baseline itself.
    if by_multiple < LEAST_SCATTER:
        return
    if BETTER * by_constant < by_multiple and abs(np.log(ratio)) > BETTER * by_constant:
        yield Note(
            "comparable",
            "warning",
            f"{words[0].upper()}{words[1:]} explains the losses better than any multiple of "
            f"{resource} (they scatter by {percent(by_constant)} about the one, by "
            f"{percent(by_multiple)} about the other), so they may not be comparable: another "
            "tokenizer, test set or unit shifts all sizes alike.",
            _REMEDY,
        )


def _about_best_multiple(observed: FloatArray, curves: FloatArray) -> float:
    """Return by how much log losses miss the nearest of some curves, or of those between them."""
    rows = np.arange(len(curves))
    between = np.linspace(0, len(curves) - 1, _BETWEEN * len(curves))
    dense = np.stack([np.interp(between, rows, curve) for curve in curves.T], axis=1)
    return float(np.sqrt(np.nanmin(np.mean((observed - dense) ** 2, axis=1))))


def _scatter(off: FloatArray) -> float:
    """Return by how much log losses miss a curve, to whichever side."""
    return float(np.sqrt(np.mean(off**2)))


def _around(observed: FloatArray, expected: FloatArray) -> float:
    if np.any(expected <= 0):
        return float("inf")
    # One number was taken from the runs.
    few = len(observed) / (len(observed) - 1)
    return _scatter(np.log(observed / expected)) * float(np.sqrt(few))


def doubt_scales(baseline: Runs, new_runs: Runs) -> Iterator[Note]:
    """Find groups, such as the tokenizer, in which no new run is like any of the baseline."""
    shared = [name for name in baseline.groups if name in new_runs.groups and _SCALES.match(name)]
    for name in shared:
        before, after = (sorted(set(runs.levels(name))) for runs in (baseline, new_runs))
        if not set(before) & set(after):
            yield Note(
                "comparable",
                "warning",
                f"The new runs have {name} {', '.join(after[:3])}, the baseline "
                f"{', '.join(before[:3])}, so their losses may not be comparable.",
                _REMEDY,
            )
