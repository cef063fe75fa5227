"""Say how much compute new runs are worth against a fit."""

from typing import Any

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
from bayescale.cli.output import print_out, records_of
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.COMPARE


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
    from bayescale.evaluation.multiplier import versus as compare_runs

    found = compare_runs(
        choose_fit(fit, in_group, assume),
        read_runs(runs, reading),
        random_seed=random_seed,
    )
    print_out(as_json, found, summary=records_of(found.summary(ci_prob).reset_index()))
