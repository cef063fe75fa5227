"""Point estimates and credible intervals of draws, with ArviZ's defaults."""

from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.core.quantities import FloatArray

type IntervalKind = Literal["eti", "hdi"]

SAMPLE_DIMS = ["chain", "draw"]


def interval_settings(
    ci_prob: float | None = None, ci_kind: IntervalKind | None = None
) -> tuple[float, str]:
    """Return probability and kind of credible intervals, ArviZ's settings where not given.

    Raises
    ------
    BayescaleError
        If the probability is not between 0 and 1 or the kind is not known.
    """
    import arviz_base

    from bayescale.errors import BayescaleError

    prob = arviz_base.rcParams["stats.ci_prob"] if ci_prob is None else ci_prob
    kind = arviz_base.rcParams["stats.ci_kind"] if ci_kind is None else ci_kind
    if not 0 < prob < 1:
        raise BayescaleError(f"ci_prob = {prob:g} must lie between 0 and 1, for example 0.89")
    if kind not in {"eti", "hdi"}:
        raise BayescaleError(f"ci_kind = {kind!r} is not known; use 'eti' or 'hdi'")
    return float(prob), str(kind)


def credible_interval(
    draws: xr.DataArray, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
) -> xr.Dataset:
    """Return median and credible interval over chains and draws.

    Parameters
    ----------
    draws : DataArray
        With dimensions ``chain`` and ``draw`` and any others.
    ci_prob : float, optional
        Probability of the interval; ArviZ's setting (0.89) by default.
    ci_kind : {"eti", "hdi"}, optional
        Equal-tailed or highest-density; ArviZ's setting (equal-tailed) by default.

    Returns
    -------
    Dataset
        ``median``, ``lower`` and ``upper`` over the other dimensions, in the unit of the draws.
    """
    import arviz_stats

    prob, kind = interval_settings(ci_prob, ci_kind)
    function: Any = getattr(arviz_stats, kind)
    bounds = function(draws, prob=prob, dim=SAMPLE_DIMS)
    return xr.Dataset(
        {
            "median": draws.median(SAMPLE_DIMS),
            "lower": bounds.sel(ci_bound="lower", drop=True),
            "upper": bounds.sel(ci_bound="upper", drop=True),
        }
    )


def parameter_table(
    posterior: xr.Dataset, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
) -> pd.DataFrame:
    """Return mean, sd, interval and diagnostics of every variable but modes, unrounded.

    ArviZ rounds bounds to two digits by default, which is too coarse for an exponent.
    """
    import arviz_stats

    prob, kind = interval_settings(ci_prob, ci_kind)
    # Hundreds of numbers, none of which means anything alone.
    posterior = posterior.drop_dims("mode", errors="ignore")
    tree = xr.DataTree.from_dict({"posterior": posterior})
    table: pd.DataFrame = arviz_stats.summary(tree, ci_prob=prob, ci_kind=kind, round_to="none")
    return table.rename(columns=lambda name: "lower" if name.endswith("_lb") else name).rename(
        columns=lambda name: "upper" if name.endswith("_ub") else name
    )


def by_samples(values: xr.DataArray) -> FloatArray:
    """Return values of all draws, chain after chain: shape (samples, ...)."""
    rest = [dim for dim in values.dims if dim not in {"chain", "draw"}]
    array = values.transpose("chain", "draw", *rest).to_numpy()
    return np.asarray(array.reshape(-1, *array.shape[2:]))
