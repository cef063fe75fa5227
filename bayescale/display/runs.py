"""Training runs in a notebook."""

import math

import pandas as pd
from markupsafe import Markup

from bayescale.core.quantities import OUTCOMES
from bayescale.core.text import counted, human
from bayescale.display import parts
from bayescale.display.pictures import scatter
from bayescale.reporting.symbols import label_of
from bayescale.runs.table import Runs

FIRST = 5


def show(runs: Runs) -> Markup:
    """Return what the runs hold, how far they reach, and what is odd about them."""
    kind = "simulated run" if runs.simulated else "run"
    said = runs.provenance.choices
    left = f"{counted(runs.refused['row'].nunique(), 'row')} left out" if len(runs.refused) else ""
    soft = "; ".join(filter(None, [*map(str, said), left, runs.worked_out]))
    return Markup().join(
        [
            parts.title(f"{counted(len(runs), kind)} from {runs.source}", soft=soft),
            _picture(runs),
            parts.table(
                ["quantity", "least", "most", "decades", "values"], _quantities(runs), text=1
            ),
            _groups(runs),
            parts.notes(runs.notes),
            parts.folded(f"the first {FIRST} rows", _head(runs)),
        ]
    )


def _picture(runs: Runs) -> Markup:
    columns = [name for name in ("flops", *runs.quantities) if name in runs.table]
    target = next((name for name in ("loss", "accuracy") if name in runs.table), None)
    if not columns or target is None or len(runs) < 2:
        return Markup()
    x, y = (runs.table[name].to_numpy(float) for name in (columns[0], target))
    return scatter(x, y, label_of(columns[0]), target) if (x > 0).all() else Markup()


def _quantities(runs: Runs) -> list[list[str]]:
    names = [*runs.quantities, *(name for name in OUTCOMES if name in runs.table)]
    return [[label_of(name), *_range(runs.table[name], name)] for name in names]


def _range(values: pd.Series, name: str) -> list[str]:
    low, high = float(values.min()), float(values.max())
    decades = f"{math.log10(high / low):.1f}" if low > 0 and name not in OUTCOMES else ""
    ends = [f"{end:.4g}" if name in OUTCOMES else human(end) for end in (low, high)]
    return [*ends, decades, str(values.nunique())]


def _groups(runs: Runs) -> Markup:
    if not runs.groups:
        return Markup()
    words = []
    for group in runs.groups:
        counts = pd.Series(runs.levels(group)).value_counts()
        shown = ", ".join(f"{level} ({count})" for level, count in counts.head(8).items())
        words.append(f"{group}: {shown}{' and more' if len(counts) > 8 else ''}")
    return parts.line("Groups: " + "; ".join(words))


def _head(runs: Runs) -> Markup:
    table = runs.table.head(FIRST)
    headings = ["row", *map(str, table)]
    rows = [
        [index, *(human(v) if isinstance(v, float | int) else v for v in values)]
        for index, *values in table.itertuples()
    ]
    return parts.table(headings, rows)
