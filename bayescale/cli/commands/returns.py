"""Say what each doubling of the budget gains, and where it stops to pay."""

from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer, records_of
from bayescale.cli.inputs import choose_fits, fits_of
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFiles, Json, Levels, Probability, amount
from bayescale.cli.panels import Panel
from bayescale.core.measures import FLOPS, NUMBER
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = ("bayescale returns fit.nc --least-gain 0.02 --start 1e22 --unique-tokens 2T",)


@described
class Gain(TypedDict):
    """What doubling a budget gains."""

    flops: float
    """The budget."""
    loss: float
    """The median of the loss on that budget."""
    median: float
    """The median of what doubling it gains."""
    lower: float
    """The lower end of the interval."""
    upper: float
    """The upper end of the interval."""


@described
class Answer(TypedDict):
    """What each doubling of the budget gains."""

    least_gain: float
    """The loss that a doubling has to gain to be worth it."""
    pays_until: list[float | None]
    """Lower end, median and upper end of the first budget whose doubling gains less; null for more
    than any that was looked at."""
    gains: list[Gain]
    """What each doubling gains."""


@takes_limits(budgets=False)
def returns(
    *,
    fit: FitFiles,
    least_gain: Annotated[
        float, amount(NUMBER, "The loss that a doubling has to gain to be worth it.", "LOSS")
    ],
    start: Annotated[float, amount(FLOPS, "The first budget, such as 1e21.", "FLOPS")],
    doublings: Annotated[int, typer.Option(help="How many doublings to look at.")] = 20,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Say what each doubling of the budget gains, and where it stops to pay."""
    from bayescale.core.text import format_table
    from bayescale.planning.returns import describe_returns
    from bayescale.planning.returns import returns as returns_of
    from bayescale.posterior.intervals import credible_interval, interval_settings

    chosen = choose_fits(fit, in_group, assume)
    with step("planning each budget"):
        found = returns_of(
            chosen, least_gain=least_gain, start=start, doublings=doublings, **gather(limits)
        )
    until = credible_interval(found["pays_until"], ci_prob)
    gains = credible_interval(found["gain"], ci_prob).to_dataframe().reset_index(drop=True)
    gains.insert(1, "loss", found["loss"].median(["chain", "draw"]).to_numpy())
    gains = gains[["flops", "loss", "median", "lower", "upper"]]
    prob = interval_settings(ci_prob)[0]
    named = {"median": "gain of doubling it", "lower": "at least", "upper": "at most"}
    shown = format_table(gains.rename(columns=named))
    print_answer(
        as_json,
        f"{describe_returns(found, least_gain, ci_prob)}\n\n{shown}\n{prob:.0%} intervals",
        command="returns",
        ci_prob=prob,
        of=fits_of(chosen),
        least_gain=least_gain,
        pays_until=[float(until[key]) for key in ("lower", "median", "upper")],
        gains=records_of(gains),
    )
