"""Whether the priors weigh on the answers."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from bayescale.core.note import Note
from bayescale.evaluation.answers import answers, log_prior_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

SENSITIVE, LEAST_SHIFT = 0.05, 0.5


def find(fit: Fit) -> Iterator[Note]:
    """Find answers that move when the priors are given more or less weight.

    By power-scaling (Kallioinen et al. 2024) of the priors together.
    """
    import arviz_stats

    answered = answers(fit)
    asked = {f"answer_{i}": draws for i, draws in enumerate(answered.values())}
    words = dict(zip(asked, answered, strict=True))
    groups = {"posterior": xr.Dataset(asked), "log_prior": fit.tree["log_prior"].to_dataset()}
    found = arviz_stats.psense(xr.DataTree.from_dict(groups), group="prior")
    log_prior = log_prior_of(fit)
    told = {}
    for key, draws in asked.items():
        values = by_samples(draws)
        # The derivative of the mean in the power of the priors: from no prior to two of them.
        shift = float(np.cov(values, log_prior)[0, 1] / max(values.std(), 1e-300))
        if float(found[key]) > SENSITIVE and abs(shift) > LEAST_SHIFT:
            told[words[key]] = shift
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
