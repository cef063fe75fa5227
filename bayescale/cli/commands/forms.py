"""Fit several forms to the same runs, and weigh them by how they foretell the larger ones."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.completing import complete_model
from bayescale.cli.fitting import load_sampler, takes_fitting
from bayescale.cli.inputs import read_runs
from bayescale.cli.options import Json, RunsTable, Seed
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.files import make_folder, require_writable
from bayescale.core.progress import step

PANEL = Panel.COMPARE
EXAMPLES = ("bayescale forms simulated --model chinchilla --model outer_power --random-seed 1",)


@described
class Answer(TypedDict):
    """Fits of several forms, and how much each counts."""

    fits: dict[str, str]
    """Where the fit of each form was saved."""
    weights: dict[str, float]
    """How much each form counts; they sum to one."""
    scores: list[dict[str, Any]]
    """How each form foretold the runs above each cut in compute."""
    notes: list[NoteRecord]
    """What to know of the weights."""


@takes_table
@takes_fitting
def forms(
    *,
    reading: dict[str, Any],
    fitting: dict[str, Any],
    runs: RunsTable,
    model: Annotated[
        list[str],
        typer.Option(
            help="A model card; repeatable. Without any, the two that extrapolate best.",
            autocompletion=complete_model,
        ),
    ] = [],  # noqa: B006
    out: Annotated[Path, typer.Option(help="The folder to write the fits to.")] = Path("forms"),
    random_seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Fit several forms to the same runs, and weigh them by how they foretell the larger ones."""
    table = read_runs(runs, reading, fitting.get("pool", {}).values())
    load_sampler()
    from bayescale.evaluation.forming import FORMS, fit_forms

    make_folder(out)
    require_writable(out / "fit.nc")
    found = fit_forms(table, model or FORMS, random_seed=random_seed, **fitting)
    places = {name: out / f"{name.replace(' ', '_')}.nc" for name in found}
    with step("saving the fits"):
        for name, place in places.items():
            found[name].save(place)
    files = " ".join(str(place) for place in places.values())
    shares = ",".join(f"{places[name].stem}={share:.3f}" for name, share in found.weights.items())
    print_answer(
        as_json,
        f"{found}\n\nThe fits are in {out}/. To plan with all of them:\n"
        f"bayescale allocate {files} --weights {shares} --flops 1e24",
        command="forms",
        of=found.values(),
        fits={name: str(place) for name, place in places.items()},
        weights=found.weights,
        scores=records_of(found.scores.reset_index()),
        notes=notes_of(found.notes),
    )
