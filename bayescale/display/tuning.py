"""The best settings of a sweep, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import counted, human
from bayescale.display import parts
from bayescale.runs.tuning import Tuning


def show(tuning: Tuning) -> Markup:
    """Return the best settings of each configuration, and what is not tuned."""
    table = tuning.table.head(parts.SHOWN_ROWS)
    configurations = counted(len(tuning.table), "configuration")
    rows = [[_cell(value) for value in values] for values in table.itertuples(index=False)]
    return Markup().join(
        [
            parts.title(
                f"{counted(tuning.rows, 'run')} of {configurations} from {tuning.source}",
                soft=f"settings {' and '.join(tuning.settings)}",
            ),
            parts.table(list(map(str, table)), rows, text=0),
            parts.line(parts.of_rows(len(tuning.table)), "soft"),
            parts.notes(tuning.notes),
        ]
    )


def _cell(value: object) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return "" if value != value else human(value, 4)
    return str(value)
