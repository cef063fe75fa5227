"""Leave-one-out scores of fits."""

import warnings
from typing import Any

from bayescale.posterior.fit import Fit


def psis_loo(fit: Fit) -> Any:
    """Return PSIS-LOO of a fit with pointwise values (Vehtari et al. 2024).

    Returns
    -------
    arviz_stats.ELPDData
        Scores of log loss; ``pareto_k`` and ``elpd_i`` have dimension ``run``.

    Raises
    ------
    FitError
        If the fit has too few draws.
    """
    import arviz_stats

    fit.require_draws()
    with warnings.catch_warnings():
        # Whoever asks reports high Pareto k in its own words.
        warnings.filterwarnings("ignore", "Estimated shape parameter of Pareto", UserWarning)
        return arviz_stats.loo(fit.tree, pointwise=True)
