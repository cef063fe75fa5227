"""Put a forecast on record before the run is trained."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer
from bayescale.cli.inputs import choose_fits, fits_of, parse_inputs
from bayescale.cli.limits import Weights
from bayescale.cli.options import Assumed, FitFiles, Inputs, Json, Levels, Seed, amount
from bayescale.cli.panels import Panel
from bayescale.core.measures import FLOPS, NUMBER, PARAMS, TOKENS
from bayescale.core.progress import step
from bayescale.forecasting.content import Content

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale forecast fit.nc --params 7B --tokens 1.4T --to 7b.json",
    "bayescale forecast fit.nc other.nc --params 20B --params 40B --tokens 4T --to both.json",
)


@described
class Answer(TypedDict):
    """A forecast that was put on record."""

    file: str
    """Where it was written."""
    forecast: Content
    """What stands in it."""


def forecast(
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
    weights: Weights = None,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write; it must not be there yet.")
    ] = Path("forecast.json"),
    random_seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Put a forecast on record before the run is trained."""
    from bayescale.forecasting.forecast import require_new
    from bayescale.forecasting.making import forecast as foretell

    require_new(to)
    given = {"params": params, "tokens": tokens, "flops": flops}
    given |= {"unique_tokens": unique_tokens, "loss": loss}
    asked: dict[str, Any] = {name: values for name, values in given.items() if values}
    asked |= {"inputs": parse_inputs(inputs), "random_seed": random_seed, "weights": weights}
    chosen = choose_fits(fit, in_group, assume)
    with step("predicting"):
        found = foretell(chosen, **asked)
    found.save(to)
    print_answer(
        as_json,
        f"{found}\n\nThe forecast is in {to}. Commit it, or send it to someone, before the run "
        f"starts. What came of it:\nbayescale settle {to} RESULTS",
        command="forecast",
        of=fits_of(chosen),
        file=str(to),
        forecast=found.to_content(),
    )
