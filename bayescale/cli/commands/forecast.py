"""Put a forecast on record before the run is trained."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import described, print_answer
from bayescale.cli.inputs import choose_fits, fits_of
from bayescale.cli.options import Assumed, FitFiles, Json, Levels
from bayescale.cli.panels import Panel
from bayescale.cli.targets import takes_targets
from bayescale.core.progress import step
from bayescale.forecasting.content import Content

PANEL = Panel.PLAN
EXAMPLES = (
    "bayescale forecast fit.nc --params 7B --tokens 1.4T --to 7b.json",
    "bayescale forecast fit.nc other.nc --params 20B --params 40B --tokens 4T --to both.json",
)


@described
class Answer(TypedDict):
    """A forecast that was put on record."""

    file: str
    """Where it was written."""
    forecast: Content
    """What stands in it."""


@takes_targets
def forecast(
    *,
    asked: dict[str, Any],
    fit: FitFiles,
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write; it must not be there yet.")
    ] = Path("forecast.json"),
    as_json: Json = False,
) -> None:
    """Put a forecast on record before the run is trained."""
    from bayescale.forecasting.forecast import require_new
    from bayescale.forecasting.making import forecast as foretell

    require_new(to)
    chosen = choose_fits(fit, in_group, assume)
    with step("predicting"):
        found = foretell(chosen, **asked)
    found.save(to)
    print_answer(
        as_json,
        f"{found}\n\nThe forecast is in {to}. Commit it, or send it to someone, before the run "
        f"starts. What came of it:\nbayescale settle {to} RESULTS",
        command="forecast",
        of=fits_of(chosen),
        file=str(to),
        forecast=found.to_content(),
    )
