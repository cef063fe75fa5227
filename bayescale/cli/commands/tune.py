"""Find the best settings of each configuration of a sweep, and how much they matter."""

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.inputs import name_of_source, reading_of, require_output, the_source
from bayescale.cli.options import Json
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.progress import step

PANEL = Panel.FIT
EXAMPLES = ("bayescale tune sweep.csv --out best.csv",)


@described
class Answer(TypedDict):
    """What a sweep says of its settings."""

    source: str
    """The table."""
    settings: list[str]
    """What was varied within a configuration."""
    configurations: list[dict[str, Any]]
    """Each configuration: its best settings and loss, how flat the valley is, what is untuned."""
    notes: list[NoteRecord]
    """Which configurations are not tuned, and what that costs."""


@takes_table
def tune(
    *,
    reading: dict[str, Any],
    runs: Annotated[
        list[str], typer.Argument(metavar="RUNS...", help="The table of a sweep, or several.")
    ],
    settings: Annotated[
        list[str],
        typer.Option(
            "--setting",
            metavar="[NAME=]COLUMN",
            help="What was varied within a configuration, such as lr; repeatable.",
        ),
    ] = [],  # noqa: B006
    by: Annotated[
        list[str],
        typer.Option(metavar="QUANTITY", help="What makes a configuration; repeatable."),
    ] = [],  # noqa: B006
    out: Annotated[
        Path | None,
        typer.Option(help="Write the best run of each configuration as CSV, to be fitted."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find the best settings of each configuration of a sweep, and how much they matter."""
    if out is not None:
        require_output(out, *runs)
    from bayescale.core.files import write_whole
    from bayescale.runs.tuning import tune as tune_runs

    named = dict(
        entry.partition("=")[::2] if "=" in entry else (entry, entry) for entry in settings
    )
    with step(f"tuning {name_of_source(runs)}"):
        found = tune_runs(the_source(runs), settings=named, by=by, **reading_of(reading))
    if out is not None:
        write_whole(out, found.runs.table.to_csv(index=False).encode())
    place = "" if out is None else f"\n\nThe best runs are in {out}."
    print_answer(
        as_json,
        f"{found}{place}",
        command="tune",
        of=[found.runs],
        source=found.source,
        settings=list(found.settings),
        configurations=records_of(found.table),
        notes=notes_of(found.notes),
    )
