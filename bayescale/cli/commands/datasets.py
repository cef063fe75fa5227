"""List the data sets that load by name, or describe one."""

from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer
from bayescale.cli.completing import complete_runs
from bayescale.cli.options import Json
from bayescale.cli.panels import Panel

PANEL = Panel.LOOK_UP
EXAMPLES = ("bayescale datasets", "bayescale datasets sweep")


@described
class Answer(TypedDict, total=False):
    """The data sets, or the card of one."""

    datasets: dict[str, str]
    """The title of each, by name; where none was named."""
    card: dict[str, Any]
    """What is known of the one that was named."""


def datasets(
    name: Annotated[
        str | None, typer.Argument(help="A data set, by name.", autocompletion=complete_runs)
    ] = None,
    as_json: Json = False,
) -> None:
    """List the data sets that load by name, or describe one."""
    from bayescale.datasets import datasets as all_datasets
    from bayescale.datasets import get_dataset

    if name is not None:
        card = get_dataset(name)
        print_answer(as_json, card, command="datasets", card=card.model_dump(mode="json"))
        return
    found = {key: card.title for key, card in all_datasets().items()}
    lines = [f"{key:14} {title}" for key, title in found.items()]
    print_answer(as_json, "\n".join(lines), command="datasets", datasets=found)
