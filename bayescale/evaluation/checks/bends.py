"""Whether the residuals bend where the law is straight."""

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np
from scipy.special import fdtrc

from bayescale.core.asking import verb
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.text import percent
from bayescale.evaluation.residuals import SIGNIFICANCE, gradients, log_inputs, residuals_of
from bayescale.posterior.fit import Fit

OUTER, SURELY = "k", 0.99


def find(fit: Fit) -> Iterator[Note]:
    """Find an outer exponent that is not one, and quadratic terms that the residuals hold."""
    yield from _outer_exponent(fit)
    residual = residuals_of(fit)
    if residual is None or fit.model.pooled_parameters or not log_inputs(fit):
        return
    chance, bend = _bend(fit, residual)
    if chance < SIGNIFICANCE:
        yield Note(
            "bends",
            "warning",
            f"The residuals bend by {percent(bend)} over {' and '.join(log_inputs(fit))} "
            f"(quadratic terms in their logarithms; p = {chance:.1g}, below {SIGNIFICANCE:g}): "
            f"{fit.model.name} has not the form of these runs, and its intervals beyond them are "
            "too narrow.",
            f"See where they bend ({verb('plot_fit')}), compare other forms by "
            "largest-compute-out, and fit without the cheapest runs.",
        )


def _outer_exponent(fit: Fit) -> Iterator[Note]:
    if fit.model.law.name != "outer_power" or OUTER not in fit.posterior:
        return
    lower, upper = fit.posterior[OUTER].quantile([(1 - SURELY) / 2, (1 + SURELY) / 2]).to_numpy()
    if not lower <= 1 <= upper:
        yield Note(
            "outer_exponent",
            "info",
            f"The outer exponent {OUTER} lies between {lower:.2f} and {upper:.2f} "
            f"({SURELY:.0%} interval) and not at 1: size and data act together, which the "
            "chinchilla form leaves out.",
        )


def _bend(fit: Fit, residual: FloatArray) -> tuple[float, float]:
    """Return the chance of such quadratic terms without a bend, and their range.

    By the F test of further columns in a weighted regression: what the parameters could have
    explained is taken out first, and runs far off count as little as a Student t lets them.
    """
    nu, sigma = (float(fit.posterior[name].median()) for name in ("nu", "sigma"))
    weights = np.sqrt((nu + 1) / (nu + (residual / sigma) ** 2))
    logs = [values / values.std() for values in log_inputs(fit).values()]
    products = [a * b for a, b in combinations_with_replacement(logs, 2)]
    known = gradients(fit)
    known = known / np.maximum(np.abs(known).max(axis=0), 1e-300)
    both = np.column_stack([known, *products])

    def left(columns: FloatArray) -> tuple[FloatArray, int]:
        found, _, rank, _ = np.linalg.lstsq(weights[:, None] * columns, weights * residual, 1e-9)
        return weights * (residual - columns @ found), int(rank)

    (without, few), (with_bend, many) = left(known), left(both)
    free = len(residual) - many
    if many == few or free < 1:
        return 1.0, 0.0
    unexplained = float(with_bend @ with_bend)
    gained = float(without @ without) - unexplained
    if unexplained <= 0:
        return 1.0, 0.0
    chance = float(fdtrc(many - few, free, gained / (many - few) / (unexplained / free)))
    return chance, float(np.ptp((without - with_bend) / weights))
