"""Write a report as one file: a page that opens offline, text, or numbers for programs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bayescale.cli.completing import complete_fit
from bayescale.cli.inputs import choose_fit, read_fit, read_runs, require_output
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
from bayescale.core.progress import step

PANEL = Panel.FIT
EXAMPLES = (
    "bayescale report fit.nc --flops 1e24 --unique-tokens 2T --title 'The next run'",
    "bayescale report fit.nc --compare-with other.nc --held-out held_out.csv",
)


@takes_limits(budgets=True, fits=False)
@takes_table
def report(
    *,
    reading: dict[str, Any],
    fit: FitFile,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    held_out: HeldOut = None,
    compare_with: Annotated[
        list[Path],
        typer.Option(
            metavar="FIT",
            help="Another fit of the same runs, to compare forms; repeatable.",
            autocompletion=complete_fit,
        ),
    ] = [],  # noqa: B006
    to: Annotated[Path, typer.Option(help="A page (.html), text (.md) or numbers (.json).")] = Path(
        "report.html"
    ),
    title: Annotated[str | None, typer.Option(help="The title of the report.")] = None,
    author: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    date: Annotated[str | None, typer.Option(help="The date of the decision.")] = None,
    loss_unit: Annotated[
        str | None, typer.Option(help="The unit of the loss, such as 'nats per token'.")
    ] = None,
    static: Annotated[
        bool, typer.Option("--static", help="Leave out the part that moves, and every script.")
    ] = False,
    ci_prob: Probability = None,
    ci_kind: IntervalKind = None,
    **limits: Any,
) -> None:
    """Write a report as one file: a page that opens offline, text, or numbers for programs."""
    require_output(to, fit, held_out, *compare_with)
    from bayescale.evaluation.comparing import compare
    from bayescale.evaluation.scoring import score as score_runs
    from bayescale.reporting import report as write_report

    chosen = choose_fit(fit, in_group, assume)
    found = None
    if held_out is not None:
        unseen = read_runs(held_out, reading)
        with step("scoring"):
            found = score_runs(chosen, unseen, ci_prob=ci_prob, ci_kind=ci_kind)
    others = {path.stem: read_fit(path) for path in compare_with}
    with step("drawing the report"):
        path = write_report(
            chosen,
            to=to,
            comparison=compare({fit.stem: chosen, **others}) if others else None,
            held_out=found,
            title=title,
            author=author,
            date=date,
            loss_unit=loss_unit,
            static=static,
            ci_prob=ci_prob,
            ci_kind=ci_kind,
            **gather(limits),
        )
    typer.echo(f"The report is {path}.")
