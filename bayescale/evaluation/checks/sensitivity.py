"""Whether the priors weigh on the answers."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.evaluation.answers import answers, log_prior_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

SENSITIVE, LEAST_SHIFT = 0.05, 0.5
_POWERS = (0.99, 1.01)


def find(fit: Fit) -> Iterator[Note]:
    """Find answers that move when the priors are given more or less weight.

    By power-scaling (Kallioinen et al. 2024) of the priors together.
    """
    log_prior = log_prior_of(fit)
    told = {}
    for name, draws in answers(fit).items():
        values = by_samples(draws)
        # The derivative of the mean in the power of the priors: from no prior to two of them.
        shift = float(np.cov(values, log_prior)[0, 1] / max(values.std(), 1e-300))
        if abs(shift) > LEAST_SHIFT and power_scaling(values, log_prior) > SENSITIVE:
            told[name] = shift
    if told:
        name, shift = max(told.items(), key=lambda item: abs(item[1]))
        others = [other for other in told if other != name]
        also = f" (also: {', '.join(others)})" if others else ""
        yield Note(
            "prior_sensitivity",
            "warning",
            f"The priors move {name}: counted twice they make it {abs(shift):.1f} posterior "
            f"standard deviations {'higher' if shift > 0 else 'lower'}, more than "
            f"{LEAST_SHIFT:g}{also}.",
            "Say what you know on the card, or add runs; fit with a wider prior and compare.",
            shift=abs(shift),
        )


def power_scaling(values: FloatArray, log_prior: FloatArray) -> float:
    """Return how fast draws move with the power of the priors: above 0.05 the priors inform them.

    Parameters
    ----------
    values, log_prior : ndarray, shape (samples,)
        Draws of an answer, and the log density of the priors at them.

    References
    ----------
    Kallioinen et al. 2024, Statistics and Computing 34, 57, section 2.3.
    """
    slopes = []
    for power in _POWERS:
        # Powers so close to one need no smoothing of the weights.
        weights = np.exp((power - 1) * (log_prior - log_prior.max()))
        apart = max(_distance(values, weights), _distance(-values, weights))
        slopes.append(apart / abs(np.log2(power)))
    return float(np.mean(slopes))


def _distance(values: FloatArray, weights: FloatArray) -> float:
    """Return the cumulative Jensen-Shannon distance between draws and weighted draws."""
    order = np.argsort(values)
    widths, size = np.diff(values[order]), len(values)
    plain = np.arange(1, size) / size
    weighted = np.cumsum(weights[order] / weights.sum())[:-1]
    between = np.log2((plain + weighted) / 2)
    areas = [float(cdf @ widths) for cdf in (plain, weighted)]
    if sum(areas) == 0:
        return 0.0
    # Distribution functions have areas of their own, which a divergence of densities has not.
    parts = [widths @ (cdf * (np.log2(cdf) - between)) for cdf in (plain, weighted)]
    difference = (areas[1] - areas[0]) / (2 * np.log(2))
    total = max(parts[0] + difference, 0.0) + max(parts[1] - difference, 0.0)
    return float(np.sqrt(total / sum(areas)))
