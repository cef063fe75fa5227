"""What the exports of training curves share: one row an evaluation, of one run after another."""

import re
from pathlib import Path

import pandas as pd

from bayescale.runs.synonyms import LIKELY, PROGRESS, score_of, words_of

_CHECKPOINT = re.compile(r"(checkpoint|ckpt|step|epoch)[-_]?\d+|logs?|runs?|version_\d+", re.I)


def carried_forward(table: pd.DataFrame, run: str) -> pd.DataFrame:
    """Fill in counts that only some rows of a run hold, such as tokens logged between evaluations.

    A column counts if its name says so and it never falls within a run.
    """
    table = table.copy()
    for name in table.columns.difference([run]):
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column.dtype) or not _counts(str(name)):
            continue
        groups = column.groupby(table[run], sort=False)
        if all(part.dropna().is_monotonic_increasing for _, part in groups):
            table[name] = groups.ffill()
    return table


def _counts(name: str) -> bool:
    """Return whether a column says how far a run had come."""
    certain = max(score_of(quantity, name)[0] for quantity in ("tokens", "flops"))
    return certain >= LIKELY or re.fullmatch(PROGRESS, words_of(name)) is not None


def run_folder(path: Path) -> Path:
    """Return the folder of the run that a file belongs to, above those of its checkpoints."""
    folder = path.parent
    while _CHECKPOINT.fullmatch(folder.name) and folder.parent.name:
        folder = folder.parent
    return folder


def run_of(path: Path) -> str:
    """Return what a run is called by the folder of its file."""
    return run_folder(path.absolute()).name or path.stem
