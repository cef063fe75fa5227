"""Replay the decision of a sweep at earlier points of it, and judge it by the later runs."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.completing import complete_model
from bayescale.cli.drawing import require_figure, with_figure
from bayescale.cli.fitting import load_sampler, takes_model
from bayescale.cli.inputs import read_runs
from bayescale.cli.options import FigureFile, Json, RunsTable, Seed, amount
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.measures import FLOPS

PANEL = Panel.COMPARE
EXAMPLES = (
    "bayescale backtest simulated --random-seed 1",
    "bayescale backtest runs.csv --model chinchilla --cut 1% --cut 10% --figure backtest.png",
)


@described
class Answer(TypedDict):
    """What would have been decided at earlier points of a sweep, and what came of it."""

    summary: str
    """What it comes to, in a sentence."""
    flops: float
    """The budget that is decided."""
    best: dict[str, float] | None
    """The params and tokens of the plan by all runs; null where no form can plan."""
    table: list[dict[str, Any]]
    """Each cut and form: what was recommended, its regret, and how the later runs came out."""
    figure: str | None
    """Where the figure was written; null if none was asked for."""
    notes: list[NoteRecord]
    """What the table says."""


@takes_table
@takes_model
def backtest(
    *,
    reading: dict[str, Any],
    fitting: dict[str, Any],
    runs: RunsTable,
    models: Annotated[
        list[str],
        typer.Option(
            "--model",
            metavar="MODEL",
            help="A model card; repeatable. Without any, the two that extrapolate best.",
            autocompletion=complete_model,
        ),
    ] = [],  # noqa: B006
    cuts: Annotated[
        list[float],
        amount(
            FLOPS,
            "Fit the runs up to this compute, or share of that of the largest run; repeatable.",
            "FLOPS|SHARE",
            "--cut",
        ),
    ] = [],  # noqa: B006
    flops: Annotated[
        float | None,
        amount(FLOPS, "The budget to decide; the compute of the largest run by default.", "FLOPS"),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Make each fit as long as one alone.")] = (
        False
    ),
    folder: Annotated[
        Path | None, typer.Option(help="Keep the fits here, to go on where it was stopped.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="How many fits at a time; one a core by default.")
    ] = None,
    figure: FigureFile = None,
    random_seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Replay the decision of a sweep at earlier points of it, and judge it by the later runs."""
    require_figure(figure, *runs)
    table = read_runs(runs, reading, fitting.get("pool", {}).values())
    load_sampler()
    from bayescale.auditing.backtesting import backtest as replay
    from bayescale.evaluation.forming import FORMS

    found = replay(
        table,
        models or FORMS,
        cuts=cuts or None,
        flops=flops,
        random_seed=random_seed,
        full=full,
        folder=folder,
        jobs=jobs,
        **fitting,
    )
    best = found.plan and found.plan.committed.isel(budget=0)
    print_answer(
        as_json,
        with_figure(found, figure),
        command="backtest",
        of=[table],
        summary=found.summary,
        flops=found.flops,
        best=best and {name: float(best[name]) for name in ("params", "tokens")},
        table=records_of(found.table.reset_index()),
        figure=None if figure is None else str(figure),
        notes=notes_of(found.notes),
    )
