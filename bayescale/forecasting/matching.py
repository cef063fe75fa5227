"""Which runs answer which question."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayescale.core.asking import setting
from bayescale.core.text import human
from bayescale.errors import FitError, RunsError
from bayescale.forecasting.digests import run_digests
from bayescale.forecasting.forecast import Forecast
from bayescale.runs.table import Runs


def match(forecast: Forecast, runs: Runs, tolerance: float, name: str) -> pd.DataFrame:
    """Return which runs are those that a forecast asked about.

    Parameters
    ----------
    forecast : Forecast
        What was foretold.
    runs : Runs
        What came out.
    tolerance : float
        By how much of itself each count of a run may differ from what was asked.
    name : str
        What the forecast is called.

    Returns
    -------
    DataFrame
        A row for each pair, with the places of ``question`` and ``run`` and by how much of itself
        a count is ``off``; several runs of one question are rows of their own.

    Raises
    ------
    RunsError
        If the runs lack what was asked or foretold.
    FitError
        If a run that answers is one that was fitted.
    """
    needed = [*forecast.question, forecast.target]
    if missing := [column for column in needed if column not in runs.table]:
        raise RunsError(
            f"{runs.source}: the forecast {name} is of the {forecast.target} at "
            f"{', '.join(map(str, forecast.question))}, the runs have no {missing[0]}; name its "
            "column when loading them"
        )
    asked = forecast.question.to_numpy(float)[:, None, :]
    made = runs.table[list(forecast.question)].to_numpy(float)[None, :, :]
    scale = np.where(asked == 0, 1.0, np.abs(asked))
    off = np.abs(made / scale - asked / scale).max(-1)
    found = (off <= tolerance) & _of_group(forecast, runs)
    pairs = pd.DataFrame(np.argwhere(found), columns=["question", "run"]).assign(off=off[found])
    _refuse_fitted(forecast, runs, pairs["run"].to_numpy(), name)
    return pairs


def _of_group(forecast: Forecast, runs: Runs) -> np.ndarray:
    """Return which runs are of the group that was asked about, as far as they say."""
    found = np.ones(len(runs), bool)
    groups = forecast.fits[0]["group"] if forecast.fits else {}
    for group, level in groups.items():
        if level is not None and group in runs.groups:
            found &= runs.levels(group) == level
    return found


def _refuse_fitted(forecast: Forecast, runs: Runs, places: np.ndarray, name: str) -> None:
    """Refuse runs that the forecast was made from: they would be no test of it."""
    known = forecast.fitted_runs
    columns = known["columns"]
    if forecast.target not in columns or not set(columns) <= set(runs.table):
        return
    answering = runs.table.iloc[np.unique(places)]
    seen = np.isin(run_digests(answering, columns), known["digests"])
    if seen.any():
        raise FitError(
            f"{runs.source}: row {answering.index[seen][0]} is among the runs that the forecast "
            f"{name} was made from, so it settles nothing; leave out what was fitted"
        )


def require_some(forecasts: dict[str, Forecast], runs: Runs, tolerance: float) -> None:
    """Raise that no run answers any question, and say which was nearest."""
    name, forecast = next(iter(forecasts.items()))
    asked = _words(forecast.question.iloc[0])
    more = sum(len(each.question) for each in forecasts.values()) - 1
    others = f" and {more} more" if more else ""
    near = _nearest(forecast.question.iloc[0], runs.table[list(forecast.question)])
    raise RunsError(
        f"{runs.source}: none of {len(runs)} runs is one that was foretold within "
        f"{tolerance:.2%} ({name}: {asked}{others}); the nearest has {_words(near)}; give the runs "
        f"that were foretold, or allow more with {setting('tolerance', 0.05)}"
    )


def _nearest(asked: pd.Series, table: pd.DataFrame) -> pd.Series:
    scale = np.maximum(np.abs(asked.to_numpy(float)), 1e-300)
    off = np.abs(table.to_numpy(float) / scale - asked.to_numpy(float) / scale).max(axis=1)
    nearest: pd.Series = table.iloc[int(off.argmin())]
    return nearest


def _words(counts: pd.Series) -> str:
    return ", ".join(f"{human(value, 6)} {name}" for name, value in counts.items())


def unanswered(matched: Sequence[pd.DataFrame], runs: Runs) -> int:
    """Return how many runs answer no question."""
    used = {int(place) for pairs in matched for place in pairs["run"]}
    return len(runs) - len(used)
