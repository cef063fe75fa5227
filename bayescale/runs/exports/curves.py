"""What the exports of training curves share: one row an evaluation, of one run after another."""

import re
from pathlib import Path

import pandas as pd

_CHECKPOINT = re.compile(r"(checkpoint|ckpt|step|epoch)[-_]?\d+|logs?|runs?|version_\d+", re.I)


def carried_forward(table: pd.DataFrame, run: str) -> pd.DataFrame:
    """Fill in counts that only some rows of a run hold, such as tokens logged between evaluations.

    A column counts if it is a number that never falls within a run.
    """
    table = table.copy()
    for name in table.columns.difference([run]):
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column.dtype) or not column.isna().any():
            continue
        if pd.api.types.is_bool_dtype(column.dtype):
            continue
        groups = column.groupby(table[run], sort=False)
        if all(part.dropna().is_monotonic_increasing and part.nunique() > 1 for _, part in groups):
            table[name] = groups.ffill()
    return table


def run_folder(path: Path) -> Path:
    """Return the folder of the run that a file belongs to, above those of its checkpoints."""
    folder = path.parent
    while _CHECKPOINT.fullmatch(folder.name) and folder.parent.name:
        folder = folder.parent
    return folder


def run_of(path: Path) -> str:
    """Return what a run is called by the folder of its file."""
    return run_folder(path.absolute()).name or path.stem
