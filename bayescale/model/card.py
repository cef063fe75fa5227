"""Model cards: a law with priors, a likelihood, its source and the constants others published."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from pydantic import (
    Field,
    FiniteFloat,
    SerializeAsAny,
    ValidationError,
    field_validator,
    model_validator,
)

from bayescale.core.quantities import QUANTITIES, SHARE_PREFIX, FloatArray
from bayescale.core.shown import Shown
from bayescale.errors import ModelError
from bayescale.laws import get_law
from bayescale.laws.law import Law, is_free
from bayescale.model.discrepancy import (
    ADDED,
    BEND,
    SHAPE,
    TAILS,
    TAKEN,
    Discrepancy,
    bends_over,
    require_may_bend,
)
from bayescale.model.likelihood import NOISE_REFERENCE, Likelihood, StudentT, read_likelihood
from bayescale.model.pooling import OFFSET, Pooling, complete
from bayescale.model.prior import FIXED, Part, Prior, explain
from bayescale.model.published import Published, require_same_names
from bayescale.model.replacing import replaced
from bayescale.model.wording import describe


class Model(Shown, Part):
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
        Columns of the runs for inputs named ``x``, ``h_1``, ``h_2`` and so on, for example
        ``{"x": "flops"}``.
    reference : dict, optional
        Reference values of inputs, by letter, where they are not to be taken from the runs.
    pool : dict, optional
        Parameters that differ between groups, for example ``{"A": "architecture"}``, or
        ``{"A": {"over": "architecture", "spread": prior}}``. The name ``loss`` gives every group
        an offset in log loss.
    likelihood : dict, optional
        Priors of the noise: ``sigma`` and ``nu`` of Student-t residuals of the logarithm, or
        ``concentration`` of a beta-binomial count of right answers. With
        ``falls_with = "flops"`` (or another column) the scale of the residuals is
        ``sigma * (flops / typical flops)**-falloff``, with a prior of ``falloff``.
    discrepancy : Discrepancy or dict, optional
        How far the form of the law is trusted; without it the law is taken to be the truth. Beside
        one, degrees of freedom for which the card has no prior stay above three.
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
    inputs: dict[str, str] = Field(default_factory=dict)
    reference: dict[str, Annotated[FiniteFloat, Field(gt=0)]] = Field(default_factory=dict)
    pool: dict[str, Pooling] = Field(default_factory=dict)
    likelihood: SerializeAsAny[Likelihood] = StudentT()
    discrepancy: Discrepancy | None = None
    summary: str = ""
    use_when: str = ""
    citation: str = ""
    published: dict[str, Published] = Field(default_factory=dict)

    # A card may hold the key "self" as well as any other wrong one.
    def __init__(self, /, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ModelError(explain(error, _PARTS, type(self))) from None

    @field_validator("law", mode="before")
    @classmethod
    def _find_law(cls, given: Any) -> Any:
        if isinstance(given, str):
            return get_law(given)
        if not callable(given) and not isinstance(given, Law):
            raise ValueError(f"{given!r} is no law; give its name or a function loss(N, D, *, E)")
        return Law(given) if callable(given) else given

    @field_validator("likelihood", mode="before")
    @classmethod
    def _find_likelihood(cls, given: Any) -> Any:
        return read_likelihood(given)

    @model_validator(mode="before")
    @classmethod
    def _complete_pool(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or not isinstance(given.get("pool"), Mapping):
            return given
        priors = given.get("priors", {})
        pool = {name: complete(name, part, priors) for name, part in given["pool"].items()}
        return {**given, "pool": pool}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.name:
            object.__setattr__(self, "name", self.law.name)
        require_same_names("priors", self.priors, self.law)
        self._check_pool()
        if self.discrepancy is not None:
            require_may_bend(self.law, self.likelihood.of_logarithm)
            if "nu" not in self.likelihood.model_fields_set:
                lighter = self.likelihood.model_copy(update={"nu": TAILS})
                object.__setattr__(self, "likelihood", lighter)
        for symbol in self.reference:
            if symbol not in self.law.inputs:
                raise ValueError(
                    f"reference.{symbol}: law {self.law.name} takes {', '.join(self.law.inputs)}"
                )
        for key, published in self.published.items():
            require_same_names(f"published.{key}.values", published.values, self.law)
        for symbol in self.law.inputs:
            if is_free(symbol) and symbol not in self.inputs:
                column = "flops" if symbol == "x" else f"{SHARE_PREFIX}code"
                raise ValueError(
                    f"inputs: {symbol!r} is not bound; "
                    f'write for example inputs = {{ {symbol} = "{column}" }}'
                )
        for symbol, column in self.inputs.items():
            if symbol not in self.law.inputs or not is_free(symbol):
                free = [name for name in self.law.inputs if is_free(name)]
                raise ValueError(
                    f"inputs.{symbol} = {column!r}: law {self.law.name} leaves "
                    f"{' and '.join(free) or 'no input'} to be bound"
                )
        return self

    def _check_pool(self) -> None:
        for name in self.pool:
            if name != OFFSET and name not in self.priors:
                raise ValueError(
                    f"pool: {name} is not a parameter; law {self.law.name} has "
                    f"{', '.join(self.law.parameters)}, and {OFFSET} pools the residuals"
                )
            if name in self.fixed:
                raise ValueError(
                    f"pool: {name} has a fixed value; give it a prior, or do not pool it"
                )
        if self.offset_over is not None and not self.likelihood.of_logarithm:
            raise ValueError(f"pool: {OFFSET} needs residuals of log loss")

    @property
    def columns(self) -> dict[str, str]:
        """The column of the runs that supplies each input of the law."""
        return {
            symbol: self.inputs[symbol] if is_free(symbol) else QUANTITIES[symbol].column
            for symbol in self.law.inputs
        }

    @property
    def needs(self) -> list[str]:
        """Every column that the runs must have to fit the model."""
        own = [*self.likelihood.needs, *filter(None, [self.likelihood.varies_with])]
        return list(dict.fromkeys([*self.columns.values(), self.law.target, *own]))

    @property
    def scale_names(self) -> list[str]:
        """What a `Problem` calls the scales that the model takes from runs."""
        noise = [NOISE_REFERENCE] if self.likelihood.varies_with else []
        return [*(f"{symbol}_ref" for symbol in self.law.inputs), "loss_scale", *noise]

    @property
    def all_priors(self) -> dict[str, Prior]:
        """The priors of every number that is sampled: parameters, spreads of groups, noise."""
        free = {name: prior for name, prior in self.priors.items() if name not in self.fixed}
        spreads = {f"{name}_spread": pooling.spread for name, pooling in self.pool.items()}
        bend = {} if self.discrepancy is None else {BEND: self.discrepancy.bend}
        return {**free, **bend, **spreads, **self.likelihood.priors}

    @property
    def sampled(self) -> list[str]:
        """The names of everything that has draws of its own, vectors included."""
        shape = [] if self.discrepancy is None else [SHAPE]
        return [*self.all_priors, *self.pooled, *shape]

    @property
    def bent_columns(self) -> tuple[str, ...]:
        """The columns over which the law may bend, if it may."""
        if self.discrepancy is None:
            return ()
        return tuple(self.columns[letter] for letter in bends_over(self.law))

    @property
    def fixed(self) -> dict[str, float]:
        """The parameters that have one value, not a distribution."""
        return {n: prior.args["value"] for n, prior in self.priors.items() if prior.dist == FIXED}

    @property
    def pooled(self) -> dict[str, tuple[str, str]]:
        """The name of each vector of group values: the parameter and the group column."""
        return {
            f"{name}_by_{pooling.over}": (name, pooling.over) for name, pooling in self.pool.items()
        }

    @property
    def offset_over(self) -> str | None:
        """The group column whose levels have an offset in log loss, if there is one."""
        return self.pool[OFFSET].over if OFFSET in self.pool else None

    @property
    def pooled_parameters(self) -> dict[str, tuple[str, str]]:
        """The part of ``pooled`` that belongs to parameters of the law, offsets left out."""
        return {vector: part for vector, part in self.pooled.items() if part[0] != OFFSET}

    def varies_by_factors(self, name: str) -> bool:
        """Whether groups scatter around the logarithm of what is pooled, not around its value."""
        return name != OFFSET and self.priors[name].positive

    def inputs_of(self, table: pd.DataFrame) -> dict[str, FloatArray]:
        """Return the inputs that the law takes from a table, by column, shape (runs,) each."""
        return {column: table[column].to_numpy(float) for column in self.columns.values()}

    def predict_at(
        self,
        columns: Mapping[str, Any],
        reference: Mapping[str, float],
        parameters: Mapping[Any, Any],
    ) -> Any:
        """Return what the law predicts: the one place where inputs meet their reference.

        Parameters
        ----------
        columns : mapping of str to array_like
            The inputs by column, in counts: numbers, NumPy or xarray arrays, PyTensor variables.
        reference : mapping of str to float
            The reference value of each input, by letter.
        parameters : mapping of str to array_like
            At least the parameters of the law, at the reference run; they broadcast against the
            inputs.
        """
        inputs = [columns[column] / reference[symbol] for symbol, column in self.columns.items()]
        return self.law.loss(*inputs, **{name: parameters[name] for name in self.law.parameters})

    def derived(self, reference: Mapping[str, float], draws: Mapping[Any, Any]) -> dict[str, Any]:
        """Return what the law derives from its parameters, given draws of those not fixed."""
        return self.law.derive(reference.values(), {**self.fixed, **draws})

    def unseen(self, name: str, draws: Mapping[Any, Any], deviates: Any) -> Any:
        """Return what is pooled under a name, in groups that no run belongs to.

        Parameters
        ----------
        name : str
            A key of ``pool``.
        draws : mapping of str to array_like
            Draws of the typical value (but of offsets, which is zero) and of ``<name>_spread``.
        deviates : array_like
            Standard normal deviates that broadcast against the draws.
        """
        deviation = draws[f"{name}_spread"] * deviates
        if name == OFFSET:
            return deviation
        if self.varies_by_factors(name):
            return draws[name] * np.exp(deviation)
        return draws[name] + deviation

    @property
    def observed(self) -> str:
        """The name of the observed variable."""
        return self.likelihood.observed(self.law.target)

    def with_pool(self, pool: Mapping[str, Any]) -> "Model":
        """Return the model with other pooling; see the parameter ``pool``."""
        return self._with(pool=dict(pool))

    def with_priors(self, priors: Mapping[str, Any]) -> "Model":
        """Return the model with other priors for some of what is sampled.

        Parameters
        ----------
        priors : mapping of str to Any
            By name: a number fixes a parameter of the law; a pair of numbers, or a text such as
            ``"1.4 to 1.8"``, is an interval that holds 89% of the prior; a `Prior`, a mapping as
            in a card, or a text such as ``"LogNormal(median 1.6, sigma 0.1)"`` says it whole.

        Raises
        ------
        ModelError
            If the model has no such prior, or what is given is none.
        """
        return self._with(**replaced(self, priors))

    def with_noise(self, column: str) -> "Model":
        """Return the model with noise whose scale falls as a power of a column of the runs.

        Raises
        ------
        ModelError
            If the noise has no scale, or the column is nothing that goes into a run.
        """
        return self._with(likelihood=self.likelihood.falling_with(column))

    def with_discrepancy(self, wanted: bool | None) -> "Model":
        """Return the model with a discrepancy, or without.

        Parameters
        ----------
        wanted : bool or None
            False takes it away, None leaves the card as it is. True adds the default one to a card
            that has none, under the priors of the card, but for degrees of freedom of the noise
            that may fall below three.

        Raises
        ------
        ModelError
            If the law cannot have one.
        """
        if wanted is None or wanted == (self.discrepancy is not None):
            return self
        added, taken = (ADDED, TAKEN) if wanted else (TAKEN, ADDED)
        bare = self.name.removesuffix(taken)
        return self._with(
            name=bare if bare != self.name else self.name + added,
            discrepancy=Discrepancy() if wanted else None,
            likelihood=self._noise_beside(wanted),
        )

    def _noise_beside(self, discrepancy: bool) -> Likelihood:
        noise = self.likelihood
        if not isinstance(noise, StudentT):
            return noise
        if discrepancy and noise.nu.args.get("lower", 0.0) < TAILS.args["lower"]:
            return noise.model_copy(update={"nu": TAILS})
        if not discrepancy and noise.nu == TAILS:
            return noise.model_copy(update={"nu": StudentT().nu})
        return noise

    def _with(self, **other: Any) -> "Model":
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Model(**{**fields, **other})

    def to_json(self) -> str:
        """Return the card as JSON, without the law."""
        absent = {"discrepancy"} if self.discrepancy is None else set()
        return self.model_dump_json(exclude={"law", *absent})

    def __str__(self) -> str:
        """Write the card as a person would read it."""
        return describe(self)


_PARTS: dict[str, type[Part]] = {
    "pool": Pooling,
    "published": Published,
    "discrepancy": Discrepancy,
}
"""What the tables of a card hold, by their name."""
