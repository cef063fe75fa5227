"""Look at a table of runs before any fit: what is in it, what it can feed and what is odd."""

from dataclasses import asdict
from typing import Any

from bayescale.cli.inputs import is_dataset, load_dataset, reading_of
from bayescale.cli.options import Json, RunsTable
from bayescale.cli.output import print_out, records_of
from bayescale.cli.panels import Panel
from bayescale.cli.tables import takes_table

PANEL = Panel.START


@takes_table
def look(*, reading: dict[str, Any], runs: RunsTable, as_json: Json = False) -> None:
    """Look at a table of runs before any fit: what is in it, what it can feed and what is odd."""
    from bayescale.looking.look import look as look_at

    asked = reading_of(reading)
    known = is_dataset(runs)
    found = look_at(load_dataset(runs, asked)) if known else look_at(runs, **asked)
    print_out(
        as_json,
        found,
        source=found.source,
        rows=found.rows,
        runs=0 if found.runs is None else len(found.runs),
        problem=found.problem,
        taken=found.taken,
        quantities=records_of(found.quantities.rename_axis("quantity").reset_index()),
        columns=[asdict(column) for column in found.columns],
        models=[asdict(need) | {"ready": need.ready} for need in found.models],
        notes=[vars(note) for note in found.notes],
    )
