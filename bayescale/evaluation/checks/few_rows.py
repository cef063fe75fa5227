"""Whether a few rows decide the answer."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.text import counted
from bayescale.evaluation.answers import answers, in_sds
from bayescale.evaluation.reweighting import weights_without
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

SHARE, MOST_SHARE = 0.05, 0.2
LEAST_SHIFT, BY_CHANCE = 1.0, 4.0


def find(fit: Fit) -> Iterator[Note]:
    """Find extreme rows without which an answer moves, by importance weights (Vehtari et al.)."""
    density, kept = fit.log_likelihood()
    asked = {name: by_samples(draws)[kept] for name, draws in answers(fit).items()}
    for words, rows in _extremes(fit):
        weights = weights_without(density, rows)
        if weights is None:
            continue
        moved = {name: _move(in_sds(draws, weights)) for name, draws in asked.items()}
        name, shift = max(moved.items(), key=lambda item: abs(item[1]))
        if shift == 0:
            continue
        labels = ", ".join(str(fit.runs.table.index[row]) for row in rows[:5])
        yield Note(
            "few_rows",
            "warning",
            f"{words[0].upper()}{words[1:]} ({counted(len(rows), 'row')} of {len(density[0])}: "
            f"{labels}{', ...' if len(rows) > 5 else ''}) decide {name}: without them it would be "
            f"{abs(shift):.1f} posterior standard deviations {'higher' if shift > 0 else 'lower'}, "
            "which is more than chance explains.",
            "Fit without these rows and plan from both fits: the difference is an uncertainty that "
            "no interval holds.",
            shift=abs(shift),
        )


def _move(moved: tuple[float, float]) -> float:
    """Return a shift in posterior sds, or nothing where chance explains it.

    Without some rows an answer moves by chance with the variance that it gains by their absence.
    """
    shift, width = moved
    chance = np.sqrt(max(width**2 - 1, SHARE))
    return shift if abs(shift) > LEAST_SHIFT and abs(shift) > BY_CHANCE * chance else 0.0


def _extremes(fit: Fit) -> Iterator[tuple[str, np.ndarray]]:
    """Return the most extreme rows in a few ways: one in twenty, and what ties with them."""
    table = fit.runs.table
    count = max(int(SHARE * len(table)), 1)
    kinds = {}
    if "flops" in table:
        kinds["the cheapest runs"] = -table["flops"].to_numpy(float)
    if {"unique_tokens", "tokens"} <= set(fit.model.columns.values()):
        epochs = (table["tokens"] / table["unique_tokens"]).to_numpy()
        kinds["the runs of most epochs"] = epochs
    if {"params", "tokens"} <= set(fit.model.columns.values()):
        ratio = (table["tokens"] / table["params"]).to_numpy()
        kinds["the runs of most tokens per parameter"] = ratio
        kinds["the runs of fewest tokens per parameter"] = -ratio
    for words, values in kinds.items():
        # Those that tie belong together: the cheapest budget of a sweep is all of its runs.
        rows = np.flatnonzero(values >= np.sort(values)[-count])
        if len(rows) <= max(MOST_SHARE * len(values), 1):
            yield words, rows
