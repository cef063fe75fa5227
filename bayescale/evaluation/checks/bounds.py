"""Which parameters stand at a bound of their prior."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.text import percent
from bayescale.model.prior import Prior
from bayescale.posterior.fit import Fit

NEAR, MASS = 0.01, 0.05


def find(fit: Fit) -> Iterator[Note]:
    """Find posteriors that pile up against a bound of their prior."""
    for name, prior in fit.model.all_priors.items():
        if name not in fit.posterior or name in fit.assumed.get("parameters", ()):
            continue
        draws = fit.posterior[name].to_numpy()
        for bound, scale in _bounds(prior, fit.scales["loss_scale"]):
            mass = float(np.mean(np.abs(draws - bound) < NEAR * scale))
            if mass > MASS:
                yield Note(
                    "at_bound",
                    "warning",
                    f"{name} stands at the bound {bound:.3g} of its prior {prior}: "
                    f"{percent(mass)} of the draws lie within {percent(NEAR)} of its width.",
                    "The bound decides, not the runs: move it on the card and see what changes, "
                    "or leave out what the runs do not show.",
                )


def _bounds(prior: Prior, loss_scale: float) -> list[tuple[float, float]]:
    """Return the bounds that a card states, with the width that its prior has."""
    stated = prior.arguments(loss_scale)
    bounds = [stated[key] for key in ("lower", "upper") if np.isfinite(stated.get(key, np.inf))]
    width = float(np.ptp(bounds)) if len(bounds) > 1 else stated.get("sigma", 0.0)
    return [(float(bound), float(width)) for bound in bounds]
