"""Whether the chains found the posterior: R-hat, effective sample size, divergences, E-BFMI."""

from collections.abc import Callable, Iterator

import numpy as np
import xarray as xr

from bayescale.core.note import Note, Severity
from bayescale.core.quantities import FloatArray
from bayescale.posterior import diagnosing
from bayescale.posterior.fit import Fit

RHAT_WARNING, RHAT_ERROR = 1.01, 1.05
ESS_WARNING, ESS_ERROR = 400, 100
DIVERGENCES_ERROR = 0.005
EBFMI_WARNING = 0.3

_RESAMPLE = "Fit again with more draws, or look at the posterior for a ridge or a second mode."


def find(fit: Fit) -> Iterator[Note]:
    """Find chains that disagree, or draws that are too few (Vehtari et al. 2021)."""
    posterior = fit.posterior[fit.model.sampled]
    rhat = _ranked(posterior, diagnosing.rhat)[-1]
    bulk = _ranked(posterior, diagnosing.ess_bulk)[0]
    tail = _ranked(posterior, diagnosing.ess_tail)[0]
    if rhat[1] > RHAT_WARNING:
        severity: Severity = "error" if rhat[1] > RHAT_ERROR else "warning"
        sentence = f"R-hat of {rhat[0]} is {rhat[1]:.3f}, it should be at most {RHAT_WARNING}."
        yield Note("rhat", severity, sentence, _RESAMPLE)
    for kind, (name, size) in (("bulk", bulk), ("tail", tail)):
        if size < ESS_WARNING:
            severity = "error" if size < ESS_ERROR else "warning"
            sentence = (
                f"The {kind} effective sample size of {name} is {size:.0f}, "
                f"it should be at least {ESS_WARNING}."
            )
            yield Note(f"ess_{kind}", severity, sentence, _RESAMPLE)
    diverging = fit.tree["sample_stats"]["diverging"]
    divergences, total = int(diverging.sum()), diverging.size
    if divergences:
        severity = "error" if divergences > DIVERGENCES_ERROR * total else "warning"
        sentence = f"{divergences} of {total} transitions diverged, there should be none."
        remedy = "Add runs, or tighten a prior on the card: the data leave a direction undecided."
        yield Note("divergences", severity, sentence, remedy)
    ebfmi = float(diagnosing.bfmi(fit.tree["sample_stats"]["energy"].to_numpy()).min())
    if ebfmi < EBFMI_WARNING:
        sentence = f"E-BFMI is {ebfmi:.2f}, it should be at least {EBFMI_WARNING}."
        yield Note("ebfmi", "warning", sentence, _RESAMPLE)
    if rhat[1] <= RHAT_WARNING and min(bulk[1], tail[1]) >= ESS_WARNING and not divergences:
        sentence = (
            f"The chains agree: R-hat at most {rhat[1]:.3f}, effective sample size at least "
            f"{min(bulk[1], tail[1]):.0f} of {total} draws, no divergence."
        )
        yield Note("sampler", "info", sentence)


def _ranked(
    posterior: xr.Dataset, diagnostic: Callable[[FloatArray], float]
) -> list[tuple[str, float]]:
    """Return names and what is found of their draws, smallest first."""
    each = [
        (str(name), diagnostic(values))
        for name, draws in posterior.data_vars.items()
        for values in _series(draws)
    ]
    return sorted(each, key=lambda item: item[1])


def _series(draws: xr.DataArray) -> Iterator[FloatArray]:
    """Yield the draws of each number of a variable, shape (chains, draws)."""
    values = draws.transpose("chain", "draw", ...).to_numpy()
    yield from np.moveaxis(values.reshape(*values.shape[:2], -1), -1, 0)
