"""Extend a fit by what a richer card assumes, and save it."""

from pathlib import Path
from typing import Annotated, TypedDict

import typer

from bayescale.cli.answer import described, print_answer
from bayescale.cli.inputs import parse_inputs, read_fit, require_output
from bayescale.cli.options import Card, FitFile, Inputs, Json
from bayescale.cli.panels import Panel

PANEL = Panel.FIT
EXAMPLES = ("bayescale assume fit.nc moe --input experts=1 --out moe.nc",)


@described
class Answer(TypedDict):
    """A fit that was extended."""

    fit: str
    """Where it was saved."""
    assumed: list[str]
    """The parameters that follow the priors of the card."""


def assume(
    fit: FitFile,
    model: Card,
    inputs: Inputs = [],  # noqa: B006
    out: Annotated[Path, typer.Option(help="Where to write the fit.")] = Path("assumed.nc"),
    as_json: Json = False,
) -> None:
    """Extend a fit by what a richer card assumes, and save it."""
    require_output(out, fit, model)
    from bayescale.inference.assuming import assume as extend

    found = extend(read_fit(fit), model, inputs=parse_inputs(inputs) or None)
    found.save(out)
    names = list(found.assumed["parameters"])
    text = f"From the priors of {model}, not from runs: {', '.join(names)}.\nThe fit is in {out}."
    print_answer(as_json, text, command="assume", of=[found], fit=str(out), assumed=names)
