"""Compare models on the same runs by LOO and by largest-compute-out."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer
from bayescale.cli.completing import complete_model, complete_runs
from bayescale.cli.fitting import load_sampler, takes_fitting
from bayescale.cli.inputs import choose_fits, fits_of, read_runs
from bayescale.cli.options import Json, Probability, Seed, amount
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.measures import FLOPS
from bayescale.core.progress import step
from bayescale.errors import BayescaleError

if TYPE_CHECKING:
    from bayescale.posterior.fit import Fit

PANEL = Panel.COMPARE
EXAMPLES = (
    "bayescale compare simulated --model chinchilla --model power_law --random-seed 1",
    "bayescale compare fit.nc other.nc --cut 1e20",
    "bayescale compare runs.csv --model chinchilla --model outer_power --cut 1% --cut 10%",
)


@described
class Answer(TypedDict):
    """Scores of several models on the same runs."""

    best: str
    """The model that predicts the runs of largest compute best."""
    cut: float
    """The compute up to which the models were fitted for that; the highest of several."""
    loo: dict[str, dict[str, float | int | None]]
    """By model, best first: scores of interpolation."""
    largest: dict[str, dict[str, float | int | None]]
    """By model, best first: scores of extrapolation."""
    cuts: dict[str, dict[str, float]]
    """By model, best on average first: the log density of a run above each cut."""
    notes: list[NoteRecord]
    """What the scores say."""


@takes_table
@takes_fitting
def compare(
    *,
    reading: dict[str, Any],
    fitting: dict[str, Any],
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="RUNS|FIT...",
            help="A table or a data set, to which models are fitted; or fits of the same runs.",
            autocompletion=complete_runs,
        ),
    ],
    model: Annotated[
        list[str],
        typer.Option(help="A model card to fit; repeatable.", autocompletion=complete_model),
    ] = [],  # noqa: B006
    cut: Annotated[
        list[float],
        amount(
            FLOPS,
            "Fit up to this compute, or share of that of the largest run, and score above; "
            "repeatable.",
            "FLOPS|SHARE",
        ),
    ] = [],  # noqa: B006
    random_seed: Seed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Compare models on the same runs by LOO and by largest-compute-out."""
    fits = _fits(sources, model, reading, {**fitting, "random_seed": random_seed})
    from bayescale.evaluation.comparing import compare as compare_fits
    from bayescale.evaluation.comparing import describe_comparison

    with step("comparing"):
        comparison = compare_fits(fits, cut=cut or None, ci_prob=ci_prob)
    print_answer(
        as_json,
        describe_comparison(comparison),
        command="compare",
        ci_prob=comparison.ci_prob,
        of=fits.values(),
        best=comparison.best,
        cut=comparison.cut,
        loo=comparison.loo.to_dict("index"),
        largest=comparison.largest.to_dict("index"),
        cuts=comparison.cuts.to_dict("index"),
        notes=notes_of(comparison.notes),
    )


def _fits(
    sources: list[str], models: list[str], reading: Mapping[str, Any], fitting: Mapping[str, Any]
) -> "Mapping[str, Fit]":
    """Return the fits that were named, or one of each model to the runs that were."""
    if all(source.endswith(".nc") for source in sources):
        if models:
            raise BayescaleError(
                f"--model {models[0]}: the fits are made already; leave it out, or name the runs"
            )
        chosen = choose_fits([Path(source) for source in sources], [], None)
        return chosen if isinstance(chosen, dict) else {Path(sources[0]).stem: fits_of(chosen)[0]}
    if len(sources) > 1:
        raise BayescaleError(f"{' '.join(sources)}: give one table of runs, or fits alone")
    if not models:
        raise BayescaleError("there is no model to fit; name each, such as --model chinchilla")
    table = read_runs(sources[0], reading, fitting.get("pool", {}).values())
    from bayescale.model.catalogue import get_model

    cards = {name: get_model(name) for name in models}
    fit_runs = load_sampler()
    return {name: fit_runs(table, card, **fitting) for name, card in cards.items()}
