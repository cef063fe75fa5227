"""Fit the same runs as they might as well have been fitted, and see what moves the answer."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.drawing import require_figure, with_figure
from bayescale.cli.fitting import load_sampler
from bayescale.cli.inputs import parse_pairs, read_fit
from bayescale.cli.options import FigureFile, FitFile, Json, Seed, amount
from bayescale.cli.panels import Panel
from bayescale.core.measures import FLOPS

PANEL = Panel.COMPARE
EXAMPLES = (
    "bayescale fragility fit.nc --target 1e24",
    "bayescale fragility fit.nc --figure fragility.png",
)


@described
class Answer(TypedDict):
    """How the answers of a fit move with choices that might have been made otherwise."""

    summary: str
    """The two changes that move the answer most, in a sentence."""
    flops: float
    """The target."""
    fitted: list[dict[str, Any]]
    """Each answer of the fit: its value, lower and upper end of the central 68%."""
    changes: list[dict[str, Any]]
    """Each cause, change and answer: its value, and its shift in standard deviations of the fit."""
    figure: str | None
    """Where the figure was written; null if none was asked for."""
    notes: list[NoteRecord]
    """What is said beside it."""


def fragility(
    *,
    fit: FitFile,
    target: Annotated[
        float | None,
        amount(FLOPS, "The budget asked about; ten times the largest run's by default.", "FLOPS"),
    ] = None,
    counts: Annotated[
        list[str],
        typer.Option(
            "--counted",
            metavar="NAME=COLUMN[,...]",
            help="Count the same runs by other columns of their table, such as "
            "params=params_nonembedding; repeatable.",
        ),
    ] = [],  # noqa: B006
    folder: Annotated[
        Path | None, typer.Option(help="Keep the refits here, to go on where it was stopped.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="How many refits at a time; one a core by default.")
    ] = None,
    figure: FigureFile = None,
    random_seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Fit the same runs as they might as well have been fitted, and see what moves the answer."""
    require_figure(figure, fit)
    chosen = read_fit(fit)
    load_sampler()
    from bayescale.auditing.fragile import fragility as refit

    found = refit(
        chosen,
        target=target,
        counts={text: parse_pairs("counted", "NAME=COLUMN", text.split(",")) for text in counts},
        random_seed=random_seed,
        folder=folder,
        jobs=jobs,
    )
    print_answer(
        as_json,
        with_figure(found, figure),
        command="fragility",
        of=[chosen],
        summary=found.summary,
        flops=found.flops,
        fitted=records_of(found.fitted.reset_index()),
        changes=records_of(found.table),
        figure=None if figure is None else str(figure),
        notes=notes_of(found.notes),
    )
