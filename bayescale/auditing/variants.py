"""What might as well have been done with the same runs: other losses, rows, noise and beliefs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from bayescale.core.quantities import quantity_of
from bayescale.core.text import counted
from bayescale.errors import ModelError
from bayescale.inference.requiring import FEWEST
from bayescale.model.card import Model
from bayescale.model.likelihood import StudentT
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import by_samples
from bayescale.posterior.sources import FLOOR
from bayescale.runs.table import Runs

DIGITS = (5, 4, 3, 2, 1)
"""To how many digits after the point losses are rounded."""

NOISES = (1.0, 2.0)
"""How much noise is added, in that of the fit."""

REGION = 0.2
"""The share of the runs at each end of a quantity that is left out at a time."""

MOST_FAMILIES = 12
"""So many of the largest families at most are left out, one at a time."""

NORMAL = "200 to 210"
"""Degrees of freedom at which a Student t distribution is a normal one."""

FLOORS = {"low": (0.2, 0.6), "high": (0.6, 0.95)}
"""Where a floor is believed to lie with 89%, in low losses of the runs."""

LEFT_OUT, ROUNDED, NOISE = "a region left out", "losses rounded", "kind of noise"
FAMILY, FORM, SCATTER = "a family left out", "discrepancy", "noise added"
BELIEFS = "what is believed of the floor"


@dataclass(frozen=True)
class Variant:
    """A fit that might as well have been made.

    Attributes
    ----------
    cause : str
        What kind of choice is made otherwise.
    change : str
        How it is made.
    runs : Runs
        The runs that are fitted.
    model : Model
        The card.
    """

    cause: str
    change: str
    runs: Runs
    model: Model


def variants_of(fit: Fit) -> Iterator[Variant]:
    """Yield every fit that might as well have been made of the same table."""
    for find in (_rounded, _scattered, _regions, _families):
        for cause, change, runs in find(fit):
            yield Variant(cause, change, runs, fit.model)
    for cause, change, make in _beliefs(fit):
        try:
            yield Variant(cause, change, fit.runs, make(fit.model))
        except ModelError:  # this model has no such number
            continue


type Changed = Iterator[tuple[str, str, Runs]]


def _rounded(fit: Fit) -> Changed:
    """Round the losses, as far as they are not rounded so already."""
    loss, has = fit.runs.loss, decimals_of(fit.runs.loss)
    for digits in DIGITS:
        rounded = np.round(loss, digits)
        if (has is None or digits < has) and rounded.min() > 0:
            yield ROUNDED, f"to {counted(digits, 'decimal')}", _with_losses(fit.runs, rounded)


def decimals_of(loss: np.ndarray) -> int | None:
    """Return to how many decimals losses were rounded, or None if to more than five or not."""
    kept = [n for n in DIGITS if np.allclose(np.round(loss, n), loss, rtol=0, atol=1e-3 * 0.1**n)]
    return min(kept, default=None)


def _scattered(fit: Fit) -> Changed:
    if "sigma" not in fit.posterior:
        return
    scale = float(by_samples(fit.posterior["sigma"]).mean())
    for times in NOISES:
        rng = np.random.default_rng(int(fit.attrs["random_seed"]))
        noise = times * scale * rng.standard_normal(len(fit.runs))
        how = f"{times * scale:.2%}, {'as much as' if times == 1 else 'twice what'} the fit finds"
        yield SCATTER, how, _with_losses(fit.runs, fit.runs.loss * np.exp(noise))


def _with_losses(runs: Runs, loss: np.ndarray) -> Runs:
    return replace(runs, table=runs.table.assign(loss=loss))


def _regions(fit: Fit) -> Changed:
    """Leave out the runs at each end of size, tokens, compute and tokens per parameter."""
    table, seen = fit.runs.table, set()
    values = {name: table[name] for name in ("params", "tokens", "flops") if name in table}
    if {"params", "tokens"} <= set(values):
        values["tokens_per_param"] = values["tokens"] / values["params"]
    for name, value in values.items():
        words = quantity_of(name).label if name != "tokens_per_param" else "tokens per parameter"
        low, high = value.quantile(REGION), value.quantile(1 - REGION)
        ends = {"fewest": value > low, "most": value < high}
        for end, keep in ends.items():
            mask = keep.to_numpy()
            if _is_enough(fit, mask) and tuple(mask) not in seen:
                seen.add(tuple(mask))
                gone = counted(int((~mask).sum()), "run")
                yield LEFT_OUT, f"{gone} of {end} {words}", fit.runs.subset(mask)


def _families(fit: Fit) -> Changed:
    for group in fit.runs.groups:
        if group == fit.runs.run:
            continue
        levels = fit.runs.levels(group)
        names, counts = np.unique(levels, return_counts=True)
        if not 2 <= len(names) <= len(levels) / 2:
            continue
        for name in names[np.argsort(-counts)][:MOST_FAMILIES]:
            mask = levels != name
            if _is_enough(fit, mask):
                yield FAMILY, f"{group} {name}", fit.runs.subset(mask)


def _is_enough(fit: Fit, keep: np.ndarray) -> bool:
    return FEWEST + len(fit.model.law.parameters) <= int(keep.sum()) < len(keep)


def _beliefs(fit: Fit) -> Iterator[tuple[str, str, Callable[[Model], Model]]]:
    """Yield other noise, another floor, and room for what the law may miss or none."""
    if isinstance(fit.model.likelihood, StudentT):
        yield NOISE, "normal", lambda model: model.with_priors({"nu": NORMAL})
        if fit.model.likelihood.varies_with is None and "flops" in fit.runs.table:
            yield NOISE, "falls with compute", lambda model: model.with_noise("flops")
    if FLOOR in fit.model.all_priors:
        for words, ends in FLOORS.items():
            low, high = (share * fit.runs.loss_scale for share in ends)
            yield BELIEFS, f"{words} floor, {low:.3g} to {high:.3g}", _floor(low, high)
    bends = fit.model.discrepancy is not None
    change = "the law taken for the truth" if bends else "with room for what it may miss"
    yield FORM, change, lambda model: model.with_discrepancy(not bends)


def _floor(low: float, high: float) -> Callable[[Model], Model]:
    return lambda model: model.with_priors({FLOOR: (low, high)})
