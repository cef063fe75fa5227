"""Write a report as one HTML file that opens offline."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bayescale.cli.inputs import choose_fit, read_runs, require_output
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import (
    Assumed,
    FitFile,
    HeldOut,
    IntervalKind,
    Levels,
    Probability,
)
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.FIT


@takes_limits(budgets=True)
@takes_table
def report(
    *,
    reading: dict[str, Any],
    fit: FitFile,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    held_out: HeldOut = None,
    to: Annotated[Path, typer.Option(help="Where to write the report.")] = Path("report.html"),
    title: Annotated[str | None, typer.Option(help="The title of the report.")] = None,
    ci_prob: Probability = None,
    ci_kind: IntervalKind = None,
    **limits: Any,
) -> None:
    """Write a report as one HTML file that opens offline."""
    require_output(to, fit, held_out)
    from bayescale.evaluation.scoring import score as score_runs
    from bayescale.reporting import report as write_report

    chosen = choose_fit(fit, in_group, assume)
    found = None
    if held_out is not None:
        unseen = read_runs(held_out, reading)
        found = score_runs(chosen, unseen, ci_prob=ci_prob, ci_kind=ci_kind)
    path = write_report(
        chosen,
        to=to,
        held_out=found,
        title=title,
        ci_prob=ci_prob,
        ci_kind=ci_kind,
        **gather(limits),
    )
    typer.echo(f"The report is {path}.")
