"""Whether the posterior leaves what others published."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.evaluation.residuals import rescalings
from bayescale.posterior.fit import Fit

SURELY = 0.99


def find(fit: Fit) -> Iterator[Note]:
    """Find parameters whose interval holds no verified value of the card.

    Only those that depend neither on the reference run nor on the unit of the loss are compared.
    Exponents differ between data sets, so that leaving them is no warning.
    """
    sets = {key: known for key, known in fit.model.published.items() if known.verified}
    if not sets or fit.model.pooled_parameters or fit.assumed:
        return
    exponents = {exponent for _, exponent in fit.model.law.resources.values()}
    for name in comparable(fit):
        bounds = [(1 - SURELY) / 2, 0.5, (1 + SURELY) / 2]
        lower, median, upper = fit.posterior[name].quantile(bounds).to_numpy()
        values = {key: known.values[name] for key, known in sets.items()}
        if any(lower <= value <= upper for value in values.values()):
            continue
        key, nearest = min(values.items(), key=lambda item: abs(item[1] - median))
        yield Note(
            "published",
            "info" if name in exponents else "warning",
            f"{name} is {median:.3g} ({SURELY:.0%} interval {lower:.3g} to {upper:.3g}), "
            f"outside of what was published: {nearest:.3g} ({key}).",
            "See whether a few runs decide it, and what differs: data, schedule, range of runs.",
        )


def comparable(fit: Fit) -> list[str]:
    """Return the parameters that stay what they are when inputs are counted in other units."""
    moves = rescalings(fit)
    names = [name for name in fit.model.law.parameters if name not in fit.model.fixed]
    still = np.abs(moves).max(axis=0, initial=0.0) < 1e-3
    return [
        name
        for name, stays in zip(names, still, strict=True)
        if stays and fit.model.priors[name].unit is None and name not in fit.model.law.terms
    ]
