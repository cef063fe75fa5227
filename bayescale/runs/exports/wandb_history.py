"""The curves of Weights & Biases: exported from a chart, or the history of one run."""

from pathlib import Path

import pandas as pd

from bayescale.runs.exports.curves import carried_forward
from bayescale.runs.exports.export import Export
from bayescale.runs.source import Source

_EXTREMES = ("__MIN", "__MAX")
_OWN = {"_step", "_runtime", "_timestamp"}


def read_table(table: pd.DataFrame, path: Path | None) -> Source | None:
    """Read a chart (``Step``, ``run - loss``, ``run - loss__MIN``, ...) or a run's history."""
    names = [str(name) for name in table]
    if len(_OWN & set(names)) >= 2:
        named = next((name for name in ("run", "run_name", "name", "run_id") if name in names), "")
        if not named:
            named = "run"
            table = table.assign(run="run" if path is None else path.name.partition(".")[0])
        return Source(carried_forward(table, named), curve=named)
    extremes = {name for name in names if name.endswith(_EXTREMES)}
    drawn = [name for name in names if name + "__MIN" in extremes and " - " in name]
    return _of_chart(table, names, drawn, extremes) if drawn else None


def _of_chart(
    table: pd.DataFrame, names: list[str], drawn: list[str], extremes: set[str]
) -> Source:
    """Make a row of each run at each position of the horizontal axis."""
    along = [name for name in names if name not in drawn and name not in extremes]
    pieces = []
    for name in drawn:
        run, _, metric = name.rpartition(" - ")
        run = run.removeprefix("Group: ").strip()
        piece = table[along].assign(run=run, metric=metric, value=table[name])
        pieces.append(piece[table[name].notna()])
    long = pd.concat(pieces, ignore_index=True)
    found = long.pivot_table(
        index=["run", *along], columns="metric", values="value", aggfunc="last", sort=False
    ).reset_index()
    remark = f"Each of {len(drawn)} curves of the chart became the rows of a run."
    return Source(found.rename_axis(columns=None), (remark,), curve="run")


EXPORT = Export("curves of Weights & Biases", of_table=read_table)
