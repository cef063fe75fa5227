"""What a token cost the runs: a rule that is learnt from the FLOPs that they recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from bayescale.compute.accounting import TRAINING_PER_FORWARD, FlopsRule, SixND
from bayescale.compute.flops import FLOPS_PER_PARAM_TOKEN, params_for, train_flops
from bayescale.core.quantities import FloatArray
from bayescale.core.roots import find_root
from bayescale.core.text import human
from bayescale.errors import PlanError

SPAN = 3.0
"""Sizes that differ by less than this factor do not tell how FLOPs per token grow with them."""

EXPONENTS = (0.5, 1.5)
"""How FLOPs per token may grow with the parameters by a power law alone."""

SAME = 1e-6
"""FLOPs that are 6ND to this relative precision were worked out rather than recorded."""

_SIZES = (1.0, 1e20)
_EXPONENTS_ABOVE = (0.0, 1.0)
_LEAST = 1e-3
_DIGITS = 8
_CLOSE = dict.fromkeys(("ftol", "xtol", "gtol"), 1e-12)


@dataclass(frozen=True)
class Recorded:
    """FLOPs as runs recorded them: ``base * N + coefficient * N**exponent`` to train on a token.

    Parameters
    ----------
    coefficient : float
        FLOPs per token of a model of one parameter, as the power law has it.
    exponent : float, default 1.0
        How they grow with the parameters, 0 to 1.5.
    base : float, default 0.0
        FLOPs per parameter and token on top of which the power law comes: 6 or nothing.
    largest : float, default inf
        The parameters of the largest run.

    Raises
    ------
    PlanError
        If a value has no meaning.

    Notes
    -----
    FLOPs per parameter and token fall towards 6 as models grow: what attention, a head and
    recomputation add weighs less and less (Kaplan et al. 2020, sec. 2.1). A power law alone would
    pass 6 and in the end cost next to nothing. So beyond the largest run it ends at 6; and where
    it leads away from 6, FLOPs per parameter stay those of the largest run.

    Examples
    --------
    >>> from bayescale.compute.recorded import Recorded
    >>> Recorded(600.0, exponent=0.75, largest=1e8).train([1e4, 1e8, 1e12]).tolist()
    [600000.0, 600000000.0, 6000000000000.0]
    """

    coefficient: float
    exponent: float = 1.0
    base: float = 0.0
    largest: float = np.inf

    def __post_init__(self) -> None:
        for name in ("coefficient", "largest"):
            if not getattr(self, name) > 0 or np.isinf(self.coefficient):
                raise PlanError(f"{name} = {getattr(self, name):g} must be positive and finite")
        if not 0 <= self.exponent <= EXPONENTS[1]:
            raise PlanError(
                f"exponent = {self.exponent:g} must lie between 0 and {EXPONENTS[1]:g}; FLOPs per "
                "token grow about as the parameters do"
            )
        if not 0 <= self.base < np.inf:
            raise PlanError(f"base = {self.base:g} must not be negative; give 6 or nothing")

    @property
    def name(self) -> str:
        """The rule in words for people."""
        size = self.largest if np.isfinite(self.largest) else 1e9
        each = float(self.train(size)) / size
        return f"FLOPs as recorded in the runs, {each:.3g} per parameter and token at {human(size)}"

    @property
    def smallest_params(self) -> float:
        """The fewest parameters that the rule has an answer for: any number will do."""
        return 0.0

    def train(self, params: ArrayLike) -> FloatArray:
        """Return the training FLOPs per token of models of some size, of any shape."""
        count = np.asarray(params, float)
        each = self._per_param(count)
        if np.isfinite(self.largest):
            end = self._per_param(np.asarray(self.largest))
            low, high = (
                np.minimum(end, FLOPS_PER_PARAM_TOKEN),
                np.maximum(end, FLOPS_PER_PARAM_TOKEN),
            )
            each = np.where(count > self.largest, np.clip(each, low, high), each)
        return np.asarray(each * count)

    def _per_param(self, count: FloatArray) -> FloatArray:
        found: FloatArray = self.base + self.coefficient * count ** (self.exponent - 1)
        return found

    def serve(self, params: ArrayLike) -> FloatArray:
        """Return the FLOPs per token of the forward pass: a third of training, as 2N of 6N."""
        return self.train(params) / TRAINING_PER_FORWARD

    def total_params(self, params: ArrayLike) -> FloatArray:
        """Return every parameter: those that are counted."""
        return np.asarray(params, float)

    def given(self, inputs: Mapping[str, float]) -> FlopsRule:  # noqa: ARG002
        """Return the rule: nothing but parameters counts."""
        return self


def learn_rule(params: ArrayLike, tokens: ArrayLike, flops: ArrayLike) -> FlopsRule:
    """Return what a token cost some runs, as a function of size.

    Parameters
    ----------
    params, tokens, flops : array_like, shape (runs,)
        What the runs recorded.

    Returns
    -------
    FlopsRule
        `SixND` if the FLOPs are just that; otherwise `Recorded`, by least squares through the
        logarithm of the median FLOPs per token of each size: 6 N and a power law on top, or a
        power law alone where that is nearer. From sizes within a factor of 3 no exponent is
        learnt, and FLOPs per token are proportional to the parameters.
    """
    count, data, spent = (np.asarray(values, float) for values in (params, tokens, flops))
    if np.allclose(spent, train_flops(count, data), rtol=SAME, atol=0):
        return SixND()
    order = np.argsort(count)
    sizes, starts = np.unique(count[order], return_index=True)
    of_sizes = np.split((spent / data / count)[order], starts[1:])
    each = np.log([np.median(values) for values in of_sizes])
    largest = float(sizes[-1])
    if largest < SPAN * sizes[0]:
        return Recorded(float(np.exp(each.mean())), largest=largest)
    found = [_fitted(np.log(sizes), each, base) for base in (FLOPS_PER_PARAM_TOKEN, 0.0)]
    # Two sizes lie on both; the first is what is known of larger ones.
    _, rule = min(found, key=lambda pair: round(pair[0], _DIGITS))
    return replace(rule, largest=largest)


def _fitted(log_sizes: FloatArray, each: FloatArray, base: float) -> tuple[float, Recorded]:
    """Return the sum of squares and the rule nearest to log FLOPs per parameter and token."""
    middle = log_sizes.mean()
    shift = log_sizes - middle
    low, high = _EXPONENTS_ABOVE if base else EXPONENTS

    def residuals(values: FloatArray) -> FloatArray:
        level, exponent = values
        return np.asarray(np.log(base + np.exp(level + (exponent - 1) * shift)) - each)

    start = np.log(max(np.exp(each.mean()) - base, _LEAST)), (low + high) / 2
    within = (np.log(_LEAST) - 1, low), (np.inf, high)
    from scipy.optimize import least_squares

    best = least_squares(residuals, start, bounds=within, **_CLOSE)
    level, exponent = best.x
    coefficient = float(np.exp(level - (exponent - 1) * middle))
    return float(2 * best.cost), Recorded(coefficient, float(exponent), base)


def growth(rule: FlopsRule, params: float) -> float:
    """Return the power by which FLOPs per token grow with parameters, about some size."""
    low, high = rule.train(params / 2), rule.train(params * 2)
    return float(np.log(high / low) / np.log(4.0))


def tokens_within(rule: FlopsRule, flops: ArrayLike, params: ArrayLike) -> FloatArray:
    """Return the tokens that spend a compute budget on given parameters by a rule."""
    return np.asarray(np.asarray(flops, float) / rule.train(params))


def params_within(rule: FlopsRule, flops: ArrayLike, tokens: ArrayLike) -> FloatArray:
    """Return the parameters that spend a compute budget on given tokens by a rule.

    Raises
    ------
    PlanError
        If the rule has no model that does.
    """
    if isinstance(rule, SixND):
        return params_for(flops, tokens)
    each = np.log(np.asarray(flops, float) / np.asarray(tokens, float))
    least = max(_SIZES[0], 1.0001 * rule.smallest_params)
    ends = (np.full_like(each, np.log(least)), np.full_like(each, np.log(_SIZES[1])))

    def excess(log_params: FloatArray, each: FloatArray) -> FloatArray:
        return np.asarray(np.log(rule.train(np.exp(log_params))) - each)

    found = find_root(excess, ends, arguments=(each,))
    if not np.all(found.success):
        raise PlanError(
            f"no model costs {np.exp(each[~found.success].flat[0]):.3g} FLOPs per token: "
            f"{rule.name}; give params in place of flops or tokens"
        )
    return np.asarray(np.exp(found.x))
