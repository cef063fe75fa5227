"""How runs scatter around a law: what is observed, the priors of the noise, and draws of it."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import ValidationError, ValidationInfo, field_validator

from bayescale.core.quantities import OUTCOMES, QUANTITIES, FloatArray
from bayescale.core.text import unknown_name
from bayescale.errors import ModelError
from bayescale.model.prior import Part, Prior, explain, require_positive

NOISE_REFERENCE = "noise_ref"
"""The name of the scale at which noise is stated that depends on a column."""


class Likelihood(Part):
    """What every likelihood says of itself; its fields are the priors of its noise.

    `bayescale.inference.graph.observe` adds the variable of each to a PyMC model.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    """Columns that the runs must have besides inputs and target."""

    of_logarithm: ClassVar[bool] = False
    """Whether it observes a logarithm, in which groups may have offsets."""

    words: ClassVar[str]
    """How runs scatter, in a sentence."""

    noise_words: ClassVar[Mapping[str, str]]
    """What each number of the noise is, in a few words."""

    of_any_sign: ClassVar[tuple[str, ...]] = ()
    """Numbers of the noise that may be negative."""

    @field_validator("*")
    @classmethod
    def _check_noise(cls, field: Any, about: ValidationInfo) -> Any:
        signed = about.field_name in cls.of_any_sign
        return require_positive(field) if isinstance(field, Prior) and not signed else field

    @property
    def priors(self) -> dict[str, Prior]:
        """The priors of the noise, by name."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: field for name, field in fields.items() if isinstance(field, Prior)}

    @property
    def varies_with(self) -> str | None:
        """The column of the runs that their noise depends on, if there is one."""
        return None

    def falling_with(self, column: str) -> "Likelihood":
        """Return the likelihood with noise whose scale falls with a column of the runs.

        Raises
        ------
        ModelError
            If the likelihood has no such scale.
        """
        raise ModelError(
            f"noise cannot fall with {column}: {type(self).__name__} has no scale of residuals; "
            "ask this of a law of the loss"
        )

    def at(self, noise: Mapping[str, Any], times: Any) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the numbers of the noise that single runs have.

        Parameters
        ----------
        noise : mapping of str to array_like
            A value for each of ``priors``: numbers, arrays, PyTensor variables.
        times : array_like
            The column ``varies_with`` of each run, over its reference.
        """
        return noise

    def observed(self, target: str) -> str:
        """Return the name of the observed variable, given what the law predicts."""
        raise NotImplementedError

    def observe(self, table: pd.DataFrame, target: str) -> dict[str, FloatArray]:
        """Return what is observed of a table of runs: ``observed`` and further data by name."""
        raise NotImplementedError

    def on_target_scale(self, observed: np.ndarray, table: pd.DataFrame) -> FloatArray:
        """Turn observed values, shape (..., runs), into what the law predicts."""
        raise NotImplementedError

    def new_runs(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        draws: Mapping[str, np.ndarray],
        columns: Mapping[str, np.ndarray],
    ) -> FloatArray:
        """Draw what single runs would show.

        Parameters
        ----------
        rng : Generator
            The source of randomness.
        mean : ndarray, shape (..., runs)
            What the law predicts.
        draws : mapping of str to ndarray
            The numbers of the noise of these runs (see `at`), of a shape that broadcasts against
            the mean.
        columns : mapping of str to ndarray, shape (runs,)
            What else is known of the runs.
        """
        raise NotImplementedError

    def log_scatter(
        self,
        rng: np.random.Generator,  # noqa: ARG002
        draws: Mapping[str, np.ndarray],  # noqa: ARG002
        shape: tuple[int, ...],  # noqa: ARG002
    ) -> FloatArray:
        """Draw by how much logarithms of runs differ from those of the law.

        Raises
        ------
        ModelError
            If the likelihood does not observe a logarithm.
        """
        raise ModelError(
            f"{type(self).__name__} is no likelihood of a logarithm; ask this of a law of the loss"
        )

    def log_density(
        self,
        mean: FloatArray,
        offset: FloatArray | float,
        noise: Mapping[str, FloatArray],
        data: Mapping[str, Any],
    ) -> FloatArray:
        """Return the log density of what was observed of each run.

        Parameters
        ----------
        mean : ndarray, shape (samples, runs)
            What the law predicts.
        offset : ndarray or float
            By how much groups of runs differ from it in the logarithm; broadcasts against the mean.
        noise : mapping of str to ndarray
            The numbers of the noise of these runs (see `at`); broadcast against the mean.
        data : mapping of str to ndarray, shape (runs,)
            What `observe` returned.

        Returns
        -------
        ndarray, shape (samples, runs)
        """
        raise NotImplementedError

    def draw_observed(
        self,
        rng: np.random.Generator,
        mean: FloatArray,
        offset: FloatArray | float,
        noise: Mapping[str, FloatArray],
        data: Mapping[str, Any],
    ) -> FloatArray:
        """Draw what might have been observed of each run; see `log_density`."""
        raise NotImplementedError

    def simulate(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        table: pd.DataFrame,
        noise: float | FloatArray,
    ) -> dict[str, FloatArray]:
        """Draw a table's target, under the name ``observed``, and the columns it rests on."""
        raise NotImplementedError


