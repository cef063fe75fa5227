"""Say what came of a forecast, or of a folder of them."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.inputs import choose_fits, read_runs
from bayescale.cli.options import FigureFile, Json, RunsTable, amount
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.measures import NUMBER
from bayescale.core.progress import step

PANEL = Panel.COMPARE
EXAMPLES = (
    "bayescale settle larger.json held_out.csv",
    "bayescale settle forecasts held_out.csv --figure record.png",
)


@described
class Answer(TypedDict):
    """What came of forecasts."""

    error: float
    """Mean absolute relative error of the medians."""
    bias: float
    """Mean relative error; positive where they are too high."""
    wis: float
    """Mean weighted interval score, in the unit of what was foretold; less is better."""
    coverage: list[dict[str, float]]
    """By interval: runs, how many are inside, and between which shares nine of ten honest records
    of as many independent runs would lie."""
    forecasts: list[dict[str, Any]]
    """Each forecast: its runs, how many are inside the 90% interval, error, bias and score."""
    runs: list[dict[str, Any]]
    """Each run beside what was foretold of it; within is the probability of the least interval that
    holds it, one if none does, pit the probability that was foretold of less."""
    figure: str | None
    """Where the figure was written; null if none was asked for."""
    notes: list[NoteRecord]
    """What to know before trusting it."""


@takes_table
def settle(
    *,
    reading: dict[str, Any],
    forecast: Annotated[
        Path, typer.Argument(metavar="FORECAST", help="A forecast on record, or a folder of them.")
    ],
    runs: RunsTable,
    tolerance: Annotated[
        float,
        amount(NUMBER, "How far a run may be from what was asked, such as 2%.", "SHARE"),
    ] = 0.01,
    made_by: Annotated[
        list[Path],
        typer.Option(metavar="FIT", help="The fit that it was made from, to see that it was."),
    ] = [],  # noqa: B006
    figure: FigureFile = None,
    as_json: Json = False,
) -> None:
    """Say what came of a forecast, or of a folder of them."""
    from bayescale.cli.drawing import require_figure, with_figure
    from bayescale.forecasting.settling import settle as settle_forecasts

    require_figure(figure, forecast, *runs)
    table = read_runs(runs, reading)
    chosen = choose_fits(made_by, [], None) if made_by else None
    with step("settling"):
        found = settle_forecasts(forecast, table, tolerance=tolerance, made_by=chosen)
    print_answer(
        as_json,
        with_figure(found, figure),
        command="settle",
        of=[table],
        error=found.error,
        bias=found.bias,
        wis=found.wis,
        coverage=records_of(found.coverage.reset_index()),
        forecasts=records_of(found.forecasts.reset_index()),
        runs=records_of(found.table),
        figure=None if figure is None else str(figure),
        notes=notes_of(found.notes),
    )
