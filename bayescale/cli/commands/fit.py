"""Fit a model to a table of training runs by NUTS."""

from pathlib import Path
from typing import Annotated

import typer

from bayescale.cli.inputs import parse_pairs, read_runs, require_output
from bayescale.cli.options import (
    BadRows,
    Columns,
    FlopsRule,
    Groups,
    Json,
    RunColumn,
    RunsTable,
    Seed,
)
from bayescale.cli.panels import Panel

PANEL = Panel.FIT


def fit(
    runs: RunsTable,
    out: Annotated[Path, typer.Option(help="Where to write the fit.")] = Path("fit.nc"),
    model: Annotated[str, typer.Option(help="A model card, by name or path.")] = "chinchilla",
    columns: Columns = [],  # noqa: B006
    groups: Groups = [],  # noqa: B006
    run: RunColumn = None,
    pool: Annotated[
        list[str],
        typer.Option(metavar="NAME=GROUP", help="A parameter that groups share in part."),
    ] = [],  # noqa: B006
    discrepancy: Annotated[
        bool | None,
        typer.Option(
            "--discrepancy/--no-discrepancy",
            help="Whether the truth may bend away from the law; as the card says by default.",
        ),
    ] = None,
    bad_rows: BadRows = "error",
    flops_rule: FlopsRule = "6ND",
    random_seed: Seed = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws for each chain.")] = 1000,
    chains: Annotated[int, typer.Option(min=1, help="Number of chains.")] = 4,
    as_json: Json = False,
) -> None:
    """Fit a model to a table of training runs by NUTS."""
    pooled = parse_pairs("pool", "NAME=GROUP", pool)
    kept = list(dict.fromkeys([*groups, *(set(pooled.values()) - {"configuration"})]))
    require_output(out, runs, model)
    table = read_runs(runs, columns, kept, run, bad_rows, flops_rule)
    from bayescale.model.card import get_model

    card = get_model(model)
    from bayescale.cli.keeping import keep_fit
    from bayescale.inference.fitting import fit as fit_runs

    found = fit_runs(
        table,
        card,
        pool=pooled or None,
        discrepancy=discrepancy,
        random_seed=random_seed,
        draws=draws,
        chains=chains,
    )
    keep_fit(found, out, as_json)
