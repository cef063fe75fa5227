"""Say how much compute new runs are worth against a fit."""

from typing import Any, TypedDict

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.inputs import choose_fit, read_runs
from bayescale.cli.options import (
    Assumed,
    FitFile,
    Json,
    Levels,
    Probability,
    RunsTable,
    Seed,
)
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.progress import step

PANEL = Panel.COMPARE
EXAMPLES = ("bayescale versus fit.nc new_runs.csv --random-seed 1",)


@described
class Answer(TypedDict):
    """How much compute new runs are worth."""

    resource: str
    """What is multiplied: compute, or what else the law knows of."""
    summary: list[dict[str, Any]]
    """Each run and all of them: median, lower and upper of the multiplier, and the probability
    that none gives its loss."""
    in_flops: dict[str, float | None] | None
    """The multiplier of all runs in the FLOPs that they recorded: median, lower and upper; null if
    a token cost them what it cost the baseline, or if it is not known."""
    in_time: dict[str, float | None] | None
    """The same in time, where both tables have tokens_per_second."""
    resolves: float
    """The least multiplier that runs like these tell from one four times in five."""
    power: dict[str, float]
    """How probably they would tell a multiplier from one, by the multiplier."""
    notes: list[NoteRecord]
    """What to know before the multiplier is quoted."""


@takes_table
def versus(
    *,
    reading: dict[str, Any],
    fit: FitFile,
    runs: RunsTable,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    random_seed: Seed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Say how much compute new runs are worth against a fit."""
    from bayescale.evaluation.multiplier import EXAMPLE, describe_versus
    from bayescale.evaluation.multiplier import versus as compare_runs
    from bayescale.posterior.intervals import interval_settings

    chosen = choose_fit(fit, in_group, assume)
    new_runs = read_runs(runs, reading)
    with step("comparing with the curve"):
        found = compare_runs(chosen, new_runs, random_seed=random_seed)
    print_answer(
        as_json,
        describe_versus(found, ci_prob),
        command="versus",
        ci_prob=interval_settings(ci_prob)[0],
        of=[chosen, new_runs],
        resource=found.resource,
        summary=records_of(found.summary(ci_prob).reset_index(names="run")),
        in_flops=found.interval_of(found.in_flops, ci_prob),
        in_time=found.interval_of(found.in_time, ci_prob),
        resolves=found.resolves(ci_prob),
        power={f"{EXAMPLE:g}": found.power(EXAMPLE, ci_prob)},
        notes=notes_of(found.notes),
    )
