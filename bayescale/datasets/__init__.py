"""Runs by name: one TOML file a data set, found and never listed."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.core.border import checked
from bayescale.core.text import unknown_name
from bayescale.datasets.card import DatasetCard, Download, Flagged, Shipped, Simulation, read_card
from bayescale.datasets.fetching import fetch
from bayescale.datasets.simulating import simulate
from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs
from bayescale.runs.rules import refusals
from bayescale.runs.table import Runs

__all__ = ["DatasetCard", "datasets", "load"]


@cache
def datasets() -> dict[str, DatasetCard]:
    """Return the card of every data set, by name.

    Returns
    -------
    dict of str to DatasetCard

    Raises
    ------
    RunsError
        If a file is not a data set card.

    Examples
    --------
    >>> from bayescale.datasets import datasets
    >>> datasets()["simulated"].simulated
    True
    """
    return {path.stem: read_card(path) for path in sorted(Path(__file__).parent.glob("*.toml"))}


@checked(RunsError)
def load(name: str, *, keep_flagged: bool = False, **options: Any) -> Runs:
    """Load a data set.

    Tables that may not be passed on are downloaded once and kept in the cache of the user.
    Without a network, put the file in a folder and name that in the environment variable
    ``BAYESCALE_DATA``. No file is used whose SHA-256 sum is not that of the card.

    Parameters
    ----------
    name : str
        A name among `datasets`.
    keep_flagged : bool, default False
        Whether to keep the rows that the card flags. By default they are listed, with the
        reason, in `Runs.refused`.
    **options
        As in `bayescale.load_runs`, in place of what the card says: for instance another column,
        ``params="params_nonembedding"``.

    Returns
    -------
    Runs

    Raises
    ------
    RunsError
        If there is no such data set, or its table cannot be had.

    References
    ----------
    Each card names its source: ``datasets()[name].citation``.

    Examples
    --------
    >>> from bayescale.datasets import load
    >>> len(load("simulated"))
    54
    """
    return load_card(get_dataset(name), keep_flagged=keep_flagged, **options)


def get_dataset(name: str) -> DatasetCard:
    """Return the card of a data set by name.

    Raises
    ------
    RunsError
        If there is no such data set.
    """
    if name not in datasets():
        raise RunsError(unknown_name("data set", name, datasets()))
    return datasets()[name]


def load_card(card: DatasetCard, *, keep_flagged: bool = False, **options: Any) -> Runs:
    """Load the data set of a card; see `load`."""
    if isinstance(card.origin, Simulation):
        if options:
            raise RunsError(
                f"{card.name}: {', '.join(options)} cannot be chosen, the runs are drawn from a "
                "formula; load it by its name alone"
            )
        runs = simulate(card.origin)
    else:
        runs = load_runs(
            _table(card.origin), name=card.title, **card.origin.columns.model_dump() | options
        )
    asked = {**options, **({"keep_flagged": True} if keep_flagged else {})}
    runs = replace(runs, provenance=replace(runs.provenance, origin=card.name, asked=asked))
    return runs if keep_flagged or card.flagged is None else _set_aside(runs, card.flagged)


def _table(origin: Shipped | Download) -> pd.DataFrame | Path:
    if isinstance(origin, Download):
        return fetch(origin)
    return pd.concat(map(pd.read_csv, origin.paths), ignore_index=True)


def _set_aside(runs: Runs, flagged: Flagged) -> Runs:
    chosen = runs.table.query(flagged.rows)
    refused = refusals(
        (row, flagged.column, f"{value:.4g}", flagged.reason)
        for row, value in chosen[flagged.column].items()
    )
    return replace(runs.subset(~runs.table.index.isin(chosen.index)), refused=refused)
