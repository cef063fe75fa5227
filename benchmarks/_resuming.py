"""Tables of results that grow row by row, so that a benchmark goes on where it stopped."""

from pathlib import Path

import pandas as pd


def is_done(results: Path, **key: object) -> bool:
    """Whether a row with these values is there."""
    if not results.exists():
        return False
    done = pd.read_csv(results, usecols=list(key))
    return bool((done[list(key)] == list(key.values())).all(axis=1).any())


def append(rows: pd.DataFrame, results: Path) -> None:
    """Add rows to what is there, under its header."""
    if results.exists():
        rows = rows[list(pd.read_csv(results, nrows=0))]
    rows.to_csv(results, mode="a", header=not results.exists(), index=False)
