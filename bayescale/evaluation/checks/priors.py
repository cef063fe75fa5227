"""Which parameters the prior decides."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.posterior.fit import Fit


def find(fit: Fit) -> Iterator[Note]:
    """Find parameters whose posterior is nearly as wide as their prior."""
    prior, posterior = fit.tree["prior"].to_dataset(), fit.posterior
    assumed = fit.assumed.get("parameters", ())
    learnt = [name for name in fit.model.law.parameters if name not in assumed]
    for name in (name for name in learnt if name not in fit.model.fixed):
        # Positive parameters vary by factors; a prior may also allow negative values.
        scale = np.log if fit.model.priors[name].positive else np.asarray
        share = float(scale(posterior[name]).std() / scale(prior[name]).std())
        if share > 0.7:
            yield Note(
                "prior_decides",
                "warning",
                f"The runs say little about {name}: its posterior is {share:.0%} as wide as its "
                "prior.",
                "Read its interval as your assumption, or add runs.",
            )
