"""The runs table of Weights & Biases: as its page exports it, or as its Python interface does."""

import ast
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.runs.exports.export import Export
from bayescale.runs.source import Source

_STATES = {"finished", "running", "crashed", "failed", "killed", "pending", "preempted"}
_NESTED = ("config", "summary")


def read_table(table: pd.DataFrame, path: Path | None) -> Source | None:
    """Read the table of the page (Name, State, ...) or of the interface (name, config, summary)."""
    del path
    names = {str(name) for name in table}
    if {"name", *_NESTED} <= names:
        return Source(_unfolded(table))
    state = next((name for name in names if name.lower() in {"state", "run_state"}), None)
    if state is None or not {name.lower() for name in names} & {"name", "run_name"}:
        return None
    states = table[state].dropna().astype(str).str.strip()
    if not len(states) or not states.str.lower().isin(_STATES).all():
        return None
    return _finished(table, state, states)


def _finished(table: pd.DataFrame, state: str, states: pd.Series) -> Source:
    ended = states.str.lower() == "finished"
    if ended.all() or not ended.any():
        doubt = () if ended.any() else ("no run of the table is finished",)
        return Source(table, doubts=doubt)
    return Source(table, usual={"where": f"{state} == '{states[ended].iloc[0]}'"})


def _unfolded(table: pd.DataFrame) -> pd.DataFrame:
    """Give every entry of ``config`` and ``summary`` a column; a summary is what came out."""
    parts = [table.drop(columns=list(_NESTED))]
    for name in _NESTED:
        cells = [_mapping(cell) for cell in table[name]]
        part = pd.json_normalize(cells).set_axis(table.index)
        taken = {str(column) for other in parts for column in other}
        parts.append(part.rename(columns={c: f"{name}.{c}" for c in part if c in taken}))
    return pd.concat(parts, axis=1)


def _mapping(cell: Any) -> dict[str, Any]:
    """Read what Python wrote for a dictionary; only values are read, nothing is executed."""
    found = ast.literal_eval(cell) if isinstance(cell, str) else cell
    if not isinstance(found, dict):
        raise ValueError("a cell of config or summary holds no dictionary")
    return found


EXPORT = Export("a runs table of Weights & Biases", of_table=read_table)
