"""Choose the inputs of a sweep that has not been trained."""

from pathlib import Path
from typing import Annotated, TypedDict

import typer

from bayescale.cli.answer import described, print_answer, records_of
from bayescale.cli.inputs import write_table
from bayescale.cli.options import Card, Json
from bayescale.cli.panels import Panel

PANEL = Panel.START
EXAMPLES = ("bayescale design chinchilla --runs 12 --to design.csv",)


@described
class Answer(TypedDict):
    """The inputs of a sweep."""

    runs: list[dict[str, float]]
    """One a run, by column."""


def design(
    model: Card,
    runs: Annotated[int, typer.Option(min=1, help="How many runs.")] = 60,
    seed: Annotated[int, typer.Option(help="Same seed, same design.")] = 0,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .csv to write instead of printing.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Choose the inputs of a sweep that has not been trained."""
    from bayescale.model.design import design as design_of

    table = design_of(model, runs, seed=seed)
    text = write_table(table, to)
    print_answer(as_json, text, command="design", runs=records_of(table))
