"""Look at a table of runs before any fit: what is in it, what it can feed and what is odd."""

from dataclasses import asdict
from typing import Any, TypedDict

from bayescale.cli.answer import NoteRecord, described, notes_of, print_answer, records_of
from bayescale.cli.inputs import is_dataset, load_dataset, name_of_source, reading_of, the_source
from bayescale.cli.options import Json, RunsTable
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table
from bayescale.core.progress import step

PANEL = Panel.START
EXAMPLES = ("bayescale look runs.csv", "bayescale look sweep")


@described
class Answer(TypedDict):
    """What a table of runs holds."""

    source: str
    """The table."""
    rows: int
    """How many rows it has."""
    usable: int
    """How many of them are runs."""
    problem: str
    """Why it cannot be read as runs as it stands; empty if it can."""
    taken: dict[str, str]
    """The column that each quantity was taken from."""
    quantities: list[dict[str, Any]]
    """Each quantity: its range, and how many decades it spans."""
    columns: list[dict[str, Any]]
    """Each column: its kind, how many values differ, how many are empty, and what it is."""
    models: list[dict[str, Any]]
    """Each model: what it takes, what of it is missing, and whether it can be fitted."""
    notes: list[NoteRecord]
    """What is odd."""


@takes_table
def look(*, reading: dict[str, Any], runs: RunsTable, as_json: Json = False) -> None:
    """Look at a table of runs before any fit: what is in it, what it can feed and what is odd."""
    from bayescale.looking.look import look as look_at

    asked = reading_of(reading)
    source = the_source(runs)
    with step(f"looking at {name_of_source(runs)}"):
        if isinstance(source, str) and is_dataset(source):
            found = look_at(load_dataset(source, asked))
        else:
            found = look_at(source, **asked)
    print_answer(
        as_json,
        found,
        command="look",
        of=[] if found.runs is None else [found.runs],
        source=found.source,
        rows=found.rows,
        usable=0 if found.runs is None else len(found.runs),
        problem=found.problem,
        taken=found.taken,
        quantities=records_of(found.quantities.rename_axis("quantity").reset_index()),
        columns=[asdict(column) for column in found.columns],
        models=[asdict(need) | {"ready": need.ready} for need in found.models],
        notes=notes_of(found.notes),
    )
