"""Describe the JSON of a command's answer as a JSON schema."""

import json
from typing import Annotated

import typer

from bayescale.cli.panels import Panel

PANEL = Panel.LOOK_UP
EXAMPLES = ("bayescale schema allocate",)


def schema(
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="A command with --json.")],
) -> None:
    """Describe the JSON of a command's answer as a JSON schema."""
    from bayescale.cli.describing import answers, schema_of
    from bayescale.core.text import unknown_name
    from bayescale.errors import BayescaleError

    known = answers()
    if command not in known:
        raise BayescaleError(unknown_name("command with --json", command, known))
    typer.echo(json.dumps(schema_of(known[command]), indent=2))
