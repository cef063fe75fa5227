"""The limits of a plan, each declared once.

The options of the command line, a plan in words, what a plan holds of its question, and the lines
that make it again iterate over `LIMITS`. `bayescale.planning.feasible` does the mathematics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from bayescale.planning.kinds import (
    BYTES,
    DOLLARS,
    FLOPS,
    HARDWARE,
    HOURS,
    NUMBER,
    NUMBERS,
    PARAMS,
    POOL,
    RISK,
    RULE,
    TOKENS,
    Kind,
)
from bayescale.planning.spelling import plain

if TYPE_CHECKING:
    from bayescale.compute.accounting import FlopsRule
    from bayescale.compute.hardware import Hardware
    from bayescale.planning.choices import Inputs
    from bayescale.planning.pools import Pool
    from bayescale.planning.risk import Risk

TOLERANCE = 0.001
"""Relative loss within which a size counts as nearly optimal."""

BINDING = {
    "tokens": "the tokens bind",
    "tokens_per_param": "the tokens per parameter bind",
    "size": "the size of the model binds",
}
"""What a limit may bind, and the words for it."""


@dataclass(frozen=True)
class Limit:
    """One thing that a plan may be asked to keep to.

    Attributes
    ----------
    name : str
        The keyword of `bayescale.allocate`, and the key of `Plan.limits`.
    kind : Kind
        What its value is: how it is read, written and said.
    help : str
        Its option in a few words; empty if the command line does not take it.
    says : str
        The phrase that a plan in words has for it, with ``{}`` for the value; empty if none.
    option : str
        The option, where it is not that of the name.
    usual : str, optional
        The text of the value that goes without saying.
    many : bool
        Whether it takes several values, each an option of its own.
    joined : str
        What stands between several values in words.
    budget : bool
        Whether it is a budget.
    positive : bool
        Whether only positive numbers make sense.
    least : float, optional
        Counts below this must have been given in millions or billions.
    binds : str, optional
        What it binds, one of `BINDING`.
    of_fits : bool
        Whether it is about several fits, and not about what is planned with one.
    """

    name: str
    kind: Kind
    help: str = ""
    says: str = ""
    option: str = ""
    usual: str | None = None
    many: bool = False
    joined: str = " or "
    budget: bool = False
    positive: bool = False
    least: float | None = None
    binds: str | None = None
    of_fits: bool = False

    @property
    def flag(self) -> str:
        """The option of the command line."""
        return self.option or f"--{self.name.replace('_', '-')}"

    @property
    def default(self) -> Any:
        """The value where none is given."""
        return None if self.usual is None else self.kind.read(self.usual)

    def as_plain(self, value: Any) -> Any:
        """Return a value as a plan holds it: plain numbers, and None where nothing is given."""
        if self.many and isinstance(value, Sequence):
            return [self.kind.tidy(one) for one in value] or None
        return None if value is None else self.kind.tidy(value) or None

    def is_usual(self, value: Any) -> bool:
        """Whether a value goes without saying."""
        return value is None or (self.usual is not None and self.kind.write(value) == self.usual)

    def in_words(self, value: Any) -> str:
        """Say a value, without the phrase around it."""
        if not self.many or isinstance(value, Mapping):
            return self.kind.say(value)
        return self.joined.join(map(self.kind.say, self.kind.split(value)))

    def texts(self, value: Any) -> list[str | None]:
        """Return the texts of the options that give a value; None for one that no text says."""
        return [self.kind.write(one) for one in (self.kind.split(value) if self.many else [value])]


LIMITS = (
    Limit(
        "flops",
        FLOPS,
        "A budget in FLOPs, such as 1e24; repeatable.",
        many=True,
        budget=True,
    ),
    Limit(
        "gpu_hours",
        HOURS,
        "A budget in hours of one accelerator, such as 1M or '512 x 30 days'; repeatable.",
        "{} GPU hours",
        many=True,
        budget=True,
    ),
    Limit(
        "dollars",
        DOLLARS,
        "A budget in dollars for the hardware, such as $1.2M; repeatable.",
        "{}",
        many=True,
        budget=True,
    ),
    Limit(
        "hardware",
        HARDWARE,
        "What trains, in parts: flops_per_second, utilization, price_per_hour, name.",
        "training on {}",
    ),
    Limit(
        "unique_tokens",
        TOKENS,
        "Distinct tokens at hand, such as 2T.",
        "{} unique tokens",
        positive=True,
        least=1e5,
        binds="tokens",
    ),
    Limit(
        "max_epochs",
        NUMBER,
        "How often they may be used; by default as the law thinks best, or once.",
        "at most {} epochs",
        positive=True,
        binds="tokens",
    ),
    Limit(
        "max_params",
        PARAMS,
        "The largest model.",
        "at most {} parameters",
        positive=True,
        least=1e4,
        binds="size",
    ),
    Limit(
        "max_memory",
        BYTES,
        "What holds the weights, such as 80GB.",
        "weights in at most {}",
        positive=True,
        least=1e6,
        binds="size",
    ),
    Limit(
        "bytes_per_param",
        NUMBER,
        "Bytes that each weight takes there; 2 by default.",
        "{} bytes for each weight",
        positive=True,
    ),
    Limit(
        "max_tokens_per_param",
        NUMBER,
        "The most tokens per parameter.",
        "at most {} tokens per parameter",
        positive=True,
        binds="tokens_per_param",
    ),
    Limit(
        "inference_tokens",
        TOKENS,
        "Tokens the model will serve.",
        "{} tokens to be served, which the budget pays for",
        least=1e6,
    ),
    Limit(
        "serving",
        HARDWARE,
        "What serves them, as --hardware; what trains by default.",
        "serving on {}",
    ),
    Limit(
        "candidates",
        PARAMS,
        "A size to choose from; repeatable.",
        "a size among {}",
        option="--candidate",
        many=True,
        positive=True,
        least=1e4,
    ),
    Limit(
        "pools",
        POOL,
        "Tokens of one quality, such as tokens=1T,quality=0.5,name=web; repeatable.",
        "tokens from {}",
        option="--pool",
        many=True,
        joined=" and ",
    ),
    Limit(
        "rule",
        RULE,
        "What a token costs: as in the runs by default, or 6ND, or "
        "Transformer,vocabulary=V,context=T.",
        "{}",
    ),
    Limit(
        "risk",
        RISK,
        "What the plan minimises: mean by default, quantile:0.9 or cvar:0.9.",
        "the least {} loss",
        usual="mean",
    ),
    Limit(
        "inputs",
        NUMBERS,
        "A further input, such as experts=8; repeat it to offer a choice.",
        "{}",
        option="--input",
        many=True,
    ),
    Limit(
        "tolerance",
        NUMBER,
        f"Relative loss within which a size is nearly optimal; {TOLERANCE:g} by default.",
        usual=plain(TOLERANCE),
    ),
    Limit(
        "weights",
        NUMBERS,
        "How much each of several fits counts, by the name of its file: a=0.7,b=0.3.",
        of_fits=True,
    ),
)

BUDGETS = tuple(limit.name for limit in LIMITS if limit.budget)
"""The units in which a budget may be given."""


class _Limits(TypedDict, total=False):
    hardware: "Hardware | None"
    max_epochs: float | None
    max_params: float | None
    max_memory: float | None
    bytes_per_param: float | None
    max_tokens_per_param: float | None
    inference_tokens: float | None
    serving: "Hardware | None"
    pools: "Sequence[Pool] | None"
    rule: "FlopsRule | None"
    inputs: "Inputs | None"
    tolerance: float


class LimitsOfExpected(_Limits, total=False):
    """Every limit where any size may be chosen, and is by the expected loss."""

    unique_tokens: float | None


class LimitsBesideData(_Limits, total=False):
    """The keywords of `bayescale.allocate` beside budgets, unique tokens and weights of fits."""

    candidates: Sequence[float] | None
    risk: "Risk"


class LimitArguments(LimitsBesideData, total=False):
    """Every limit, for questions that have a budget of their own."""

    unique_tokens: float | None


class PlanArguments(LimitArguments, total=False):
    """Every limit and, beside FLOPs, every budget."""

    gpu_hours: float | Sequence[float] | None
    dollars: float | Sequence[float] | None
