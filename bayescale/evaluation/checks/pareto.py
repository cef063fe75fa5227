"""Which runs a fit leans on so much that leaving them out is another fit."""

from collections.abc import Iterator

from bayescale.core.note import Note
from bayescale.evaluation.loo import unit_densities
from bayescale.evaluation.psis import good_k, pareto_k
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples

LEAST_DRAWS = 400


def find(fit: Fit) -> Iterator[Note]:
    """Find runs of high Pareto k in PSIS-LOO (Vehtari et al. 2024)."""
    densities = unit_densities(fit)
    unit, log_density = densities.dims[-1], by_samples(densities)
    if len(log_density) < min(fit.samples, LEAST_DRAWS):
        # Of ever so many runs few draws are kept, whose k scatters, and no run of them decides.
        return
    most = good_k(len(log_density))
    high = pareto_k(-log_density) > most
    if high.any():
        rows = ", ".join(str(row) for row in densities[unit].to_numpy()[high][:5])
        more = f" and {high.sum() - 5} more" if high.sum() > 5 else ""
        row = "row" if high.sum() == 1 else "rows"
        groups = f"runs ({row}" if unit == "run" else f"groups of runs ({unit}"
        yield Note(
            "pareto_k",
            "warning",
            f"The fit leans on {high.sum()} of {len(high)} {groups} {rows}{more}; Pareto k above "
            f"{most:.2f}), so LOO is unreliable for them.",
            "Look at these runs; fit without them to see what changes.",
        )