class StudentT(Likelihood):
    """Student-t residuals of the logarithm: seeds differ by 0.3-1%, and a few runs go wrong."""

    of_logarithm: ClassVar[bool] = True
    words: ClassVar[str] = "Residuals of the logarithm follow a Student t distribution."
    noise_words: ClassVar[Mapping[str, str]] = {
        "sigma": "scale of the residuals",
        "nu": "degrees of freedom of the residuals",
    }

    sigma: Prior = Prior(dist="HalfStudentT", args={"nu": 3.0, "sigma": 0.01})
    nu: Prior = Prior(dist="Gamma", args={"alpha": 2.0, "beta": 0.1})

    def observed(self, target: str) -> str:
        """Return ``log_loss`` for the target ``loss``."""
        return f"log_{target}"

    def observe(self, table: pd.DataFrame, target: str) -> dict[str, FloatArray]:
        """Return the logarithm of the target."""
        return {"observed": np.log(table[target].to_numpy(float))}

    def on_target_scale(self, observed: np.ndarray, table: pd.DataFrame) -> FloatArray:  # noqa: ARG002
        """Return losses."""
        with np.errstate(over="ignore"):  # a prior that knows nothing of tails draws anything
            return np.asarray(np.exp(observed))

    def new_runs(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        draws: Mapping[str, np.ndarray],
        columns: Mapping[str, np.ndarray],  # noqa: ARG002
    ) -> FloatArray:
        """Draw losses of single runs."""
        return np.asarray(mean * np.exp(self.log_scatter(rng, draws, np.shape(mean))))

    def log_scatter(
        self, rng: np.random.Generator, draws: Mapping[str, np.ndarray], shape: tuple[int, ...]
    ) -> FloatArray:
        """Draw residuals."""
        return np.asarray(draws["sigma"] * rng.standard_t(draws["nu"], size=shape))

    def log_density(
        self,
        mean: FloatArray,
        offset: FloatArray | float,
        noise: Mapping[str, FloatArray],
        data: Mapping[str, Any],
    ) -> FloatArray:
        """Return the log density of logarithms."""
        residual = data["observed"] - np.log(mean) - offset
        return log_student_t(residual, noise["sigma"], noise["nu"])

    def draw_observed(
        self,
        rng: np.random.Generator,
        mean: FloatArray,
        offset: FloatArray | float,
        noise: Mapping[str, FloatArray],
        data: Mapping[str, Any],  # noqa: ARG002
    ) -> FloatArray:
        """Draw logarithms."""
        return np.asarray(np.log(mean) + offset + self.log_scatter(rng, noise, np.shape(mean)))

    def simulate(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        table: pd.DataFrame,  # noqa: ARG002
        noise: float | FloatArray,
    ) -> dict[str, FloatArray]:
        """Draw losses whose residuals have five degrees of freedom and the scale given."""
        return {"observed": mean * np.exp(noise * rng.standard_t(5.0, len(mean)))}

    def falling_with(self, column: str) -> "Likelihood":
        """Return the same residuals with a scale that falls with a column of the runs.

        Raises
        ------
        ModelError
            If the column is nothing that goes into a run and is always positive.
        """
        try:
            return FallingStudentT(sigma=self.sigma, nu=self.nu, falls_with=column)
        except ValidationError as error:
            raise ModelError(explain(error, {})) from None


class FallingStudentT(StudentT):
    """Student-t residuals whose scale is a power of a column of the runs.

    Small runs, with their short schedules and small batches, often scatter more than large ones.
    The scale of run i is sigma (x_i / x_ref)^-falloff, with x_ref the geometric mean of the column.
    """

    words: ClassVar[str] = (
        "Residuals of the logarithm follow a Student t distribution with a scale that falls as a "
        "power of a column of the runs."
    )
    noise_words: ClassVar[Mapping[str, str]] = {
        **StudentT.noise_words,
        "sigma": "scale of the residuals of a typical run",
        "falloff": "exponent by which that scale falls",
    }

    of_any_sign: ClassVar[tuple[str, ...]] = ("falloff",)

    falls_with: str
    falloff: Prior = Prior(dist="Normal", args={"mu": 0.0, "sigma": 0.3})

    @field_validator("falls_with")
    @classmethod
    def _check_column(cls, column: str) -> str:
        choices = [
            quantity.column
            for quantity in QUANTITIES.values()
            if quantity.column not in OUTCOMES and not quantity.may_be_zero
        ]
        if column not in choices:
            raise ValueError(unknown_name("column for noise to fall with", column, choices))
        return column

    @property
    def varies_with(self) -> str | None:
        """The column with which the scale falls."""
        return self.falls_with

    def at(self, noise: Mapping[str, Any], times: Any) -> Mapping[str, Any]:
        """Return sigma and nu of single runs."""
        return {"sigma": noise["sigma"] * times ** -noise["falloff"], "nu": noise["nu"]}


