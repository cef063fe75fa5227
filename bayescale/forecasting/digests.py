"""What tells a table, a card, draws and single runs from all others."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayescale.forecasting.content import Fitted, FittedRuns
from bayescale.posterior.fit import Fit

_DIGITS = 6
"""Significant digits by which a run is recognised, whatever wrote its numbers."""

_SHORT = 16


def describe_fit(fit: Fit, name: str, weight: float) -> Fitted:
    """Return what a forecast says of a fit that it was made from.

    Parameters
    ----------
    fit : Fit
        The fit.
    name : str
        What it is called.
    weight : float
        How much it counts among several.
    """
    return {
        "name": name,
        "model": fit.model.name,
        "weight": weight,
        "runs": fit.runs.source,
        "count": len(fit.runs),
        "group": fit.group_levels,
        "random_seed": int(fit.attrs["random_seed"]),
        "bayescale_version": str(fit.attrs["bayescale_version"]),
        "table": _sha256(_table_text(fit.runs.table)),
        "card": _sha256(str(fit.attrs["card"]), str(fit.attrs["formula"])),
        "draws": _draws(fit),
    }


def describe_runs(fits: Sequence[Fit], columns: Sequence[str]) -> FittedRuns:
    """Return how the runs of some fits are recognised, by the columns that all of them have."""
    tables = [fit.runs.table for fit in fits]
    shared = [name for name in columns if all(name in table for table in tables)]
    digests = {digest for table in tables for digest in run_digests(table, shared)}
    return {"columns": shared, "digests": sorted(digests)}


def run_digests(table: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return a short digest of some numbers of each run."""
    rows = table[list(columns)].to_numpy(float)
    return [_sha256(*(f"{value:.{_DIGITS}g}" for value in row))[:_SHORT] for row in rows]


def _table_text(table: pd.DataFrame) -> str:
    """Return a table as text, whatever the order of its columns and the types of its numbers."""
    ordered = table[sorted(map(str, table))]
    numbers = ordered.select_dtypes("number").columns
    text: str = ordered.astype(dict.fromkeys(numbers, float)).to_csv(index=False)
    return text


def _draws(fit: Fit) -> str:
    found = hashlib.sha256()
    posterior = fit.posterior
    for name in sorted(map(str, posterior.data_vars)):
        values = np.ascontiguousarray(posterior[name].to_numpy(), "<f8")
        found.update(f"{name} {values.shape}".encode())
        found.update(values.tobytes())
    return found.hexdigest()


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
