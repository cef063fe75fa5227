"""Several fits of the same runs, each with a weight, that answer as one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayescale.core.asking import argument
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import format_table, unknown_name
from bayescale.errors import PlanError
from bayescale.posterior.fit import Fit


@dataclass(frozen=True)
class Mixture(Mapping[str, Fit]):
    """Fits of several forms to the same runs, weighted by how they foretold the larger ones.

    What takes several fits takes it as it is, and its weights with it: `bayescale.predict`,
    `bayescale.score`, `bayescale.allocate` and `bayescale.reach`.

    Attributes
    ----------
    fits : dict of str to Fit
        The fits by name.
    weights : dict of str to float
        How much each counts; they sum to one.
    scores : DataFrame
        By form and cut: the runs ``fitted`` and ``held_out``, the mean ``elpd`` of a run held out,
        the mean absolute relative ``error`` of the medians, and the ``coverage`` of the intervals.
    notes : tuple of Note
        What to know of the weights.
    """

    fits: dict[str, Fit]
    weights: dict[str, float]
    scores: pd.DataFrame
    notes: tuple[Note, ...] = ()

    def __getitem__(self, name: str) -> Fit:
        """Return a fit by name."""
        return self.fits[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self.fits)

    def __len__(self) -> int:
        """Return the number of fits."""
        return len(self.fits)

    def __str__(self) -> str:
        """Write the weights, the scores and the notes."""
        shares = ", ".join(f"{name} {weight:.0%}" for name, weight in self.weights.items())
        lines = [f"a mixture of {len(self)} forms: {shares}", format_table(self.scores)]
        return "\n".join([*lines, *map(str, self.notes)])


def name_of(fits: Iterable[str]) -> str:
    """Return what several fits are called together."""
    names = list(fits)
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def weights_of(
    fits: Mapping[str, Fit], weights: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the share of each of several fits: as given, as the mixture has it, or equal.

    Raises
    ------
    PlanError
        If a weight is missing, negative or of no fit, all are zero, or there is one fit alone.
    """
    if weights is not None and len(fits) == 1:
        raise PlanError(
            f"{argument('weights')} shares an answer among several fits, and there is one; leave "
            "it out"
        )
    if weights is None:
        weights = fits.weights if isinstance(fits, Mixture) else dict.fromkeys(fits, 1.0)
    if missing := [name for name in fits if name not in weights]:
        raise PlanError(f"no weight for {missing[0]}; give one for each of {', '.join(fits)}")
    if unknown := [name for name in weights if name not in fits]:
        raise PlanError(unknown_name("fit in the weights", unknown[0], fits))
    kept = {name: float(weights[name]) for name in fits}
    if min(kept.values()) < 0 or sum(kept.values()) <= 0:
        raise PlanError(f"weights {kept} must not be negative, and one must be positive")
    total = sum(kept.values())
    return {name: weight / total for name, weight in kept.items()}


def draws_of_each(
    fits: Mapping[str, Fit], weights: Mapping[str, float] | None = None
) -> dict[str, np.ndarray]:
    """Return which draws of each fit stand for it among those of all, by their numbers.

    As many of each as its weight asks for, evenly spaced so that they represent the chains alike;
    the least number of draws of a fit is that of all of them together.
    """
    total = min(fit.samples for fit in fits.values())
    counts = {name: round(share * total) for name, share in weights_of(fits, weights).items()}
    return {
        name: np.linspace(0, fits[name].samples - 1, count).round().astype(int)
        for name, count in counts.items()
        if count
    }


def pooled(parts: Mapping[str, FloatArray], chosen: Mapping[str, np.ndarray]) -> FloatArray:
    """Return the chosen draws of several fits, one after the other: shape (samples, ...)."""
    return np.concatenate([parts[name][numbers] for name, numbers in chosen.items()])