class BetaBinomial(Likelihood):
    """Counts of right answers, with more scatter than the number of items alone causes."""

    needs: ClassVar[tuple[str, ...]] = ("items",)
    words: ClassVar[str] = "Counts of right answers follow a beta-binomial distribution."
    noise_words: ClassVar[Mapping[str, str]] = {"concentration": "concentration of the counts"}

    concentration: Prior

    def observed(self, target: str) -> str:  # noqa: ARG002
        """Return ``correct``: what is observed is a count."""
        return "correct"

    def observe(self, table: pd.DataFrame, target: str) -> dict[str, FloatArray]:
        """Return counts of right answers, and of how many items."""
        items = np.round(table["items"].to_numpy(float))
        return {"items": items, "observed": np.round(table[target].to_numpy(float) * items)}

    def on_target_scale(self, observed: np.ndarray, table: pd.DataFrame) -> FloatArray:
        """Return accuracies."""
        return np.asarray(observed / table["items"].to_numpy())

    def new_runs(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        draws: Mapping[str, np.ndarray],
        columns: Mapping[str, np.ndarray],
    ) -> FloatArray:
        """Draw accuracies of single runs: of so many ``items`` if known, of very many otherwise."""
        drawn = rng.beta(*self._counts(mean, draws))
        if "items" not in columns:
            return np.asarray(drawn)
        items = columns["items"].astype(int)
        return np.asarray(rng.binomial(items, drawn) / items)

    def log_density(
        self,
        mean: FloatArray,
        offset: FloatArray | float,  # noqa: ARG002
        noise: Mapping[str, FloatArray],
        data: Mapping[str, Any],
    ) -> FloatArray:
        """Return the log probability of counts."""
        from scipy.special import betaln, gammaln

        right, items = data["observed"], data["items"]
        alpha, beta = self._counts(mean, noise)
        ways = gammaln(items + 1) - gammaln(right + 1) - gammaln(items - right + 1)
        found = ways + betaln(alpha + right, beta + items - right) - betaln(alpha, beta)
        return np.asarray(found)

    def draw_observed(
        self,
        rng: np.random.Generator,
        mean: FloatArray,
        offset: FloatArray | float,  # noqa: ARG002
        noise: Mapping[str, FloatArray],
        data: Mapping[str, Any],
    ) -> FloatArray:
        """Draw counts."""
        items = data["items"].astype(int)
        return np.asarray(rng.binomial(items, rng.beta(*self._counts(mean, noise))), float)

    @staticmethod
    def _counts(mean: FloatArray, noise: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Return the two parameters of the beta distribution of shares."""
        share = np.clip(mean, *SHARE_BOUNDS)
        concentration = np.minimum(noise["concentration"], MOST_CONCENTRATION)
        return share * concentration, (1 - share) * concentration

    def simulate(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        table: pd.DataFrame,
        noise: float | FloatArray,  # noqa: ARG002
    ) -> dict[str, FloatArray]:
        """Draw accuracies with binomial noise, of 1000 items unless the table says of how many."""
        items = np.broadcast_to(table.get("items", 1000.0), len(mean)).astype(float)
        return {"items": items, "observed": rng.binomial(items.astype(int), mean) / items}


def log_student_t(residual: FloatArray, sigma: FloatArray, nu: FloatArray) -> FloatArray:
    """Return the log density of residuals with a Student t distribution about zero.

    Parameters
    ----------
    residual : ndarray
        The residuals.
    sigma, nu : ndarray
        Scale and degrees of freedom; they broadcast against the residuals.
    """
    constant = _log_gamma((nu + 1) / 2) - _log_gamma(nu / 2) - 0.5 * np.log(nu * np.pi)
    return np.asarray(
        constant - np.log(sigma) - (nu + 1) / 2 * np.log1p((residual / sigma) ** 2 / nu)
    )


def _log_gamma(values: FloatArray) -> FloatArray:
    """Return log Gamma without SciPy, which takes longer to import than this to compute."""
    return np.asarray(np.frompyfunc(math.lgamma, 1, 1)(values), float)


SHARE_BOUNDS = (1e-6, 1 - 1e-6)
"""A beta distribution has no mean at the ends."""

MOST_CONCENTRATION = 1e8
"""Above it counts are binomial, and the difference of log beta functions is rounding: at 1e18 that
was a density of a million nats, which chains climbed and never left."""


def read_likelihood(given: Any) -> Any:
    """Return the likelihood that a table of priors belongs to.

    Raises
    ------
    ValueError
        If the keys are those of no likelihood.
    """
    if not isinstance(given, Mapping):
        return given
    kinds = Likelihood.__subclasses__()
    kinds += [special for kind in kinds for special in kind.__subclasses__()]
    fields = [list(kind.model_fields) for kind in kinds]
    for kind, names in zip(kinds, fields, strict=True):
        if set(given) <= set(names):
            try:
                return kind(**given)
            except ValidationError as error:
                raise ValueError(explain(error, {})) from None
    choices = ", or ".join(" and ".join(names) for names in fields)
    known = {name for names in fields for name in names}
    unknown = [name for name in given if name not in known] or list(given)
    raise ValueError(f"{unknown[0]}: unknown key; a likelihood has {choices}")
