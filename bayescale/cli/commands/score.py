"""Say how well a fit foretold runs that it was not fitted to."""

from typing import Any, TypedDict

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
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
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.progress import step

PANEL = Panel.COMPARE
EXAMPLES = ("bayescale score fit.nc held_out.csv --ci-prob 95%",)


@described
class Answer(TypedDict):
    """How well a fit foretold runs."""

    elpd: float
    """Log predictive density of all runs; larger is better."""
    error: float
    """Mean absolute relative error of the predicted medians."""
    bias: float
    """Mean relative error; positive where they are too high."""
    coverage: float
    """Share of the runs inside their interval."""
    runs: list[dict[str, Any]]
    """Each run: its inputs, what came out, median, lower and upper of its prediction."""
    notes: list[NoteRecord]
    """What to know before trusting the score."""


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
    with step("scoring"):
        found = score_runs(chosen, held_out, ci_prob=ci_prob, ci_kind=ci_kind)
    print_answer(
        as_json,
        found,
        command="score",
        ci_prob=found.ci_prob,
        of=[chosen, held_out],
        elpd=found.elpd,
        error=found.error,
        bias=found.bias,
        coverage=found.coverage,
        runs=records_of(found.table.reset_index()),
        notes=notes_of(found.notes),
    )
