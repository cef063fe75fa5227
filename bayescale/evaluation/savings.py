"""How much of a resource one group of runs saves against another, at equal loss."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.core.asking import either, setting
from bayescale.core.border import checked
from bayescale.core.quantities import quantity_of
from bayescale.core.text import unknown_name
from bayescale.errors import FitError
from bayescale.evaluation.resources import Resource, local_slope, resources_of
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, credible_interval


@checked(FitError)
def savings(fit: Fit, over: str, *, baseline: str) -> xr.Dataset:
    """Return the factors by which groups multiply parameters and tokens against a baseline.

    A group that needs half the tokens of the baseline for the same loss has ``rho_D`` = 2.

    Parameters
    ----------
    fit : Fit
        A fit that pools coefficients over a group column, of any law with terms that fall in an
        input.
    over : str
        The group column, such as ``"optimizer"``.
    baseline : str
        The level that the others are compared with.

    Returns
    -------
    Dataset
        ``rho_<letter>`` for each input whose coefficient is pooled over the column, such as
        ``rho_N`` and ``rho_D`` (``rho_N_A_i`` where several terms fall in one input); dimensions
        (chain, draw, <over>). Where the exponents differ too, or the term is no pure power law,
        the factors hold at the reference run.

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
    found = resources_of(fit.model.law)
    factors = {
        _name(resource, found): _factor(fit, over, baseline, resource)
        for resource in found
        if f"{resource.coefficient}_by_{over}" in fit.posterior
    }
    if not factors:
        names = ", ".join(dict.fromkeys(resource.coefficient for resource in found))
        if not names:
            raise FitError(
                f"law {fit.model.law.name} has no term that falls in an input, so there is nothing "
                "to save; compare groups by their predictions "
                + either("(fit.group)", "(--in-group)")
            )
        raise FitError(
            f"{fit.model.name} pools none of its coefficients ({names}) over {over}, so groups "
            f"cannot be compared; fit with {setting('pool', {found[0].coefficient: over})}"
        )
    return xr.Dataset(factors).transpose("chain", "draw", over)


def tabulate_savings(
    found: xr.Dataset, over: str, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
) -> pd.DataFrame:
    """Return savings as a table, one row for each group and input.

    Parameters
    ----------
    found : Dataset
        What `savings` returned.
    over : str
        The group column.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.

    Returns
    -------
    DataFrame
        Columns ``group``, ``input``, ``median``, ``lower`` and ``upper``.
    """
    parts = []
    for name, draws in found.data_vars.items():
        table = credible_interval(draws, ci_prob, ci_kind).to_dataframe().reset_index()
        table.insert(1, "input", str(name).removeprefix("rho_"))
        parts.append(table.rename(columns={over: "group"}))
    return pd.concat(parts, ignore_index=True)[["group", "input", "median", "lower", "upper"]]


def _name(resource: Resource, found: Sequence[Resource]) -> str:
    """Return ``rho_N``, with the coefficient where several terms fall in one input."""
    alone = sum(other.symbol == resource.symbol for other in found) == 1
    return f"rho_{resource.symbol}" + ("" if alone else f"_{resource.coefficient}")


def _factor(fit: Fit, over: str, baseline: str, resource: Resource) -> xr.DataArray:
    """Return by which factor each group multiplies an input against the baseline."""
    posterior, model = fit.posterior, fit.model

    def of_groups(name: str) -> xr.DataArray:
        vector = f"{name}_by_{over}"
        if vector in posterior:
            return posterior[vector]
        return posterior[name] if name in posterior else xr.DataArray(model.fixed[name])

    values = of_groups(resource.coefficient)
    if baseline not in values[over]:
        raise FitError(unknown_name("level", baseline, values[over].to_numpy().tolist()))
    ratio = values.sel({over: baseline}, drop=True) / values
    if resource.exponent is not None:
        power = of_groups(resource.exponent)
    else:
        # Inputs are divided by their reference, and those without a scale are as in most runs.
        at = {
            symbol: float(fit.runs.table[column].median()) / fit.reference[symbol]
            if not quantity_of(column).scale
            else 1.0
            for symbol, column in model.columns.items()
        }
        parameters = {name: of_groups(name) for name in model.law.parameters}
        power = local_slope(model.law, resource.symbol, resource.coefficient, at, parameters)
    return xr.DataArray(np.exp(np.log(ratio) / power))
