"""Check whether a fit can be trusted; exit status 1 if it cannot."""

from typing import TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer
from bayescale.cli.inputs import read_fit
from bayescale.cli.options import FitFile, Json
from bayescale.cli.panels import Panel
from bayescale.core.progress import step

PANEL = Panel.FIT
EXAMPLES = ("bayescale check fit.nc",)


@described
class Answer(TypedDict):
    """The findings about a fit."""

    ok: bool
    """Whether there is no error."""
    notes: list[NoteRecord]
    """Errors first; among the rest, what moves an answer most."""


def check(fit: FitFile, as_json: Json = False) -> None:
    """Check whether a fit can be trusted; exit status 1 if it cannot."""
    from bayescale.evaluation.checking import check as check_fit

    found = read_fit(fit)
    with step("checking the fit"):
        checks = check_fit(found)
    notes = notes_of(checks.notes)
    print_answer(as_json, checks, command="check", of=[found], ok=checks.ok, notes=notes)
    raise typer.Exit(0 if checks.ok else 1)
