"""The options that commands share, and how they are read."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bayescale.cli.completing import complete_fit, complete_model, complete_runs
from bayescale.core.measures import NUMBER, Measure
from bayescale.core.text import parse_quantity
from bayescale.errors import BayescaleError


def reading(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make a reader one whose complaints name the option."""

    def parse(text: Any) -> Any:
        try:
            # Typer reads defaults too, which are no text.
            return read(text) if isinstance(text, str) else text
        except BayescaleError as error:
            raise typer.BadParameter(str(error)) from None

    return parse


read_count = reading(parse_quantity)


def amount(measure: Measure, help: str, metavar: str, *flags: str, **settings: Any) -> Any:
    """Return an option that reads an amount with its unit."""
    parser = reading(measure.read)
    return typer.Option(*flags, parser=parser, metavar=metavar, help=help, **settings)


Json = Annotated[bool, typer.Option("--json", help="Print JSON; `bayescale schema` describes it.")]
FitFile = Annotated[
    Path,
    typer.Argument(
        metavar="FIT", help="A fit written by bayescale fit.", autocompletion=complete_fit
    ),
]
FitFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FIT...",
        help="A fit written by bayescale fit, or several, over which the answer is averaged.",
        autocompletion=complete_fit,
    ),
]
RunsTable = Annotated[
    list[str],
    typer.Argument(
        metavar="RUNS...",
        help="A table (.csv, .json, .parquet, an export, ...), several, a folder, or a data set.",
        autocompletion=complete_runs,
    ),
]
Card = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A model card, by name or path.", autocompletion=complete_model
    ),
]
HeldOut = Annotated[
    str | None,
    typer.Option(
        "--held-out", metavar="RUNS", help="Runs that were not fitted: a table, or a data set."
    ),
]
Inputs = Annotated[
    list[str],
    typer.Option(
        "--input", metavar="NAME=VALUE", help="A further input, such as experts=8; repeatable."
    ),
]
Levels = Annotated[
    list[str],
    typer.Option(
        "--in-group",
        metavar="GROUP=LEVEL",
        help="The group a pooled fit is asked about; GROUP= is one not seen.",
    ),
]
Assumed = Annotated[
    str | None,
    typer.Option(
        "--assume",
        metavar="MODEL",
        autocompletion=complete_model,
        help="Take what the fit does not know from a card's priors, such as data_constrained.",
    ),
]
FigureFile = Annotated[
    Path | None, typer.Option("--figure", metavar="FILE", help="Draw it: a .png, .svg or .pdf.")
]
Seed = Annotated[int | None, typer.Option("--random-seed", help="Same seed, same draws.")]
Probability = Annotated[
    float | None,
    amount(NUMBER, "Probability of intervals, such as 95%; 89% by default.", "SHARE", "--ci-prob"),
]
IntervalKind = Annotated[
    Literal["eti", "hdi"] | None,
    typer.Option("--ci-kind", help="Whether intervals have equal tails or the highest density."),
]
