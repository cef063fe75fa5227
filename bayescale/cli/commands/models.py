"""List the model cards, or show one."""

import json
from typing import Annotated

import typer

from bayescale.cli.options import Json
from bayescale.cli.output import print_out
from bayescale.cli.panels import Panel

PANEL = Panel.LOOK_UP


def models(
    name: Annotated[str | None, typer.Argument(help="A model card, by name or path.")] = None,
    as_json: Json = False,
) -> None:
    """List the model cards, or show one."""
    from bayescale.model.catalogue import get_model
    from bayescale.model.catalogue import models as all_models

    if name is not None:
        card = get_model(name)
        content = json.loads(card.model_dump_json(exclude={"law"}))
        print_out(as_json, card, **content, law=card.law.name)
        return
    found = {
        key: {"summary": card.summary, "needs": card.needs, "use_when": card.use_when}
        for key, card in all_models().items()
    }
    lines = [
        f"{key}\n    {card.summary}\n    needs {', '.join(card.needs)}\n    {card.use_when}"
        for key, card in all_models().items()
    ]
    print_out(as_json, "\n".join(lines), models=found)
