"""Predict the loss, or what else the law predicts, at given inputs."""

from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer
from bayescale.cli.inputs import choose_fits, fits_of, parse_inputs
from bayescale.cli.limits import Weights
from bayescale.cli.options import (
    Assumed,
    FitFiles,
    Inputs,
    Json,
    Levels,
    Probability,
    Seed,
    amount,
)
from bayescale.cli.panels import Panel
from bayescale.core.measures import FLOPS, NUMBER, PARAMS, TOKENS
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale predict fit.nc --params 7B --params 70B --tokens 1.4T",
    "bayescale predict fit.nc --params 7B --tokens 1.4T --ci-prob 95% --new-run",
    "bayescale predict fit.nc other.nc --weights fit=1,other=2 --params 7B --tokens 1.4T --sources",
)


@described
class Answer(TypedDict):
    """Predictions, one row for each target.

    A row holds the counts of the target, how far it lies beyond the runs, and median, lower and
    upper of what is predicted.
    """

    predictions: list[dict[str, float | None]]
    """Of the surface, or of one new run where that was asked for."""
    mean_surface: list[dict[str, float | None]]
    """Where the law lies."""
    one_new_run: list[dict[str, float | None]]
    """What a single training run may show, with its noise."""
    sources: list[dict[str, float | None]]
    """For each target the shares of floor, parameters, form and noise in the squared width of one
    new run, that width relative to the loss, and what a floor higher by 0.1 would do to it."""


def predict(
    fit: FitFiles,
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
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    new_run: Annotated[bool, typer.Option(help="Include the noise of one new run.")] = False,
    sources: Annotated[
        bool, typer.Option(help="Say how much of the width floor, form and noise bring.")
    ] = False,
    weights: Weights = None,
    random_seed: Seed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Predict the loss, or what else the law predicts, at given inputs."""
    from bayescale.cli.prediction import predict_both

    given = {"params": params, "tokens": tokens, "flops": flops}
    given |= {"unique_tokens": unique_tokens, "loss": loss}
    asked: dict[str, Any] = {name: values for name, values in given.items() if values}
    asked |= {"inputs": parse_inputs(inputs), "random_seed": random_seed, "weights": weights}
    chosen = choose_fits(fit, in_group, assume)
    with step("predicting"):
        text, content = predict_both(chosen, asked, new_run, ci_prob, sources)
    print_answer(as_json, text, command="predict", of=fits_of(chosen), **content)
