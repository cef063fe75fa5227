"""Say how many times the compute would do what more unique tokens do."""

from typing import Annotated, Any, TypedDict

from bayescale.cli.answer import described, print_answer
from bayescale.cli.inputs import choose_fits, fits_of
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, FitFiles, Json, Levels, Probability, amount
from bayescale.cli.panels import Panel
from bayescale.core.measures import FLOPS, TOKENS
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale worth-of-data fit.nc --flops 1e24 --unique-tokens 500B --more-tokens 500B "
    "--assume data_constrained",
)


@described
class Answer(TypedDict):
    """What more unique tokens are worth in compute."""

    compute_multiple: list[float | None]
    """Lower end, median and upper end of how many times the budget does the same; null where no
    compute would do."""
    no_compute_does: float
    """The probability that no compute does what the tokens do."""


@takes_limits(budgets=False, beside=("unique_tokens",))
def worth_of_data(
    *,
    fit: FitFiles,
    flops: Annotated[float, amount(FLOPS, "The budget.", "FLOPS")],
    unique_tokens: Annotated[float, amount(TOKENS, "Distinct tokens at hand.", "TOKENS")],
    more_tokens: Annotated[float, amount(TOKENS, "How many more are offered.", "TOKENS")],
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
    **limits: Any,
) -> None:
    """Say how many times the compute would do what more unique tokens do."""
    from bayescale.planning.returns import describe_worth
    from bayescale.planning.returns import worth_of_data as worth_of
    from bayescale.posterior.intervals import credible_interval, interval_settings

    chosen = choose_fits(fit, in_group, assume)
    with step("searching for the budget"):
        found = worth_of(
            chosen,
            flops=flops,
            unique_tokens=unique_tokens,
            more_tokens=more_tokens,
            **gather(limits),
        )
    interval = credible_interval(found, ci_prob)
    print_answer(
        as_json,
        describe_worth(found, more_tokens, ci_prob),
        command="worth-of-data",
        ci_prob=interval_settings(ci_prob)[0],
        of=fits_of(chosen),
        compute_multiple=[float(interval[key]) for key in ("lower", "median", "upper")],
        no_compute_does=float((~(found < float("inf"))).mean()),
    )
