"""How many FLOPs a token costs: a rule from the parameters of a model to FLOPs per token.

C = 6 N D leaves out what attention spends on its context and, where N is counted without
embeddings, the head; where N is counted with an embedding of its own, it charges for looking that
up. All of it weighs most in small models: the head alone can cost more than all the layers, and
leaving it out is a good part of why Kaplan et al. 2020 and Hoffmann et al. 2022
disagree about the best size (Porian et al. 2024, arXiv:2406.19146).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from bayescale.compute.flops import FLOPS_PER_PARAM_TOKEN
from bayescale.core.quantities import FloatArray
from bayescale.core.text import human, unknown_name
from bayescale.errors import PlanError

type Counts = Literal["total", "nonembedding"]

FORWARD_FLOPS_PER_PARAM_TOKEN = 2.0
"""FLOPs per weight and token of a matrix product: a multiplication and an addition (Kaplan et al.
2020, sec. 2.1)."""

TRAINING_PER_FORWARD = FLOPS_PER_PARAM_TOKEN / FORWARD_FLOPS_PER_PARAM_TOKEN
"""FLOPs of training over those of its forward pass: the backward pass costs twice the forward pass
(Kaplan et al. 2020, sec. 2.1; Hoffmann et al. 2022, app. F)."""

ATTENTION_WEIGHTS = 4
"""Weights of attention over width squared: queries, keys, values and the output projection."""

FEED_FORWARD_WEIGHTS = 8
"""Weights of a feed-forward block, or of one expert, over width squared: two matrices to and from
four times the width, or three of a gated block of 8/3 times the width."""

FULL_BITS = 16.0
"""The precision in which FLOPs are counted."""

CONTEXT_PRODUCTS = 2
"""Products of every token with its context: queries with keys, and scores with values."""


@runtime_checkable
class FlopsRule(Protocol):
    """What a rule offers to those who plan with it. Costs must increase with the parameters."""

    @property
    def name(self) -> str:
        """The rule in words for people."""
        ...

    @property
    def smallest_params(self) -> float:
        """The fewest parameters that the rule has an answer for; a search starts here."""
        ...

    def train(self, params: ArrayLike) -> FloatArray:
        """Return the training FLOPs per token of models of some size, of any shape."""
        ...

    def serve(self, params: ArrayLike) -> FloatArray:
        """Return the FLOPs per token of the forward pass, which serving costs."""
        ...

    def total_params(self, params: ArrayLike) -> FloatArray:
        """Return every parameter of models of some size: what memory has to hold."""
        ...

    def given(self, inputs: Mapping[str, float]) -> "FlopsRule":
        """Return the rule for further inputs of a law, such as a number of experts."""
        ...


@dataclass(frozen=True)
class SixND:
    """Six FLOPs per parameter and token to train, two to serve (Kaplan et al. 2020, sec. 2.1)."""

    name: str = "6ND"

    @property
    def smallest_params(self) -> float:
        """The fewest parameters that the rule has an answer for: any number will do."""
        return 0.0

    def train(self, params: ArrayLike) -> FloatArray:
        """Return the training FLOPs per token: 6 N."""
        return FLOPS_PER_PARAM_TOKEN * np.asarray(params, float)

    def serve(self, params: ArrayLike) -> FloatArray:
        """Return the FLOPs per token of the forward pass: 2 N."""
        return FORWARD_FLOPS_PER_PARAM_TOKEN * np.asarray(params, float)

    def total_params(self, params: ArrayLike) -> FloatArray:
        """Return every parameter: those that are counted."""
        return np.asarray(params, float)

    def given(self, inputs: Mapping[str, float]) -> FlopsRule:  # noqa: ARG002
        """Return the rule: nothing but parameters counts."""
        return self


@dataclass(frozen=True)
class PerBit:
    """A rule under which a FLOP costs in proportion to its bits: C = 6 N D P / 16.

    P is the mean of the bits that the inputs of a law name (weights, activations, cache). Kumar et
    al. 2024, arXiv:2411.04330, sec. 5, whose compute is proportional to N D P.

    Parameters
    ----------
    rule : FlopsRule
        What a token costs in 16 bits.
    bits : float, default 16
        The bits, where the inputs do not name them.
    """

    rule: FlopsRule = field(default_factory=SixND)
    bits: float = FULL_BITS

    @property
    def name(self) -> str:
        """The rule in words for people."""
        return f"{self.rule.name}, costing in proportion to {self.bits:g} of {FULL_BITS:g} bits"

    @property
    def smallest_params(self) -> float:
        """The fewest parameters that the rule has an answer for."""
        return self.rule.smallest_params

    def train(self, params: ArrayLike) -> FloatArray:
        """Return the training FLOPs per token, in FLOPs of 16 bits."""
        return self.rule.train(params) * (self.bits / FULL_BITS)

    def serve(self, params: ArrayLike) -> FloatArray:
        """Return the FLOPs per token of the forward pass, in FLOPs of 16 bits."""
        return self.rule.serve(params) * (self.bits / FULL_BITS)

    def total_params(self, params: ArrayLike) -> FloatArray:
        """Return every parameter of models of some size."""
        return self.rule.total_params(params)

    def given(self, inputs: Mapping[str, float]) -> FlopsRule:
        """Return the rule for the bits that the inputs name."""
        named = [value for name, value in inputs.items() if name.endswith("_bits")]
        bits = sum(named) / len(named) if named else self.bits
        return replace(self, rule=self.rule.given(inputs), bits=bits)


@dataclass(frozen=True)
class Transformer:
    """The FLOPs of a family of decoder-only transformers of one shape and many sizes.

    The forward pass costs two FLOPs for every weight that multiplies a token, that is those of the
    layers and of the head, and the products of attention with its context. Training costs three
    times as much.

    Parameters
    ----------
    vocabulary : int
        Tokens in the vocabulary, V.
    context : int
        Tokens in a sequence.
    aspect : float, default 100.0
        Width over layers. The layers need not be a whole number, so that costs are smooth.
    tied : bool, default False
        Whether the head and the embedding are one matrix. It is then counted once among the
        parameters; its FLOPs, those of the head, are the same.
    counts : {"total", "nonembedding"}, default "total"
        What the numbers of parameters count, which must be what the runs count: every weight, or
        only those of the layers, with neither the embedding nor the head.
    experts : int, default 1
        Experts in every feed-forward block, each as large as the feed-forward block of a dense
        model.
    active_experts : int, default 1
        Experts that a token passes through. Parameters are then the active ones.

    Raises
    ------
    PlanError
        If a value has no meaning.

    Notes
    -----
    The convention is that of Hoffmann et al. 2022, app. F, in what matters: with d the width, a
    layer spends 4 * context * d per token on attention (half of it to score keys, half to average
    values), as if every token saw the whole context. Kaplan et al. 2020, table 1, count half of
    that, 2 * context * d, as under a causal mask that saves half of the products. Unlike Hoffmann
    et al., looking up an embedding counts as free, for it is no matrix product, and so does the
    softmax (about 1% of attention). Biases, norms, positions and routers are left out of weights
    and FLOPs alike.

    Examples
    --------
    >>> from bayescale.compute.accounting import SixND, Transformer
    >>> rule = Transformer(vocabulary=32_000, context=2048, counts="nonembedding")
    >>> (rule.train([1e7, 70e9]) / SixND().train([1e7, 70e9])).round(2).tolist()
    [3.18, 1.04]
    """

    vocabulary: int
    context: int
    aspect: float = 100.0
    tied: bool = False
    counts: Counts = "total"
    experts: int = 1
    active_experts: int = 1

    def __post_init__(self) -> None:
        for name in ("vocabulary", "context", "experts", "active_experts"):
            value = getattr(self, name)
            if not (value >= 1 and float(value).is_integer()):
                raise PlanError(f"{name} = {value:g} must be a whole number from 1 on; count it")
        if not 0 < self.aspect < math.inf:
            raise PlanError(
                f"aspect = {self.aspect:g} must be positive and finite; give width over layers, "
                "for example 100"
            )
        if self.active_experts > self.experts:
            raise PlanError(
                f"active_experts = {self.active_experts} must be at most experts = {self.experts}; "
                "give the number of all experts as experts"
            )
        known = get_args(Counts.__value__)
        if self.counts not in known:
            raise PlanError(unknown_name("counts", self.counts, known))

    @property
    def name(self) -> str:
        """The rule in words for people."""
        words = f"transformer with vocabulary {self.vocabulary} and context {self.context}"
        if self.experts > 1:
            words += f", {self.active_experts} of {self.experts} experts active"
        return words + (", sizes without embeddings" if self.counts == "nonembedding" else "")

    @property
    def smallest_params(self) -> float:
        """The fewest parameters that the rule has an answer for: those of a single layer."""
        width = self.aspect
        return self._layer_slope * width**3 + self._counted_embeddings * width

    def train(self, params: ArrayLike) -> FloatArray:
        """Return the training FLOPs per token of models of some size, of any shape.

        Raises
        ------
        PlanError
            If a model would have less than one layer.
        """
        return TRAINING_PER_FORWARD * self.serve(params)

    def serve(self, params: ArrayLike) -> FloatArray:
        """Return the FLOPs per token of the forward pass, at a full context.

        Raises
        ------
        PlanError
            If a model would have less than one layer.
        """
        width = self.width_of(params)
        weights = self._layer_slope * width**3 + self.vocabulary * width
        products = CONTEXT_PRODUCTS * self.context * width * (width / self.aspect)
        return FORWARD_FLOPS_PER_PARAM_TOKEN * (weights + products)

    def width_of(self, params: ArrayLike) -> FloatArray:
        """Return the width of the models that have some numbers of parameters, of any shape.

        Raises
        ------
        PlanError
            If a model would have less than one layer.
        """
        count = np.asarray(params, float)
        self._require_layers(count)
        cubic, linear = self._layer_slope, self._counted_embeddings
        if not linear:
            width: FloatArray = np.cbrt(count / cubic)
            return width
        # The only real root of cubic * width^3 + linear * width = count. The sinh form loses no
        # digits where either term dominates.
        scale = math.sqrt(linear / (3 * cubic))
        angle: FloatArray = np.arcsinh(1.5 * count / (linear * scale)) / 3
        return 2 * scale * np.sinh(angle)

    def total_params(self, params: ArrayLike) -> FloatArray:
        """Return all weights of the models, which memory must hold: every expert, and embeddings.

        Raises
        ------
        PlanError
            If a model would have less than one layer.
        """
        width = self.width_of(params)
        layer = ATTENTION_WEIGHTS + FEED_FORWARD_WEIGHTS * self.experts
        total: FloatArray = layer / self.aspect * width**3 + self._embeddings * width
        return total

    def given(self, inputs: Mapping[str, float]) -> FlopsRule:
        """Return the rule for the number of experts that the inputs name."""
        return replace(self, experts=int(inputs["experts"])) if "experts" in inputs else self

    @property
    def _layer_slope(self) -> float:
        """Active weights of all layers over the cube of the width."""
        return (ATTENTION_WEIGHTS + FEED_FORWARD_WEIGHTS * self.active_experts) / self.aspect

    @property
    def _embeddings(self) -> int:
        """Weights of embedding and head over the width."""
        return self.vocabulary * (1 if self.tied else 2)

    @property
    def _counted_embeddings(self) -> int:
        """Weights of embedding and head over the width, as far as sizes count them."""
        return self._embeddings if self.counts == "total" else 0

    def _require_layers(self, count: FloatArray) -> None:
        fine = np.isfinite(count) & (count >= self.smallest_params)
        if not fine.all():
            what = f"one layer of width {self.aspect:g}"
            if self.counts == "total":
                what += f" with its vocabulary of {self.vocabulary}"
            raise PlanError(
                f"params = {count[~fine][0]:g} must be finite and at least "
                f"{human(self.smallest_params)}, {what}; plan larger models, or give the aspect "
                "(width over layers) and vocabulary of models that are this small"
            )
