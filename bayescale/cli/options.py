"""The options that commands share, and how they are read."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bayescale.core.text import parse_quantity
from bayescale.errors import BayescaleError


def reading(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make a reader one whose complaints name the option."""

    def parse(text: str) -> Any:
        try:
            return read(text)
        except BayescaleError as error:
            raise typer.BadParameter(str(error)) from None

    return parse


read_count = reading(parse_quantity)

Counts = Annotated[
    list[float],
    typer.Option(parser=read_count, metavar="COUNT", help="Such as 70B or 1e24; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FitFile = Annotated[Path, typer.Argument(metavar="FIT", help="A fit written by bayescale fit.")]
RunsTable = Annotated[
    str,
    typer.Argument(
        metavar="RUNS", help="A table (.csv, .tsv, .json, .jsonl, .parquet, ...), or a data set."
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
        help="Take what the fit does not know from a card's priors, such as data_constrained.",
    ),
]
Seed = Annotated[int | None, typer.Option("--random-seed", help="Same seed, same draws.")]
Probability = Annotated[
    float | None, typer.Option("--ci-prob", help="Probability of intervals; 0.89 by default.")
]
IntervalKind = Annotated[
    Literal["eti", "hdi"] | None,
    typer.Option("--ci-kind", help="Whether intervals have equal tails or the highest density."),
]
