"""Projects of trackio: the SQLite file it keeps on disk, or the table it sends to a Space."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.errors import RunsError
from bayescale.runs.exports.curves import carried_forward
from bayescale.runs.exports.export import Export
from bayescale.runs.source import Source


def read_file(path: Path) -> Source:
    """Read a project: a row for each step that was logged, with the configuration of its run."""
    if not path.is_file():
        raise RunsError("No such file or directory; give the path of a table of runs")
    # Read only: looking at a project must not change it.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
        held = {row[0] for row in base.execute("SELECT name FROM sqlite_master")}
        if "metrics" not in held:
            raise RunsError("it is no project of trackio: it has no table called metrics")
        logged = base.execute("SELECT run_name, step, metrics FROM metrics ORDER BY id").fetchall()
        configs = (
            base.execute("SELECT run_name, config FROM configs").fetchall()
            if "configs" in held
            else []
        )
    rows = [{"run": run, "step": step, **_flat(metrics)} for run, step, metrics in logged]
    table = pd.DataFrame(rows)
    config = {run: _flat(settings) for run, settings in configs}
    if config and len(table):
        known = pd.DataFrame.from_dict(config, orient="index")
        known = known.drop(columns=[c for c in known if c in table or str(c).startswith("_")])
        table = table.join(known, on="run")
    if not len(table):
        raise RunsError("its project is empty; give one that logged something")
    return _by_step(table)


def _flat(text: Any) -> dict[str, Any]:
    """Return what a cell of JSON holds, one key for what stands inside what."""
    table = pd.json_normalize(json.loads(text or "{}"))
    return {str(name): value for name, value in table.iloc[0].items()} if len(table) else {}


def read_table(table: pd.DataFrame, path: Path | None) -> Source | None:
    """Read the table of a Space: ``run_name``, ``step``, ``timestamp`` and the metrics."""
    del path
    if not {"run_name", "step", "timestamp"} <= set(table):
        return None
    return _by_step(table.rename(columns={"run_name": "run"}).drop(columns="timestamp"))


def _by_step(table: pd.DataFrame) -> Source:
    """Bring together what was logged of one step in several calls."""
    table = table.groupby(["run", "step"], sort=False, as_index=False).last()
    return Source(carried_forward(table, "run"), curve="run")


EXPORT = Export(
    "a project of trackio", of_table=read_table, of_file=read_file, names=("*.db", "*.sqlite")
)
