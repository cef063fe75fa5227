"""Predict the loss, or what else the law predicts, at given inputs."""

from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, print_answer
from bayescale.cli.inputs import choose_fits, fits_of
from bayescale.cli.options import Assumed, FitFiles, Json, Levels, Probability
from bayescale.cli.panels import Panel
from bayescale.cli.targets import takes_targets
from bayescale.core.progress import step

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale predict fit.nc --params 7B --params 70B --tokens 1.4T",
    "bayescale predict fit.nc --params 7B --tokens 1.4T --ci-prob 95% --new-run",
    "bayescale predict fit.nc other.nc --weights fit=1,other=2 --params 7B --tokens 1.4T --sources",
)


@described
class Answer(TypedDict):
    """Predictions, one row for each target.

    A row holds the counts of the target, how far it lies beyond the runs, and median, lower and
    upper of what is predicted.
    """

    predictions: list[dict[str, float | None]]
    """Of the surface, or of one new run where that was asked for."""
    mean_surface: list[dict[str, float | None]]
    """Where the law lies."""
    one_new_run: list[dict[str, float | None]]
    """What a single training run may show, with its noise."""
    sources: list[dict[str, float | None]]
    """For each target the shares of floor, parameters, form and noise in the squared width of one
    new run, that width relative to the loss, and what a floor higher by 0.1 would do to it."""
    notes: list[NoteRecord]
    """What speaks against it: the best runs alone, where they foretell another loss."""


@takes_targets
def predict(
    *,
    asked: dict[str, Any],
    fit: FitFiles,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    new_run: Annotated[bool, typer.Option(help="Include the noise of one new run.")] = False,
    sources: Annotated[
        bool, typer.Option(help="Say how much of the width floor, form and noise bring.")
    ] = False,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Predict the loss, or what else the law predicts, at given inputs."""
    from bayescale.cli.prediction import predict_both

    chosen = choose_fits(fit, in_group, assume)
    with step("predicting"):
        text, content = predict_both(chosen, asked, new_run, ci_prob, sources)
    print_answer(as_json, text, command="predict", of=fits_of(chosen), **content)
