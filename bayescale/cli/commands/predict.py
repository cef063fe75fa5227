"""Predict the loss, or what else the law predicts, at given inputs."""

from typing import Annotated, Any

import typer

from bayescale.cli.inputs import choose_fit, parse_inputs
from bayescale.cli.options import Assumed, Counts, FitFile, Inputs, Json, Levels, Probability, Seed
from bayescale.cli.output import print_out
from bayescale.cli.panels import Panel

PANEL = Panel.PLAN


def predict(
    fit: FitFile,
    params: Counts = [],  # noqa: B006
    tokens: Counts = [],  # noqa: B006
    flops: Counts = [],  # noqa: B006
    unique_tokens: Counts = [],  # noqa: B006
    loss: Counts = [],  # noqa: B006
    inputs: Inputs = [],  # noqa: B006
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    new_run: Annotated[bool, typer.Option(help="Include the noise of one new run.")] = False,
    random_seed: Seed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Predict the loss, or what else the law predicts, at given inputs."""
    from bayescale.cli.prediction import predict_both

    given = {"params": params, "tokens": tokens, "flops": flops}
    given |= {"unique_tokens": unique_tokens, "loss": loss}
    asked: dict[str, Any] = {name: values for name, values in given.items() if values}
    asked |= {"inputs": parse_inputs(inputs), "random_seed": random_seed}
    text, content = predict_both(choose_fit(fit, in_group, assume), asked, new_run, ci_prob)
    print_out(as_json, text, **content)
