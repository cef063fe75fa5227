"""Model cards: a law with priors, a likelihood, its source and the constants others published."""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from bayescale import ops
from bayescale.errors import ModelError
from bayescale.law import FREE_INPUT, Law
from bayescale.laws import get_law
from bayescale.suggest import unknown_name
from bayescale.units import BY_COLUMN, QUANTITIES

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


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Prior(_Part):
    """A prior: the name of a PyMC distribution and its arguments.

    Attributes
    ----------
    dist : str
        A univariate distribution of PyMC.
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


class Likelihood(_Part):
    """Student-t residuals of log loss: the priors of their scale and degrees of freedom."""

    sigma: Prior
    nu: Prior


class Published(_Part):
    """A set of constants somebody published, in raw units (reference of one)."""

    values: dict[str, float]
    source: str


_DEFAULT_LIKELIHOOD = {
    "sigma": {"dist": "HalfStudentT", "nu": 3.0, "sigma": 0.01},
    "nu": {"dist": "Gamma", "alpha": 2.0, "beta": 0.1},
}


class Model(_Part):
    """A probabilistic commitment about a law; what a card in ``models/`` holds.

    Parameters
    ----------
    law : str, Law or callable
        The law: its name, or a function ``loss(N, D, *, E, ...)``.
    priors : dict of str to Prior or dict
        A prior for every parameter of the law, stated at the reference run.
    name : str, optional
        The name of the model; that of the law by default.
    inputs : dict, optional
        Columns of the runs for inputs named ``x``, for example ``{"x": "flops"}``.
    likelihood : Likelihood or dict, optional
        Priors of ``sigma`` and ``nu``.
    summary, use_when, citation : str, optional
        Words for people.
    published : dict of str to Published, optional
        Constants others published, by name.

    Raises
    ------
    ModelError
        If a prior is missing, or names no parameter of the law, or a key is not known.

    Examples
    --------
    >>> import bayescale as bs
    >>> def my_loss(N, *, E, A, alpha_N):
    ...     return E + A * N**-alpha_N
    >>> prior = {"dist": "LogNormal", "median": 0.3, "sigma": 0.8}
    >>> bs.Model(law=my_loss, priors={"E": prior, "A": prior, "alpha_N": prior}).name
    'my_loss'
    """

    law: Law
    priors: dict[str, Prior]
    name: str = ""
    inputs: dict[str, str] = {}
    likelihood: Likelihood = Likelihood.model_validate(_DEFAULT_LIKELIHOOD)
    summary: str = ""
    use_when: str = ""
    citation: str = ""
    published: dict[str, Published] = {}

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ModelError(_explain(error)) from None

    @field_validator("law", mode="before")
    @classmethod
    def _find_law(cls, given: Any) -> Any:
        if isinstance(given, str):
            return get_law(given)
        return Law(given) if callable(given) else given

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.name:
            object.__setattr__(self, "name", self.law.name)
        _same_names("priors", self.priors, self.law)
        for key, published in self.published.items():
            _same_names(f"published.{key}.values", published.values, self.law)
        for symbol in self.law.inputs:
            if symbol == FREE_INPUT and symbol not in self.inputs:
                raise ValueError(
                    f'inputs: {symbol!r} is not bound; write for example inputs = {{ x = "flops" }}'
                )
        for symbol, column in self.inputs.items():
            if symbol not in self.law.inputs or symbol != FREE_INPUT or column not in BY_COLUMN:
                raise ValueError(
                    f"inputs.{symbol} = {column!r}: only an input {FREE_INPUT!r} of the law can be "
                    f"bound, to one of {', '.join(BY_COLUMN)}"
                )
        return self

    @property
    def columns(self) -> dict[str, str]:
        """The column of the runs that supplies each input of the law."""
        return {
            symbol: self.inputs[symbol] if symbol == FREE_INPUT else QUANTITIES[symbol].column
            for symbol in self.law.inputs
        }

    @property
    def all_priors(self) -> dict[str, Prior]:
        """The priors of everything that is sampled: the parameters, then ``sigma`` and ``nu``."""
        return {**self.priors, "sigma": self.likelihood.sigma, "nu": self.likelihood.nu}

    def __str__(self) -> str:
        """Write the card as a person would read it."""
        inputs = ", ".join(f"{symbol} = {column}" for symbol, column in self.columns.items())
        lines = [
            f"{self.name}: {self.summary}",
            f"  use when  {self.use_when}",
            f"  law       {self.law.name}: L = {self.law.formula}; {inputs}, over a reference run",
            f"  source    {self.citation}",
            *(f"  prior     {name} ~ {prior}" for name, prior in self.all_priors.items()),
        ]
        for key, published in self.published.items():
            values = ", ".join(f"{name} {value!r}" for name, value in published.values.items())
            lines.append(f"  published {key}: {values} ({published.source})")
        return "\n".join(lines)


def _same_names(where: str, given: Mapping[str, Any], law: Law) -> None:
    parameters = ", ".join(law.parameters)
    if missing := [name for name in law.parameters if name not in given]:
        raise ValueError(f"{where}: {missing[0]} is missing; law {law.name} has {parameters}")
    if unknown := [name for name in given if name not in law.parameters]:
        raise ValueError(
            f"{where}: {unknown[0]} is not a parameter; law {law.name} has {parameters}"
        )


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        parts: dict[str, type[_Part]] = {"likelihood": Likelihood, "published": Published}
        part = parts.get(str(first["loc"][0]), Model)
        message = f"unknown key; allowed are {', '.join(part.model_fields)}"
    return f"{where}: {message}" if where else message


def read_model(path: str | Path) -> Model:
    """Read a model card.

    Raises
    ------
    ModelError
        If the file cannot be read or is not a model card; the message names file and key.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}; give the path of a model card") from None
    except ValueError as error:
        raise ModelError(f"{path}: not a TOML file: {error}") from None
    try:
        return Model(**content)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None


@cache
def models() -> dict[str, Model]:
    """Return every model card that ships, by name."""
    return {path.stem: read_model(path) for path in sorted(_folder().glob("*.toml"))}


def get_model(model: "str | Path | Model") -> Model:
    """Return a model: itself, a shipped card by name, or the card in a ``.toml`` file.

    Raises
    ------
    ModelError
        If there is no such model; the message suggests the nearest name.
    """
    if isinstance(model, Model):
        return model
    if str(model).endswith(".toml"):
        return read_model(model)
    try:
        return models()[str(model)]
    except KeyError:
        raise ModelError(unknown_name("model", str(model), models())) from None


def _folder() -> Path:
    package = Path(__file__).parent
    installed = package / "models"
    return installed if installed.is_dir() else package.parent / "models"
