"""Fit a model to a table of training runs by NUTS."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bayescale.cli.completing import complete_model
from bayescale.cli.fitting import load_sampler, takes_fitting
from bayescale.cli.inputs import read_runs, require_output
from bayescale.cli.keeping import FitAnswer, keep_fit
from bayescale.cli.options import Json, RunsTable, Seed
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.FIT
USUAL_MODEL = "chinchilla"
"""What is fitted where nothing else is asked for."""
EXAMPLES = (
    "bayescale fit runs.csv --column params=n_params --column tokens=n_tokens "
    "--column loss=val_loss",
    "bayescale fit simulated --model outer_power --prior 'E=1.6 to 2.0' --out other.nc",
)


Answer = FitAnswer


@takes_table
@takes_fitting
def fit(
    *,
    reading: dict[str, Any],
    fitting: dict[str, Any],
    runs: RunsTable,
    out: Annotated[Path, typer.Option(help="Where to write the fit.")] = Path("fit.nc"),
    model: Annotated[
        str | None,
        typer.Option(
            help=f"A model card, by name or path; {USUAL_MODEL} by default.",
            autocompletion=complete_model,
        ),
    ] = None,
    random_seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Fit a model to a table of training runs by NUTS."""
    require_output(out, *runs, model)
    table = read_runs(runs, reading, fitting.get("pool", {}).values())
    if model is None:
        model = USUAL_MODEL
        typer.echo(
            f"Fitting {model}, which may bend: of the forms tried on public runs none foretold "
            "larger ones better by much. --model names another, and `bayescale forms` mixes two.",
            err=True,
        )
    from bayescale.model.catalogue import get_model

    get_model(model)  # an unknown model is said before PyMC is imported
    fit_runs = load_sampler()
    keep_fit(fit_runs(table, model, random_seed=random_seed, **fitting), out, as_json)
