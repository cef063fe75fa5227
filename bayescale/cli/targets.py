"""Which runs are asked about, as options that every command shares that foretells some."""

from collections.abc import Callable
from typing import Annotated, Any

from bayescale.cli.inputs import parse_inputs
from bayescale.cli.limits import Weights
from bayescale.cli.options import Inputs, Seed, amount
from bayescale.cli.sharing import shared
from bayescale.core.measures import FLOPS, NUMBER, PARAMS, TOKENS


def _asking(
    *,
    params: Annotated[list[float], amount(PARAMS, "Such as 70B; repeatable.", "PARAMS")] = [],  # noqa: B006
    tokens: Annotated[list[float], amount(TOKENS, "Such as 1.4T; repeatable.", "TOKENS")] = [],  # noqa: B006
    flops: Annotated[list[float], amount(FLOPS, "Such as 1e24; repeatable.", "FLOPS")] = [],  # noqa: B006
    unique_tokens: Annotated[
        list[float], amount(TOKENS, "Distinct tokens, such as 200B; repeatable.", "TOKENS")
    ] = [],  # noqa: B006
    loss: Annotated[
        list[float], amount(NUMBER, "For laws that take a loss; repeatable.", "LOSS")
    ] = [],  # noqa: B006
    inputs: Inputs = [],  # noqa: B006
    weights: Weights = None,
    random_seed: Seed = None,
) -> None:
    """Name the options; their values reach a command through `takes_targets`."""


def takes_targets(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for what it foretells, and what was given as one mapping ``asked``.

    The mapping holds arguments of `bayescale.predict`.
    """
    return shared(command, "asked", _gather, _asking)


def _gather(given: dict[str, Any]) -> dict[str, Any]:
    return given | {"inputs": parse_inputs(given.get("inputs", []))}
