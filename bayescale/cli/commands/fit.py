"""Fit a model to a table of training runs by NUTS."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bayescale.cli.inputs import parse_pairs, read_runs, require_output
from bayescale.cli.options import (
    Json,
    RunsTable,
    Seed,
)
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.FIT


@takes_table
def fit(
    *,
    reading: dict[str, Any],
    runs: RunsTable,
    out: Annotated[Path, typer.Option(help="Where to write the fit.")] = Path("fit.nc"),
    model: Annotated[str, typer.Option(help="A model card, by name or path.")] = "chinchilla",
    pool: Annotated[
        list[str],
        typer.Option(metavar="NAME=GROUP", help="A parameter that groups share in part."),
    ] = [],  # noqa: B006
    noise_with: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Let the noise fall as a power of a column, such as flops."
        ),
    ] = None,
    discrepancy: Annotated[
        bool | None,
        typer.Option(
            "--discrepancy/--no-discrepancy",
            help="Whether the truth may bend away from the law; as the card says by default.",
        ),
    ] = None,
    random_seed: Seed = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws for each chain.")] = 1000,
    tune: Annotated[int, typer.Option(min=0, help="Draws of adaptation for each chain.")] = 500,
    chains: Annotated[int, typer.Option(min=1, help="Number of chains.")] = 4,
    as_json: Json = False,
) -> None:
    """Fit a model to a table of training runs by NUTS."""
    pooled = parse_pairs("pool", "NAME=GROUP", pool)
    require_output(out, runs, model)
    table = read_runs(runs, reading, pooled.values())
    from bayescale.model.catalogue import get_model

    get_model(model)  # an unknown model is said before PyMC is imported
    from bayescale.cli.keeping import keep_fit
    from bayescale.inference.fitting import fit as fit_runs

    found = fit_runs(
        table,
        model,
        pool=pooled or None,
        noise_with=noise_with,
        discrepancy=discrepancy,
        random_seed=random_seed,
        draws=draws,
        tune=tune,
        chains=chains,
    )
    keep_fit(found, out, as_json)
