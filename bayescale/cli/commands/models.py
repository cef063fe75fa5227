"""List the model cards, or show one."""

import json
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer
from bayescale.cli.completing import complete_model
from bayescale.cli.options import Json
from bayescale.cli.panels import Panel

PANEL = Panel.LOOK_UP
EXAMPLES = ("bayescale models", "bayescale models chinchilla")


@described
class CardSummary(TypedDict):
    """A card in short."""

    summary: str
    """What it says."""
    needs: list[str]
    """The columns that the runs must have."""
    use_when: str
    """When to use it."""


@described
class Answer(TypedDict, total=False):
    """The model cards, or one of them."""

    models: dict[str, CardSummary]
    """Every card that ships, by name; where none was named."""
    card: dict[str, Any]
    """The card that was named, as it is written, with the name of its law."""


def models(
    name: Annotated[
        str | None,
        typer.Argument(help="A model card, by name or path.", autocompletion=complete_model),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the model cards, or show one."""
    from bayescale.model.catalogue import get_model
    from bayescale.model.catalogue import models as all_models

    if name is not None:
        card = get_model(name)
        content = {**json.loads(card.to_json()), "law": card.law.name}
        print_answer(as_json, card, command="models", card=content)
        return
    found = {
        key: CardSummary(summary=card.summary, needs=card.needs, use_when=card.use_when)
        for key, card in all_models().items()
    }
    lines = [
        f"{key}\n    {card.summary}\n    needs {', '.join(card.needs)}\n    {card.use_when}"
        for key, card in all_models().items()
    ]
    print_answer(as_json, "\n".join(lines), command="models", models=found)
