"""Predict the loss, or what else the law predicts, at given inputs."""

from typing import Annotated, Any

import typer

from bayescale.cli.inputs import choose_fit, parse_inputs
from bayescale.cli.options import Assumed, Counts, FitFile, Inputs, Json, Levels, Probability, Seed
from bayescale.cli.output import print_out, records_of
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
    from bayescale.core.text import format_table
    from bayescale.posterior.intervals import credible_interval, interval_settings
    from bayescale.posterior.predicting import predict as predict_loss

    given = {"params": params, "tokens": tokens, "flops": flops}
    given |= {"unique_tokens": unique_tokens, "loss": loss}
    asked: dict[str, Any] = {name: values for name, values in given.items() if values}
    asked |= {"inputs": parse_inputs(inputs), "new_run": new_run, "random_seed": random_seed}
    chosen = choose_fit(fit, in_group, assume)
    found = predict_loss(chosen, **asked)
    prob, _ = interval_settings(ci_prob)
    table = credible_interval(found, prob).to_dataframe()
    shown = format_table(table.rename(columns={"extrapolation": "decades beyond the runs"}))
    bounds = f"lower and upper bound {prob:.0%} intervals of the {found.name}"
    print_out(as_json, f"{shown}\n{bounds}", ci_prob=prob, predictions=records_of(table))
