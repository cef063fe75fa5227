"""Say how well a fit foretold runs that it was not fitted to."""

from typing import Any

from bayescale.cli.inputs import choose_fit, read_runs
from bayescale.cli.options import (
    Assumed,
    FitFile,
    IntervalKind,
    Json,
    Levels,
    Probability,
    RunsTable,
)
from bayescale.cli.output import print_out, records_of
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.COMPARE


@takes_table
def score(
    *,
    reading: dict[str, Any],
    fit: FitFile,
    runs: RunsTable,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    ci_kind: IntervalKind = None,
    as_json: Json = False,
) -> None:
    """Say how well a fit foretold runs that it was not fitted to."""
    from bayescale.evaluation.scoring import score as score_runs

    chosen = choose_fit(fit, in_group, assume)
    held_out = read_runs(runs, reading)
    found = score_runs(chosen, held_out, ci_prob=ci_prob, ci_kind=ci_kind)
    print_out(
        as_json,
        found,
        elpd=found.elpd,
        error=found.error,
        bias=found.bias,
        coverage=found.coverage,
        ci_prob=found.ci_prob,
        runs=records_of(found.table.reset_index()),
    )
