"""Draw a figure of a fit, of runs, of a plan, of a score or of a record."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bayescale.cli.completing import complete_fit
from bayescale.cli.drawing import complete_figure, draw
from bayescale.cli.limits import gather, takes_limits
from bayescale.cli.options import Assumed, HeldOut, IntervalKind, Levels, Probability, amount
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.figures import kinds
from bayescale.core.measures import FLOPS, PARAMS, TOKENS

PANEL = Panel.FIT
EXAMPLES = (
    "bayescale plot prediction fit.nc --flops 1e24 --to prediction.svg",
    "bayescale plot plan fit.nc --flops 1e24 --unique-tokens 2T",
    "bayescale plot runs runs.csv --column params=n_params --column tokens=n_tokens "
    "--column loss=val_loss",
    "bayescale plot targets fit.nc --params 7B --params 70B --tokens 1.4T",
    "bayescale plot score fit.nc --held-out held_out.csv",
    "bayescale plot record forecasts --held-out held_out.csv",
    "bayescale plot next fit.nc --budget 1e22 --flops 1e24",
)


@takes_limits(budgets=True, fits=False)
@takes_table
def plot(
    *,
    reading: dict[str, Any],
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help=f"One of {', '.join(kinds())}.",
            autocompletion=complete_figure,
        ),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="FIT",
            help="A fit; or a table, for its runs; or forecasts, for their record.",
            autocompletion=complete_fit,
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A .png, .svg or .pdf; KIND.png by default."),
    ] = None,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    held_out: HeldOut = None,
    name: Annotated[
        list[str],
        typer.Option(metavar="PARAMETER", help="A parameter to show; repeatable."),
    ] = [],  # noqa: B006
    params: Annotated[
        list[float], amount(PARAMS, "A target's parameters; repeatable.", "PARAMS")
    ] = [],  # noqa: B006
    tokens: Annotated[list[float], amount(TOKENS, "A target's tokens; repeatable.", "TOKENS")] = [],  # noqa: B006
    budget: Annotated[
        float | None, amount(FLOPS, "What next runs may take together.", "FLOPS")
    ] = None,
    ci_prob: Probability = None,
    ci_kind: IntervalKind = None,
    **limits: Any,
) -> None:
    """Draw a figure of a fit, of runs, of a plan, of a score or of a record."""
    path = draw(
        kind,
        source,
        to or Path(f"{kind}.png"),
        choosing=(in_group, assume),
        held_out=held_out,
        reading=reading,
        settings={"names": name, "ci_prob": ci_prob, "ci_kind": ci_kind},
        limits=gather(limits) | ({} if budget is None else {"budget": budget}),
        targets={n: v for n, v in {"params": params, "tokens": tokens}.items() if v},
    )
    typer.echo(f"The figure is in {path}.")
