"""Priors: the name of a distribution, its arguments and the unit of its scale."""

import math
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from bayescale import ops

FIXED = "Fixed"
"""Gives a parameter one value: ``{ dist = "Fixed", value = 1.8 }``."""

# The arguments of each distribution that carry the unit of the quantity.
_WITH_UNIT = {
    "HalfNormal": ("sigma",),
    "HalfStudentT": ("sigma",),
    "LogNormal": ("median",),
    "Normal": ("mu", "sigma"),
    "TruncatedNormal": ("mu", "sigma", "lower", "upper"),
    "Uniform": ("lower", "upper"),
}
_POSITIVE = {"Exponential", "Gamma", "HalfNormal", "HalfStudentT", "InverseGamma", "LogNormal"}


class Part(BaseModel):
    """A frozen part of a model card; keys it does not know are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Prior(Part):
    """A prior: the name of a PyMC distribution and its arguments.

    Attributes
    ----------
    dist : str
        A univariate distribution of PyMC, or ``"Fixed"``.
    args : dict of str to float
        Its arguments. In a card they stand beside ``dist``. A LogNormal takes ``median`` and
        ``sigma``.
    unit : {"loss", None}
        ``"loss"`` multiplies the scale by the low end of the observed losses.
    """

    dist: str
    args: dict[str, float]
    unit: Literal["loss"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _gather_arguments(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or "args" in given:
            return given
        rest = {key: value for key, value in given.items() if key not in {"dist", "unit"}}
        return {**{key: given[key] for key in ("dist", "unit") if key in given}, "args": rest}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.dist == FIXED and set(self.args) != {"value"}:
            raise ValueError("a Fixed prior takes value")
        if self.dist == "LogNormal" and set(self.args) != {"median", "sigma"}:
            raise ValueError("a LogNormal takes median and sigma")
        if self.dist == "LogNormal" and self.args["median"] <= 0:
            raise ValueError(f"median = {self.args['median']:g}: must be positive")
        if self.unit and self.dist not in _WITH_UNIT:
            raise ValueError(
                f"unit = 'loss' is defined for {', '.join(sorted(_WITH_UNIT))}, not {self.dist}"
            )
        return self

    def __str__(self) -> str:
        """Write the prior as a person would."""
        if self.dist == FIXED:
            return f"fixed at {self.args['value']!r}"
        carries = _WITH_UNIT.get(self.dist, ()) if self.unit else ()
        return "{}({})".format(
            self.dist,
            ", ".join(
                f"{key} {value:g}{' x low loss' if key in carries and value else ''}"
                for key, value in self.args.items()
            ),
        )

    @property
    def positive(self) -> bool:
        """Whether the prior allows positive values only."""
        if self.dist == FIXED:
            return self.args["value"] > 0
        return self.dist in _POSITIVE or self.args.get("lower", -1.0) >= 0

    def arguments(self, loss_scale: Any) -> dict[str, Any]:
        """Return the arguments PyMC takes, scaled to the observed losses.

        Parameters
        ----------
        loss_scale : float or tensor
            The low end of the observed losses, in the unit of the loss.
        """
        carries = _WITH_UNIT.get(self.dist, ()) if self.unit else ()
        if self.dist == "LogNormal":
            mu = math.log(self.args["median"])
            return {
                "mu": mu + ops.log(loss_scale) if carries else mu,
                "sigma": self.args["sigma"],
            }
        return {
            key: value * loss_scale if key in carries else value for key, value in self.args.items()
        }
