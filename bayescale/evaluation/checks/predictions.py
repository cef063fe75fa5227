"""Whether runs drawn from the posterior look like those that were observed."""

from collections.abc import Iterator

import numpy as np

from bayescale.core.note import Note
from bayescale.core.text import counted
from bayescale.posterior.fit import Fit

PPC_TAIL = 0.005


def find(fit: Fit) -> Iterator[Note]:
    """Find predictive intervals that hold too few or too many runs, or miss the largest."""
    runs = fit.runs
    observed = fit.tree["observed_data"][fit.model.observed].to_numpy()
    replicated = fit.tree["posterior_predictive"][fit.model.observed].to_numpy()
    replicated = replicated.reshape(-1, len(observed))
    observed, replicated = (
        np.log(fit.on_target_scale(values, runs).clip(min=1e-9))
        for values in (observed, replicated)
    )
    centre = np.median(replicated, axis=0)
    lower, upper = np.quantile(replicated, [0.05, 0.95], axis=0)
    inside = float(np.mean((observed >= lower) & (observed <= upper)))
    spread = 3 * np.sqrt(0.9 * 0.1 / len(observed))
    if abs(inside - 0.9) > max(spread, 0.05):
        yield Note(
            "ppc_coverage",
            "warning",
            f"{inside:.0%} of the runs lie in their 90% predictive interval.",
            "The noise is not as the model states it; look for groups of runs that differ.",
        )
    if "flops" not in runs.table or len(runs) < 10:
        return
    largest = runs.table["flops"].to_numpy() >= np.quantile(runs.table["flops"], 0.8)
    # Medians: one bad run among the largest must not decide.
    observed_shift = float(np.median((observed - centre)[largest]))
    shifts = np.median((replicated - centre)[:, largest], axis=1)
    if not PPC_TAIL < np.mean(shifts > observed_shift) < 1 - PPC_TAIL:
        where = "above" if observed_shift > 0 else "below"
        yield Note(
            "ppc_largest",
            "warning",
            f"The {counted(int(largest.sum()), 'run')} of largest compute lie "
            f"{abs(observed_shift):.2%} {where} the fitted surface, more than noise explains.",
            "The form bends where it matters; compare other forms by largest-compute-out.",
        )
