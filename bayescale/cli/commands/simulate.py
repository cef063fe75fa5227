"""Draw the outcome of a sweep from a model, to see what it could tell."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer, records_of
from bayescale.cli.inputs import parse_pairs, read_inputs, write_table
from bayescale.cli.options import Card, Json
from bayescale.cli.panels import Panel
from bayescale.core.progress import step
from bayescale.core.text import parse_quantity

PANEL = Panel.START
EXAMPLES = (
    "bayescale simulate chinchilla --published besiroglu2024 --to simulated.csv",
    "bayescale simulate power_law --table inputs.csv --value E=1.8 --value A=27 "
    "--value alpha_x=0.07",
)


@described
class Answer(TypedDict):
    """The outcome of a sweep."""

    runs: list[dict[str, float]]
    """One a run: its inputs, and what came out."""


def simulate(
    model: Card,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="The inputs of the runs, such as a design.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="How many runs, without a table.")] = 60,
    published: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Published constants of the card, by name."),
    ] = None,
    value: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=NUMBER",
            help="A parameter as papers print it; repeatable. By default as the priors say.",
        ),
    ] = [],  # noqa: B006
    noise: Annotated[float, typer.Option(help="The scale of residuals of log loss.")] = 0.005,
    seed: Annotated[int, typer.Option(help="Same seed, same outcome.")] = 0,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .csv to write instead of printing.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw the outcome of a sweep from a model, to see what it could tell."""
    given = {n: parse_quantity(v) for n, v in parse_pairs("value", "NAME=NUMBER", value).items()}
    inputs: Any = runs if table is None else read_inputs(table)
    from bayescale.inference.simulating import simulate as draw

    with step("drawing the outcome"):
        found = draw(model, inputs, values=given or published, noise=noise, seed=seed).table
    text = write_table(found, to)
    print_answer(as_json, text, command="simulate", runs=records_of(found))
