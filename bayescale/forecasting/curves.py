"""Learning curves: the loss of each training run against how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayescale.core.asking import setting
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human
from bayescale.errors import RunsError
from bayescale.runs.table import Runs

RATES = ("learning_rate", "lr")
"""Columns of a table that may hold the learning rate."""

_WINDOW = 1.25
"""Noisy curves are smoothed over checkpoints from a progress divided by this on."""

_ENOUGH = 4
"""So many checkpoints make a line; of fewer the two neighbours are joined."""

_FURTHEST = 2.5
"""Neighbours that are further apart than this factor say nothing of what lies between."""


@dataclass(frozen=True)
class Curve:
    """The checkpoints of one training run.

    Attributes
    ----------
    name : str
        What the run is called.
    params : float or None
        Its parameters, if known.
    total : float
        The tokens of the whole run, planned or made.
    progress : ndarray, shape (checkpoints,)
        Which share of them each checkpoint has seen, in increasing order.
    log_loss : ndarray, shape (checkpoints,)
        The logarithm of its loss.
    rate : ndarray, shape (checkpoints,), or None
        Its learning rate, if known.
    """

    name: str
    params: float | None
    total: float
    progress: FloatArray
    log_loss: FloatArray
    rate: FloatArray | None = None

    @property
    def log_compute(self) -> float:
        """The logarithm of 6ND of the whole run; of 6D where the size is not known."""
        return float(np.log(6 * self.total * (self.params or 1.0)))

    def until(self, progress: float) -> "Curve":
        """Return the checkpoints up to some progress."""
        kept = self.progress <= progress * (1 + 1e-9)
        rate = None if self.rate is None else self.rate[kept]
        return replace(self, progress=self.progress[kept], log_loss=self.log_loss[kept], rate=rate)

    def level(self, progress: float) -> float:
        """Return the logarithm of the loss at some progress, nan where no checkpoint is near.

        A line in the logarithm of progress through the checkpoints of the last fifth of the way
        where there are four, else through the two neighbours.
        """
        near = (self.progress >= progress / _WINDOW) & (self.progress <= progress * (1 + 1e-9))
        if near.sum() >= _ENOUGH:
            x = np.log(self.progress[near] / progress)
            return float(np.polyfit(x, self.log_loss[near], 1)[-1])
        after = int(np.searchsorted(self.progress, progress * (1 - 1e-9)))
        if after == len(self.progress):
            return float("nan")
        if np.isclose(self.progress[after], progress):
            return float(self.log_loss[after])
        if after == 0 or self.progress[after] > _FURTHEST * self.progress[after - 1]:
            return float("nan")
        x = np.log(self.progress)
        return float(np.interp(np.log(progress), x, self.log_loss))


def curves_of(runs: Runs, rate: str | None = None) -> dict[str, Curve]:
    """Return the curve of every training run in a table, taken to be whole.

    Parameters
    ----------
    runs : Runs
        Checkpoints, loaded with ``run=``.
    rate : str, optional
        The column that holds the learning rate; one of the usual names by default.

    Raises
    ------
    RunsError
        If the table does not name its training runs, or has no tokens, losses or such a column.
    """
    if runs.run is None:
        raise RunsError(
            f"{runs.source}: does not say which run a checkpoint belongs to; name that column with "
            f"{setting('run', 'COLUMN')} when loading it"
        )
    if missing := [name for name in ("tokens", "loss") if name not in runs.table]:
        raise RunsError(
            f"{runs.source}: has no {missing[0]}, and a learning curve is the loss against the "
            "tokens that were seen; name its column when loading it"
        )
    if rate is not None and rate not in runs.table:
        raise RunsError(
            f"{runs.source}: has no column {rate}; keep it with "
            f"{setting('columns', {rate: '...'})} when loading it"
        )
    column = rate or next((name for name in RATES if name in runs.table), None)
    labels = runs.levels(runs.run)
    found = (_curve(runs, str(name), labels == name, column) for name in dict.fromkeys(labels))
    return {curve.name: curve for curve in found}


def _curve(runs: Runs, name: str, rows: np.ndarray, rate: str | None) -> Curve:
    table = runs.table[rows].sort_values("tokens", kind="stable")
    tokens = table["tokens"].to_numpy(float)
    if len(twice := tokens[:-1][np.diff(tokens) <= 0]):
        raise RunsError(
            f"{runs.source}: run {name} has two checkpoints at {human(twice[0])} tokens; keep one "
            "of them, or give restarted runs names of their own"
        )
    sizes = table["params"].unique() if "params" in table else np.array([])
    if len(sizes) > 1 and np.ptp(sizes) > 0.01 * sizes.max():
        raise RunsError(
            f"{runs.source}: run {name} has {human(sizes.min())} and {human(sizes.max())} params; "
            "name the column of the training run, not one that several share"
        )
    return Curve(
        name,
        float(sizes[0]) if len(sizes) else None,
        float(tokens[-1]),
        tokens / tokens[-1],
        np.log(table["loss"].to_numpy(float)),
        None if rate is None else table[rate].to_numpy(float),
    )


def planned(curve: Curve, total: float) -> Curve:
    """Return a run in progress as what it is of a longer one."""
    return replace(curve, total=total, progress=curve.progress * curve.total / total)


def reached(curves: Sequence[Curve], progress: float) -> FloatArray:
    """Return the level of each curve at some progress, shape (curves,)."""
    return np.array([curve.level(progress) for curve in curves])
