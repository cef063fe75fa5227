"""Check whether a fit can be trusted; exit status 1 if it cannot."""

import typer

from bayescale.cli.inputs import read_fit
from bayescale.cli.options import FitFile, Json
from bayescale.cli.output import print_out, records_of
from bayescale.cli.panels import Panel

PANEL = Panel.FIT


def check(fit: FitFile, as_json: Json = False) -> None:
    """Check whether a fit can be trusted; exit status 1 if it cannot."""
    from bayescale.evaluation.checking import check as check_fit

    checks = check_fit(read_fit(fit))
    print_out(as_json, checks, ok=checks.ok, notes=records_of(checks.to_frame()))
    raise typer.Exit(0 if checks.ok else 1)
