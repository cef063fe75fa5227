"""How much of a resource one group of runs saves against another, at equal loss."""

import numpy as np
import xarray as xr

from bayescale.core.text import unknown_name
from bayescale.errors import FitError
from bayescale.posterior.fit import Fit


def savings(fit: Fit, over: str, *, baseline: str) -> xr.Dataset:
    """Return the factors by which groups multiply parameters and tokens against a baseline.

    A group that needs half the tokens of the baseline for the same loss has ``rho_D`` = 2.

    Parameters
    ----------
    fit : Fit
        A fit that pools coefficients over a group column, of a law with power-law terms.
    over : str
        The group column, such as ``"optimizer"``.
    baseline : str
        The level that the others are compared with.

    Returns
    -------
    Dataset
        ``rho_<letter>`` for each input whose coefficient is pooled over the column, such as
        ``rho_N`` and ``rho_D``; dimensions (chain, draw, <over>). Where the exponents differ
        too, the factors hold at the reference run.

    Raises
    ------
    FitError
        If no coefficient is pooled over the column, there is no such level, or the fit has too few
        draws.

    References
    ----------
    Volkova et al. 2026, arXiv:2602.07712: N and D of an optimizer are worth rho_N N and rho_D D.

    Examples
    --------
    >>> bs.savings(fit, "optimizer", baseline="adamw")["rho_D"]  # doctest: +SKIP
    """
    fit.require_draws()
    posterior, model = fit.posterior, fit.model

    def of_groups(name: str) -> xr.DataArray:
        vector = f"{name}_by_{over}"
        if vector in posterior:
            return posterior[vector]
        return posterior[name] if name in posterior else xr.DataArray(model.fixed[name])

    factors = {}
    for symbol, (coefficient, exponent) in model.law.resources.items():
        if f"{coefficient}_by_{over}" not in posterior:
            continue
        values = of_groups(coefficient)
        if baseline not in values[over]:
            raise FitError(unknown_name("level", baseline, values[over].to_numpy().tolist()))
        ratio = values.sel({over: baseline}, drop=True) / values
        factors[f"rho_{symbol}"] = np.exp(np.log(ratio) / of_groups(exponent))
    if not factors:
        coefficients = ", ".join(pair[0] for pair in model.law.resources.values())
        raise FitError(
            f"{model.name} pools none of its coefficients ({coefficients or 'it has none'}) over "
            f"{over}, so groups cannot be compared; fit with pool={{'A': '{over}', ...}}"
        )
    return xr.Dataset(factors).transpose("chain", "draw", over)
