"""List the data sets that load by name, or describe one."""

from typing import Annotated

import typer

from bayescale.cli.options import Json
from bayescale.cli.output import print_out
from bayescale.cli.panels import Panel

PANEL = Panel.LOOK_UP


def datasets(
    name: Annotated[str | None, typer.Argument(help="A data set, by name.")] = None,
    as_json: Json = False,
) -> None:
    """List the data sets that load by name, or describe one."""
    from bayescale.datasets import datasets as all_datasets
    from bayescale.datasets import get_dataset

    if name is not None:
        card = get_dataset(name)
        print_out(as_json, card, **card.model_dump(mode="json"))
        return
    found = {key: card.title for key, card in all_datasets().items()}
    lines = [f"{key:14} {title}" for key, title in found.items()]
    print_out(as_json, "\n".join(lines), datasets=found)
