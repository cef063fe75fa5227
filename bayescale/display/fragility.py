"""What moves the answer of a fit, in a notebook."""

from markupsafe import Markup

from bayescale.auditing.answering import SLOPE
from bayescale.auditing.fragile import Fragility
from bayescale.auditing.fragile_wording import changes
from bayescale.core.text import human
from bayescale.display import parts

SHOWN = 15
"""Of more changes than this the weaker ones are counted and not shown."""


def show(fragility: Fragility) -> Markup:
    """Return the sentence, the changes in their order and the notes."""
    every = changes(fragility).rename(columns={SLOPE: "exponent"})
    table = every.head(SHOWN + 1)
    rows = [[*key, *values] for key, values in zip(table.index, table.to_numpy(), strict=True)]
    return Markup().join(
        [
            parts.title(
                fragility.summary,
                soft=f"Shifts at {human(fragility.flops)} FLOPs, in standard deviations of the fit",
            ),
            parts.table([*table.index.names, *map(str, table)], rows, text=2),
            parts.line(_hidden(len(every) - len(table)), "soft"),
            parts.notes(fragility.notes),
        ]
    )


def _hidden(count: int) -> str:
    return f"and {count} that move it less" if count > 0 else ""
