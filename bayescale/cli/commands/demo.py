"""Fit a sweep that comes with bayescale, plan a budget and write a report."""

from pathlib import Path
from typing import Annotated

import typer

from bayescale.cli.panels import Panel

PANEL = Panel.START
EXAMPLES = ("bayescale demo --to bayescale-demo",)


def demo(
    to: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("bayescale-demo"),
) -> None:
    """Fit a sweep that comes with bayescale, plan a budget and write a report."""
    from bayescale.cli.demonstrating import run_demo

    path = run_demo(to, say=typer.echo)
    typer.echo(f"\nThe report is {path}; open it in a browser.")
