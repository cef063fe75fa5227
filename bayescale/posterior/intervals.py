"""Point estimates and credible intervals of draws, with ArviZ's defaults."""

from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.core.asking import argument
from bayescale.core.quantities import FloatArray
from bayescale.posterior import diagnosing

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
        raise BayescaleError(
            f"{argument('ci_prob')} = {prob:g} must lie between 0 and 1, for example 0.89"
        )
    if kind not in {"eti", "hdi"}:
        raise BayescaleError(f"{argument('ci_kind')} = {kind!r} is not known; use 'eti' or 'hdi'")
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
    prob, kind = interval_settings(ci_prob, ci_kind)
    lower, upper = xr.apply_ufunc(
        lambda values: _bounds(values.reshape(*values.shape[:-2], -1), prob, kind),
        draws,
        input_core_dims=[SAMPLE_DIMS],
        output_core_dims=[[], []],
    )
    return xr.Dataset({"median": draws.median(SAMPLE_DIMS), "lower": lower, "upper": upper})


def _bounds(values: FloatArray, prob: float, kind: str) -> tuple[FloatArray, FloatArray]:
    """Return the ends of intervals over the last axis, as ArviZ takes them."""
    if kind == "eti":
        edge = (1 - prob) / 2
        lower, upper = np.quantile(values, [edge, 1 - edge], axis=-1)
        return lower, upper
    values = np.sort(values, axis=-1)
    inside = min(int(prob * values.shape[-1]), values.shape[-1] - 1)
    widths = values[..., inside:] - values[..., : values.shape[-1] - inside]
    first = widths.argmin(axis=-1)[..., None]
    low, high = (np.take_along_axis(values, first + i, axis=-1)[..., 0] for i in (0, inside))
    return low, high


def parameter_table(
    posterior: xr.Dataset, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
) -> pd.DataFrame:
    """Return mean, sd, interval and diagnostics of every variable but modes, unrounded.

    ArviZ rounds bounds to two digits by default, which is too coarse for an exponent.
    """
    import arviz_base

    prob, kind = interval_settings(ci_prob, ci_kind)
    # Hundreds of numbers, none of which means anything alone.
    posterior = posterior.drop_dims("mode", errors="ignore")
    columns = ["mean", "sd", "lower", "upper", *_DIAGNOSTICS]
    found = xr.apply_ufunc(
        lambda draws: _summary(draws, prob, kind),
        posterior,
        input_core_dims=[SAMPLE_DIMS],
        output_core_dims=[["summary"]],
        vectorize=True,
    ).assign_coords(summary=columns)
    table: pd.DataFrame = arviz_base.dataset_to_dataframe(found, sample_dims=["summary"]).T
    return table


_DIAGNOSTICS = {
    "ess_bulk": diagnosing.ess_bulk,
    "ess_tail": diagnosing.ess_tail,
    "r_hat": diagnosing.rhat,
    "mcse_mean": diagnosing.mcse_mean,
    "mcse_sd": diagnosing.mcse_sd,
}
"""The columns that say how well the draws know a number, as ArviZ calls them."""


def _summary(draws: FloatArray, prob: float, kind: str) -> FloatArray:
    """Return the numbers of a row of the table, for draws of shape (chains, draws)."""
    diagnostics = (diagnostic(draws) for diagnostic in _DIAGNOSTICS.values())
    return np.array(
        [draws.mean(), draws.std(ddof=1), *_bounds(draws.ravel(), prob, kind), *diagnostics]
    )


def by_samples(values: xr.DataArray) -> FloatArray:
    """Return values of all draws, chain after chain: shape (samples, ...)."""
    rest = [dim for dim in values.dims if dim not in {"chain", "draw"}]
    array = values.transpose("chain", "draw", *rest).to_numpy()
    return np.asarray(array.reshape(-1, *array.shape[2:]))
