"""Compare models on the same runs by LOO and by largest-compute-out."""

from typing import Annotated, Any

import typer

from bayescale.cli.inputs import read_runs
from bayescale.cli.options import (
    Json,
    Probability,
    RunsTable,
    Seed,
    read_count,
)
from bayescale.cli.output import print_out
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.COMPARE


@takes_table
def compare(
    *,
    reading: dict[str, Any],
    runs: RunsTable,
    model: Annotated[list[str], typer.Option(help="A model card; repeat it.")],
    cut: Annotated[
        float | None,
        typer.Option(
            parser=read_count, metavar="COUNT", help="Fit below this compute, score above."
        ),
    ] = None,
    random_seed: Seed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Compare models on the same runs by LOO and by largest-compute-out."""
    table = read_runs(runs, reading)
    from bayescale.model.catalogue import get_model

    cards = {name: get_model(name) for name in model}
    from bayescale.core.text import format_table
    from bayescale.evaluation.comparing import compare as compare_fits
    from bayescale.inference.fitting import fit as fit_runs

    fits = {name: fit_runs(table, card, random_seed=random_seed) for name, card in cards.items()}
    comparison = compare_fits(fits, cut=cut, ci_prob=ci_prob)
    text = [
        f"LOO (interpolation)\n{format_table(comparison.loo)}\n",
        f"Largest-compute-out (extrapolation)\n{format_table(comparison.largest)}\n",
        *map(str, comparison.notes),
    ]
    print_out(
        as_json,
        "\n".join(text),
        best=comparison.best,
        cut=comparison.cut,
        ci_prob=comparison.ci_prob,
        loo=comparison.loo.to_dict("index"),
        largest=comparison.largest.to_dict("index"),
        notes=[vars(note) for note in comparison.notes],
    )
