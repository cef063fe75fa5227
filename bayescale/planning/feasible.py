"""What a plan must keep to: a budget, and limits on data, size, serving and shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from bayescale.compute.accounting import FlopsRule, SixND
from bayescale.core.asking import argument
from bayescale.core.quantities import FloatArray
from bayescale.core.roots import find_root
from bayescale.core.text import human
from bayescale.core.warning import warn
from bayescale.errors import PlanError
from bayescale.planning.limits import LIMITS
from bayescale.planning.pools import Pool, fill

PARAMS_BOUNDS = (1e3, 1e16)
TOKENS_BOUNDS = (1e3, 1e18)
"""Models and data sets are searched within these bounds only."""

_WITHIN = 1 - 1e-5
"""A limit is met from this share of it on: a search leaves more open than rounding does."""

# A weight in bfloat16.
_BYTES_PER_PARAM = 2.0


@dataclass(frozen=True)
class Limits:
    """A budget in FLOPs with every limit on how it may be spent.

    Attributes
    ----------
    flops : ndarray, shape (budgets,)
        FLOPs for training, and for serving if there is a demand.
    rule : FlopsRule
        What a token costs.
    unique_tokens, max_epochs : float, optional
        Distinct tokens, and how often each may be used (once by default).
    max_params : float, optional
        The largest model.
    max_memory, bytes_per_param : float, optional
        Bytes that hold all weights, and how many each takes: as ``inputs`` say the bits of weights,
        2 if they do not.
    max_tokens_per_param : float, optional
        The most tokens for each parameter.
    inference_tokens : float
        Tokens that the model will serve.
    serving_weight : float
        The price of a FLOP when serving, relative to one when training.
    candidates : tuple of float
        The only sizes to choose from, if there are any.
    inputs : dict of str to float
        Further inputs of the law, by column.
    pools : tuple of Pool
        Pools that the unique tokens come from; ``unique_tokens`` counts all of them.
    repeats_priced : bool
        Whether the law itself says what repetition costs; it then chooses the epochs, unless
        ``max_epochs`` limits them.
    """

    flops: FloatArray
    rule: FlopsRule = field(default_factory=SixND)
    unique_tokens: float | None = None
    max_epochs: float | None = None
    max_params: float | None = None
    max_memory: float | None = None
    bytes_per_param: float | None = None
    max_tokens_per_param: float | None = None
    inference_tokens: float = 0.0
    serving_weight: float = 1.0
    candidates: tuple[float, ...] = ()
    inputs: Mapping[str, float] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    repeats_priced: bool = False

    def __post_init__(self) -> None:
        for limit in LIMITS:
            if limit.positive:
                for value in np.ravel(getattr(self, limit.name)):
                    _require_positive(limit.name, value)
        for size in self.candidates:
            if not PARAMS_BOUNDS[0] <= size <= PARAMS_BOUNDS[1]:
                raise PlanError(
                    f"{argument('candidates')}: {size:g} parameters must lie between "
                    f"{PARAMS_BOUNDS[0]:.0e} and {PARAMS_BOUNDS[1]:.0e}; is it in billions? Then "
                    f"write {size:g}e9"
                )
        if self.inference_tokens < 0 or not np.isfinite(self.inference_tokens):
            raise PlanError(
                f"{argument('inference_tokens')} = {self.inference_tokens:g} must not be negative"
            )
        if self.max_epochs is not None and self.unique_tokens is None:
            raise PlanError(
                f"{argument('max_epochs')} = {self.max_epochs:g} limits nothing without "
                f"{argument('unique_tokens')}; give both"
            )
        if self.most_tokens <= TOKENS_BOUNDS[0]:
            raise PlanError(
                f"{argument('unique_tokens')} = {self.unique_tokens:g} must allow more than "
                f"{TOKENS_BOUNDS[0]:g} tokens; is it in billions? Then write "
                f"{self.unique_tokens:g}e9"
            )
        smallest = self.rule.train(self.least_params) * TOKENS_BOUNDS[0]
        largest = self.rule.train(PARAMS_BOUNDS[1]) * TOKENS_BOUNDS[1]
        within = (self.flops >= smallest) & (self.flops <= largest)
        if not within.all():
            raise PlanError(
                f"{argument('flops')} = {self.flops[~within].flat[0]:g} must lie between "
                f"{smallest:.0e} and {largest:.0e}; give training FLOPs, for example 1e24"
            )

    def warn_of_units(self) -> None:
        """Warn of counts so small that they must be in millions or billions."""
        for limit in LIMITS:
            if limit.least is None:
                continue
            for value in np.ravel(getattr(self, limit.name)):
                if value and value < limit.least:
                    warn(
                        f"{argument(limit.name)} = {value:g} is very little for a count; is it in "
                        f"billions? Then write {value:g}e9"
                    )

    def require_size(self) -> "Limits":
        """Return the limits if they allow some size, whatever the budget.

        Raises
        ------
        PlanError
            If the smallest candidate is larger than another limit allows.
        """
        most = self.most_params
        least = self.smallest
        if least > most:
            raise PlanError(
                f"{argument('candidates')} and {self.size_limit} conflict: the smallest candidate "
                f"has {human(least)} parameters, {self.size_limit} allows {human(most)}"
            )
        return self

    def require_room(self) -> "Limits":
        """Return the limits if some plan satisfies them all.

        Raises
        ------
        PlanError
            If two of them contradict each other; the message names them.
        """
        self.require_size()
        least = self.smallest
        short = self.affordable(np.float64(least), self.flops) < TOKENS_BOUNDS[0]
        if short.any():
            budget = float(self.flops[short].flat[0])
            serving = float(self.serving_flops(np.float64(least)))
            raise PlanError(
                f"{argument('flops')} = {human(budget)} and {argument('inference_tokens')} = "
                f"{human(self.inference_tokens)} conflict: serving the smallest model "
                f"({human(least)} parameters) takes {human(serving)} FLOPs already; raise the "
                "budget or lower the demand"
            )
        return self

    @property
    def most_tokens(self) -> float:
        """The most tokens that data allow."""
        if self.unique_tokens is None:
            return TOKENS_BOUNDS[1]
        epochs = self.max_epochs or (np.inf if self.repeats_priced else 1.0)
        return min(self.unique_tokens * epochs, TOKENS_BOUNDS[1])

    @property
    def fresh_tokens(self) -> float:
        """The tokens up to which more of them are worth what the law says of fresh ones."""
        if self.unique_tokens is None or not self.repeats_priced:
            return self.most_tokens
        return min(self.unique_tokens, self.most_tokens)

    @cached_property
    def most_params(self) -> float:
        """The largest model that size and memory allow."""
        most = min(self.max_params or np.inf, PARAMS_BOUNDS[1])
        if self.max_memory is None:
            return most
        bits = self.inputs.get("weight_bits", 8 * _BYTES_PER_PARAM)
        room = self.max_memory / (self.bytes_per_param or bits / 8)
        ends = (self.least_params, PARAMS_BOUNDS[1])
        least, largest = (float(self.rule.total_params(end)) for end in ends)
        if least > room:
            raise PlanError(
                f"{argument('max_memory')} = {self.max_memory:g} bytes holds {human(room)} "
                f"parameters, and the smallest model that {self.rule.name} knows has "
                f"{human(least)}; give more memory"
            )
        if largest <= room:
            return most
        found = find_root(
            lambda log_params: np.log(self.rule.total_params(np.exp(log_params))) - np.log(room),
            (np.log(ends[0]), np.log(ends[1])),
        )
        return min(most, float(np.exp(found.x)))

    @property
    def allowed_candidates(self) -> FloatArray:
        """The sizes to choose from that other limits allow, in order."""
        sizes = np.sort(np.asarray(self.candidates, float))
        return np.asarray(sizes[sizes <= self.most_params])

    @property
    def largest_allowed(self) -> float | None:
        """The largest size where a limit on size or the candidates set one."""
        if self.candidates:
            return float(self.allowed_candidates[-1])
        return self.most_params if self.bound("size") else None

    def met(self, params: FloatArray, tokens: FloatArray) -> Any:
        """Return where a split has reached a limit on data or on size, so that compute may idle."""
        at_data = (tokens >= _WITHIN * self.fresh_tokens) & (self.unique_tokens is not None)
        return np.asarray(at_data | (params >= _WITHIN * (self.largest_allowed or np.inf)))

    @property
    def smallest(self) -> float:
        """The smallest size to choose from, whatever other limits allow."""
        return min(self.candidates, default=self.least_params)

    @property
    def least_params(self) -> float:
        """The smallest model that the rule has an answer for."""
        # A little above, so that rounding does not fall below it.
        return max(PARAMS_BOUNDS[0], 1.0001 * self.rule.smallest_params)

    def bound(self, what: str) -> bool:
        """Whether there is a limit that binds something, one of `BINDING`."""
        names = [limit.name for limit in LIMITS if limit.binds == what]
        return any(getattr(self, name) is not None for name in names)

    @property
    def size_limit(self) -> str:
        """The name of the limit on size that is the tighter one."""
        by_memory = self.max_memory is not None and self.most_params < (self.max_params or np.inf)
        return argument("max_memory" if by_memory else "max_params")

    def serving_flops(self, params: Any) -> Any:
        """Return the FLOPs that serving takes, weighted by their price."""
        return self.serving_weight * self.inference_tokens * self.rule.serve(params)

    def affordable(self, params: Any, flops: Any) -> Any:
        """Return the tokens that the budget pays for, after serving."""
        return (flops - self.serving_flops(params)) / self.rule.train(params)

    def cost(self, params: Any, tokens: Any) -> Any:
        """Return the FLOPs of training on some tokens and of serving."""
        return self.serving_flops(params) + self.rule.train(params) * tokens

    def largest(self, flops: FloatArray) -> FloatArray:
        """Return the size at which a budget has no tokens left, of the shape of the budgets."""
        return self._crossing(lambda params: TOKENS_BOUNDS[0] + 0.0 * params, flops)

    def tokens(self, params: Any, flops: Any) -> Any:
        """Return the tokens to train on: what is affordable, within the limits."""
        tokens = np.minimum(self.affordable(params, flops), self.allowed(params))
        return np.maximum(tokens, TOKENS_BOUNDS[0])

    def allowed(self, params: Any) -> Any:
        """Return the most tokens that data and shape allow, whatever they cost."""
        if self.max_tokens_per_param is None:
            return self.most_tokens + 0.0 * params
        return np.minimum(self.most_tokens, self.max_tokens_per_param * params)

    def columns(self, params: Any, flops: Any, accounting: FlopsRule) -> dict[str, Any]:
        """Return every column that a law may take, for models of some size on some budget.

        The FLOPs of a law are those that its runs had, ``accounting``, whatever the rule by which
        the budget pays: that one says how many tokens a budget buys, and the law was fitted to
        the other.
        """
        tokens = self.tokens(params, flops)
        return {
            "params": params,
            "tokens": tokens,
            "flops": accounting.train(params) * tokens,
            **self.data_of(tokens),
            **self.inputs,
        }

    def data_of(self, tokens: Any) -> dict[str, Any]:
        """Return the unique ones among so many tokens and, with pools, their quality."""
        if self.unique_tokens is None:
            return {"unique_tokens": tokens}
        if not self.pools:
            return {"unique_tokens": np.minimum(tokens, self.unique_tokens)}
        scale = self.unique_tokens / sum(pool.tokens for pool in self.pools)
        pools = [replace(pool, tokens=scale * pool.tokens) for pool in self.pools]
        quality, unique = fill(pools, self.max_epochs or 1.0, tokens)
        return {"unique_tokens": unique, "quality": quality}

    @cached_property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """The smallest and the largest size worth a look, shape (budgets,) each.

        Below the smallest, more parameters on the same tokens are affordable; above the largest,
        no tokens are left or a limit on size is passed.
        """
        low = self._crossing(self.allowed, self.flops)
        high = np.minimum(self.largest(self.flops), self.most_params)
        return np.minimum(low, high), high

    def _crossing(
        self, wanted: Callable[[FloatArray], FloatArray], budgets: FloatArray
    ) -> FloatArray:
        """Return the size at which each budget pays for just the tokens wanted."""
        ends = (self.least_params, PARAMS_BOUNDS[1])
        start, end = (np.full_like(budgets, np.log(bound)) for bound in ends)

        def excess(log_params: FloatArray, flops: FloatArray) -> FloatArray:
            params = np.exp(log_params)
            return np.asarray(np.log(self.cost(params, wanted(params))) - np.log(flops))

        at_start, at_end = excess(start, budgets), excess(end, budgets)
        inside = (at_start < 0) & (at_end > 0)
        found = np.where(at_start >= 0, start, end)
        if inside.any():
            part = find_root(excess, (start[inside], end[inside]), arguments=(budgets[inside],))
            found[inside] = part.x
        return np.asarray(np.exp(found))


def _require_positive(name: str, value: float | None) -> None:
    if value is None:
        return
    if not (np.isfinite(value) and value > 0):
        raise PlanError(f"{argument(name)} = {value:g} must be positive and finite")
