"""Priors: the name of a distribution, its arguments and the unit of its scale."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bayescale import ops
from bayescale.model.distributions import DISTRIBUTIONS, check_arguments

FIXED = "Fixed"
"""Gives a parameter one value: ``{ dist = "Fixed", value = 1.8 }``."""


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
    args: dict[str, Annotated[float, Field(strict=True)]]
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
        check_arguments(self.dist, self.args)
        if self.unit and not DISTRIBUTIONS[self.dist].with_unit:
            with_unit = [name for name, known in DISTRIBUTIONS.items() if known.with_unit]
            raise ValueError(
                f"unit = 'loss' is defined for {', '.join(with_unit)}, not {self.dist}"
            )
        return self

    def __str__(self) -> str:
        """Write the prior as a person would."""
        if self.dist == FIXED:
            return f"fixed at {self.args['value']!r}"
        carries = self.carries_unit
        return "{}({})".format(
            self.dist,
            ", ".join(
                f"{key} {value:g}{' x low loss' if key in carries and value else ''}"
                for key, value in self.args.items()
            ),
        )

    @property
    def carries_unit(self) -> list[str]:
        """The arguments that are multiples of the low end of the losses."""
        return DISTRIBUTIONS[self.dist].with_unit.split() if self.unit else []

    @property
    def positive(self) -> bool:
        """Whether the prior allows positive values only."""
        if self.dist == FIXED:
            return self.args["value"] > 0
        return DISTRIBUTIONS[self.dist].positive or self.args.get("lower", -1.0) >= 0

    @property
    def support(self) -> tuple[float, float]:
        """The least and the largest value that it allows, infinite where they depend on runs."""
        if self.dist == FIXED:
            return (0.0 if self.args["value"] >= 0 else -math.inf), math.inf
        share = DISTRIBUTIONS[self.dist].share
        known = {key: value for key, value in self.args.items() if not (self.unit and value)}
        lower = known.get("lower", 0.0 if self.positive or share else -math.inf)
        return lower, known.get("upper", 1.0 if share else math.inf)

    def arguments(self, loss_scale: Any) -> dict[str, Any]:
        """Return the arguments PyMC takes, scaled to the observed losses.

        Parameters
        ----------
        loss_scale : float or tensor
            The low end of the observed losses, in the unit of the loss.
        """
        carries = self.carries_unit
        if self.dist == "LogNormal":
            mu = math.log(self.args["median"])
            return {
                "mu": mu + ops.log(loss_scale) if carries else mu,
                "sigma": self.args["sigma"],
            }
        return {
            key: value * loss_scale if key in carries else value for key, value in self.args.items()
        }


def require_positive(prior: Prior) -> Prior:
    """Return a prior of a number that has to be positive.

    Raises
    ------
    ValueError
        If it allows others.
    """
    if not prior.positive:
        raise ValueError(
            f"{prior} allows values that are not positive; take a LogNormal or a HalfNormal"
        )
    return prior


def explain(
    error: ValidationError, tables: Mapping[str, type[Part]], whole: type[Part] = Prior
) -> str:
    """Say what is wrong with a part of a card: the key, the rule and the remedy.

    Parameters
    ----------
    error : ValidationError
        What pydantic found; the first finding is told.
    tables : mapping of str to type
        What the tables of tables hold, by the key of the outer one.
    whole : type
        What the keys elsewhere belong to.
    """
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        part = tables.get(str(first["loc"][0]), whole)
        message = f"unknown key; allowed are {', '.join(part.model_fields)}"
    elif first["type"] in _NO_TABLE:
        message = f"{first['input']!r} is no table; write for example {{ key = value }}"
    elif first["type"] == "missing":
        message = "is required; add it"
    return f"{where}: {message}" if where else message


_NO_TABLE = {"dict_type", "model_type", "model_attributes_type", "is_instance_of"}
