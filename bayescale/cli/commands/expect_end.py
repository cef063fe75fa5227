"""Say where a run in progress will end, from finished runs of its schedule."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.completing import complete_fit
from bayescale.cli.inputs import read_fit, read_runs
from bayescale.cli.options import FigureFile, Json, Probability, RunsTable, amount
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.measures import NUMBER, TOKENS
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale expect-end large checkpoints.csv --run run_id",
    "bayescale expect-end large checkpoints.csv --run run_id --total-tokens 100B --at 15% "
    "--fit fit.nc --figure outlook.png",
)


@described
class Answer(TypedDict):
    """Where a run in progress will end."""

    run: str
    """The run."""
    total_tokens: float
    """The tokens of the whole run."""
    looks: list[dict[str, float | None]]
    """For each look at it, the latest last: its progress, tokens and loss then, median, lower and
    upper of the loss at its end, and pace with its interval: it goes like a run of so many times
    its compute was expected to."""
    expected_by: str
    """What says what was expected before the run began; empty if nothing does."""
    rungs: list[dict[str, Any]]
    """Each finished run, left out and foretold from the others."""
    path: list[dict[str, float]]
    """The loss on the way to the end."""
    figure: str | None
    """Where the figure was written; null if none was asked for."""
    notes: list[NoteRecord]
    """What to know before trusting it."""


@takes_table
def expect_end(
    *,
    reading: dict[str, Any],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The run in progress, as the table calls it.")
    ],
    curves: RunsTable,
    total_tokens: Annotated[
        float | None,
        amount(TOKENS, "The tokens of the whole run; as the finished ones by default.", "TOKENS"),
    ] = None,
    at: Annotated[
        list[float],
        amount(
            NUMBER, "How far it had come when it is looked at, such as 15%; repeatable.", "SHARE"
        ),
    ] = [],  # noqa: B006
    rate: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The learning rate, kept with --column NAME=COLUMN."),
    ] = None,
    fit: Annotated[
        Path | None,
        typer.Option(
            metavar="FIT",
            help="A fit of finished runs, which counts too.",
            autocompletion=complete_fit,
        ),
    ] = None,
    figure: FigureFile = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Say where a run in progress will end, from finished runs of its schedule."""
    from bayescale.cli.drawing import require_figure, with_figure
    from bayescale.forecasting.expecting import expect_end as expect

    require_figure(figure, *curves)
    table = read_runs(curves, reading)
    known = None if fit is None else read_fit(fit)
    with step("comparing curves"):
        found = expect(
            table,
            name,
            total_tokens=total_tokens,
            at=at or None,
            rate=rate,
            fit=known,
            ci_prob=ci_prob,
        )
    print_answer(
        as_json,
        with_figure(found, figure),
        command="expect-end",
        ci_prob=found.ci_prob,
        of=[table] if known is None else [table, known],
        run=found.run,
        total_tokens=found.total_tokens,
        looks=records_of(found.table),
        expected_by=found.expected_by,
        rungs=records_of(found.rungs),
        path=records_of(found.path),
        figure=None if figure is None else str(figure),
        notes=notes_of(found.notes),
    )
