"""Whether the best runs alone foretell another loss than the surface does."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human
from bayescale.evaluation.answers import FURTHER
from bayescale.evaluation.envelope import envelope_of, foretell
from bayescale.evaluation.reweighting import thinned
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

PROB = 0.9
_SIZES, _DRAWS = 60, 500


def find(fit: Fit) -> Iterator[Note]:
    """Find a surface whose least loss further out is not the one that the best runs foretell."""
    columns = set(fit.model.columns.values())
    if not {"params"} < columns <= {"params", "tokens", "flops"} or fit.model.pooled_parameters:
        return
    if fit.model.law.target != "loss" or (points := envelope_of(fit.runs)) is None:
        return
    target = FURTHER * float(fit.runs.table["flops"].max())
    low, high = foretell(*points, target, PROB)
    least, most = np.quantile(_least_losses(fit, target), [(1 - PROB) / 2, (1 + PROB) / 2])
    if low <= most and least <= high:
        return
    yield Note(
        "witnesses",
        "warning",
        f"At {human(target)} FLOPs the surface foretells a loss of {least:.4g} to {most:.4g}, one "
        f"power law through the best {len(points[0])} runs {low:.4g} to {high:.4g} "
        f"({PROB:.0%} intervals): the two do not agree.",
        "Trust neither alone; fit without the cheapest runs, compare other forms, and train a run "
        "in between.",
    )


def _least_losses(fit: Fit, flops: float) -> FloatArray:
    """Return the least loss of each draw at a compute, over sizes from far below to far above."""
    table = fit.runs.table
    sizes = np.geomspace(table["params"].min(), table["params"].max() * FURTHER * 10, _SIZES)
    tokens = flops / fit.rule.train(sizes)
    some = thinned(fit, min(_DRAWS, fit.samples))
    draws = {name: by_samples(draw)[:, None] for name, draw in some.surface_draws.items()}
    columns = {"params": sizes, "tokens": tokens, "flops": np.full(_SIZES, flops)}
    return np.asarray(some.losses_at(columns, draws)).min(axis=1)
