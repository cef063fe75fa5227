"""Parameters that groups of runs share in part."""

from collections.abc import Mapping
from typing import Any

from pydantic import field_validator

from bayescale.model.prior import Part, Prior, require_positive


class Pooling(Part):
    """Partial pooling of a parameter over the levels of a group column.

    Attributes
    ----------
    over : str
        The group column.
    spread : Prior, optional
        The prior of the standard deviation between groups: of the logarithm of a positive
        parameter, of the parameter itself otherwise.
    """

    over: str
    spread: Prior

    @field_validator("spread")
    @classmethod
    def _check_spread(cls, prior: Prior) -> Prior:
        return require_positive(prior)


OFFSET = "loss"
"""Pooling under this name gives every group an offset of its own in log loss: a parameter, as it
were, that is zero in the typical group."""

# How much groups differ, as standard deviations of logarithms: coefficients by 4% to 60%, exponents
# by 1% to 20%, repeats of a run by 0.1% to 2% (95%). A handful of groups hardly tells; a prior that
# allows them to be exactly alike, as a half-normal does, costs nine tenths of the effective draws.
_SPREADS = {"coefficient": 0.15, "exponent": 0.05, "residual": 0.005}
_SPREAD_SIGMA = 0.7


def complete(name: str, given: Any, priors: Any) -> Any:
    """Complete ``"architecture"`` to what a pooling is, with a spread that suits the prior."""
    if isinstance(given, str):
        given = {"over": given}
    if not isinstance(given, Mapping) or "spread" in given:
        return given
    prior = priors.get(name) if isinstance(priors, Mapping) else None
    unit = prior.get("unit") if isinstance(prior, Mapping) else getattr(prior, "unit", None)
    kind = "residual" if name == OFFSET else "coefficient" if unit else "exponent"
    return {
        **given,
        "spread": {"dist": "LogNormal", "median": _SPREADS[kind], "sigma": _SPREAD_SIGMA},
    }
