"""What was sampled is kept, whatever comes after it."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer
from bayescale.cli.showing import keep
from bayescale.core.progress import step
from bayescale.core.text import first_line, format_table
from bayescale.errors import FitError

if TYPE_CHECKING:
    from bayescale.posterior.fit import Fit


@described
class FitAnswer(TypedDict):
    """What came out of a fit."""

    fit: str
    """Where it was saved."""
    parameters: dict[str, dict[str, float | None]] | None
    """Mean, sd, interval and diagnostics of each number that was learnt; null if that failed."""
    checks: list[NoteRecord] | None
    """The findings about the fit, errors first; null if checking failed."""


def keep_fit(fit: "Fit", out: Path, as_json: bool) -> None:
    """Save a fit before anything else, then check it and print what came out.

    Raises
    ------
    Exit
        With status 1, if the fit had to be saved elsewhere or something after saving failed.
    """
    from bayescale.evaluation.checking import check
    from bayescale.posterior.intervals import interval_settings, parameter_table

    place = _save(fit, out)
    keep(f"the fit is in {place}")
    checks = _attempt("checking the fit", lambda: check(fit))
    table = _attempt("summing up the fit", lambda: parameter_table(fit.posterior))
    parts = [fit.runs, None if table is None else format_table(table), checks]
    print_answer(
        as_json,
        "\n\n".join(str(part) for part in [*parts, f"The fit is in {place}."] if part is not None),
        command="fit",
        ci_prob=interval_settings()[0],
        of=[fit],
        fit=str(place),
        parameters=None if table is None else table.to_dict("index"),
        checks=None if checks is None else notes_of(checks.notes),
    )
    if place != out or checks is None or table is None:
        raise typer.Exit(1)


def _save(fit: "Fit", out: Path) -> Path:
    try:
        fit.save(out)
    except FitError as error:
        spare = Path(tempfile.mkdtemp(prefix="bayescale-")) / "fit.nc"
        fit.save(spare)
        typer.echo(f"error: {error}; until then the fit is in {spare}", err=True)
        return spare
    return out


def _attempt[T](what: str, work: Callable[[], T]) -> T | None:
    try:
        with step(what):
            return work()
    except Exception as error:  # whatever it is, the draws are worth more
        typer.echo(f"error: the fit is saved, but {what} failed: {first_line(error)}", err=True)
        return None
