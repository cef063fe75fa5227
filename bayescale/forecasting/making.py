"""Put a forecast on record: what a fit says of runs that nobody has trained."""

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

import bayescale
from bayescale.core.border import checked
from bayescale.core.whole import require_seed
from bayescale.errors import FitError, PlanError
from bayescale.forecasting.digests import describe_fit, describe_runs
from bayescale.forecasting.forecast import Forecast
from bayescale.forecasting.quantiles import LEVELS
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples
from bayescale.posterior.mixture import weights_of
from bayescale.posterior.predicting import Counts, predict

_DIGITS = 8
"""Significant digits of the quantiles in a file; draws know far fewer."""

_PARTS = {"table": "table of runs", "card": "model card", "draws": "posterior"}
"""What a fit consists of, by the name of its digest."""

_SAME = 1e-5
"""By how much quantiles may differ that two machines compute of the same draws."""


@checked(PlanError)
def forecast(
    fit: Fit | Mapping[str, Fit],
    *,
    params: Counts | None = None,
    tokens: Counts | None = None,
    flops: Counts | None = None,
    unique_tokens: Counts | None = None,
    loss: Counts | None = None,
    inputs: Mapping[str, Counts] | None = None,
    random_seed: int | None = None,
    weights: Mapping[str, float] | None = None,
) -> Forecast:
    """Say what new runs will show, before they are trained, so that it can be put on record.

    Parameters
    ----------
    fit : Fit or mapping of str to Fit
        The fit; or several, whose draws are mixed.
    params, tokens, flops, unique_tokens, loss, inputs
        The runs, as `bayescale.predict` takes them.
    random_seed : int, optional
        Seed of the noise; by default that of the fit.
    weights : mapping of str to float, optional
        How much each of several fits counts: as the `Mixture` has it, or equally, by default.

    Returns
    -------
    Forecast
        Quantiles of one new run each, its noise included, with digests of what they rest on;
        `Forecast.save` writes it, and `settle` says what came of it.

    Raises
    ------
    PlanError
        As `bayescale.predict` does.

    Examples
    --------
    >>> bs.forecast(fit, params=7e9, tokens=1.4e12).save("7b.json")  # doctest: +SKIP
    """
    fits = {fit.model.name: fit} if isinstance(fit, Fit) else fit
    if not fits:
        raise PlanError("fit = {} holds no fit; give at least one")
    first = next(iter(fits.values()))
    own = int(first.attrs["random_seed"])
    seed = require_seed(own if random_seed is None else random_seed, PlanError)
    asked: dict[str, Any] = {"params": params, "tokens": tokens, "flops": flops}
    asked |= {"unique_tokens": unique_tokens, "loss": loss, "inputs": inputs}
    drawn = predict(fit, **asked, new_run=True, random_seed=seed, weights=weights)
    taken = dict.fromkeys(name for each in fits.values() for name in each.model.columns.values())
    question = pd.DataFrame(
        {name: drawn[name].to_numpy() for name in taken if name in drawn.coords}
    )
    shares = weights_of(fits, weights)
    return Forecast(
        question=question,
        quantiles=_quantiles(by_samples(drawn)),
        target=str(drawn.name),
        extrapolation=tuple(round(float(far), 4) for far in drawn["extrapolation"]),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fits=tuple(describe_fit(each, name, shares[name]) for name, each in fits.items()),
        fitted_runs=describe_runs(list(fits.values()), [*question, str(drawn.name)]),
        random_seed=seed,
        versions={
            "bayescale": bayescale.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    )


def require_made_by(found: Forecast, fit: Fit | Mapping[str, Fit]) -> None:
    """Raise unless a forecast is what a fit says, or several say together.

    Raises
    ------
    FitError
        If it was made from another table, card or other draws, or has other quantiles.
    """
    fits = {fit.model.name: fit} if isinstance(fit, Fit) else dict(fit)
    if not found.fits:
        raise FitError(f"this forecast was not made by a fit but {found.origin}; leave the fit out")
    if len(fits) != len(found.fits):
        raise FitError(
            f"this forecast was made from {len(found.fits)} fits, {len(fits)} were given; give "
            "those that it was made from"
        )
    weights = {}
    for (name, each), said in zip(fits.items(), found.fits, strict=True):
        weights[name] = said["weight"]
        then: Mapping[str, Any] = said
        now: Mapping[str, Any] = describe_fit(each, name, said["weight"])
        for part in _PARTS:
            if then[part] != now[part]:
                raise FitError(
                    f"this forecast was not made from this fit of {each.model.name}: another "
                    f"{_PARTS[part]}; give the fit that it was made from"
                )
    again = _again(found, fits, weights)
    if not np.allclose(again, found.quantiles.to_numpy(float), rtol=_SAME, atol=0):
        raise FitError(
            "this forecast is not what its fit says: the quantiles differ; make it anew with "
            "bayescale forecast"
        )


def _again(
    found: Forecast, fits: Mapping[str, Fit], weights: Mapping[str, float]
) -> np.ndarray[Any, Any]:
    """Return the quantiles that fits give for the question of a forecast."""
    named = ("params", "tokens", "flops", "unique_tokens", "loss")
    counts = {str(name): values.to_numpy(float) for name, values in found.question.items()}
    asked: dict[str, Any] = {name: counts.pop(name) for name in named if name in counts}
    if len(fits) > 1:
        asked["weights"] = weights
    one = fits if len(fits) > 1 else next(iter(fits.values()))
    drawn = predict(one, **asked, inputs=counts, new_run=True, random_seed=found.random_seed)
    return _quantiles(by_samples(drawn)).to_numpy()


def _quantiles(draws: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Return the quantiles of draws, shape (samples, targets), one row a target."""
    values = np.quantile(draws, LEVELS, axis=0).T
    rounded = [[float(f"{value:.{_DIGITS}g}") for value in row] for row in values]
    return pd.DataFrame(rounded, columns=list(LEVELS))
