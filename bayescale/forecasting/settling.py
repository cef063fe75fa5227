"""Settle forecasts: what they said of runs, beside what the runs have shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bayescale.core.asking import argument
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.text import counted, percent
from bayescale.errors import FileError, PlanError
from bayescale.evaluation.comparability import doubt_losses
from bayescale.forecasting.forecast import Forecast
from bayescale.forecasting.keeping import is_forecast
from bayescale.forecasting.making import require_made_by
from bayescale.forecasting.matching import match, require_some, unanswered
from bayescale.forecasting.quantiles import (
    CENTRAL,
    bounds_of,
    probability_integral,
    weighted_interval_score,
)
from bayescale.forecasting.record import Record, least_interval
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs

_WORTH_SAYING = 1e-3
"""A difference in counts that moves a loss by less than anyone reads of it is not mentioned."""


@checked(PlanError)
def settle(
    forecast: Forecast | str | Path | Mapping[str, Forecast],
    runs: Runs,
    *,
    tolerance: float = 0.01,
    made_by: Fit | Mapping[str, Fit] | None = None,
) -> Record:
    """Say what came of a forecast, or of a folder of them.

    Parameters
    ----------
    forecast : Forecast, path or mapping of str to Forecast
        What was foretold: a forecast, its file, a folder of such files, or several by name.
    runs : Runs
        What came out. Runs that nobody asked about are left aside, and counted.
    tolerance : float, default 0.01
        By how much of itself each count of a run may differ from what was asked, since no run is
        as large or as long as planned.
    made_by : Fit or mapping of str to Fit, optional
        The fit that a forecast was made from, or several in their order, to see that it was.

    Returns
    -------
    Record
        Several runs of one question are settled one by one: each is one new run, as foretold.

    Raises
    ------
    FileError
        If a file was altered after it was written, is of an unknown form, or is no forecast.
    RunsError
        If no run is one that was foretold, or the runs lack a column.
    FitError
        If a run that answers is one that was fitted, or the fit is not that of the forecast.
    PlanError
        If the tolerance is no share, or a fit is given for several forecasts.

    Notes
    -----
    Nothing shows that a file is older than a run but where it was kept: commit it before.

    Examples
    --------
    >>> print(bs.settle("7b.json", bs.load_runs("new.csv")))  # doctest: +SKIP
    """
    if not 0 <= tolerance < 0.5:
        raise PlanError(
            f"{argument('tolerance')} = {tolerance:g} must be a share below 0.5; give one such as "
            "0.01"
        )
    given = _gather(forecast)
    if made_by is not None:
        if len(given.forecasts) != 1:
            raise PlanError(
                f"{argument('made_by')} is given for {len(given.forecasts)} forecasts; settle the "
                "one that was made from it"
            )
        require_made_by(next(iter(given.forecasts.values())), made_by)
    matched = {name: match(each, runs, tolerance, name) for name, each in given.forecasts.items()}
    if not sum(map(len, matched.values())):
        require_some(given.forecasts, runs, tolerance)
    rows = [row for name in matched for row in _rows(name, given.forecasts[name], runs, matched)]
    table = _counts_first(pd.DataFrame([row for row, _ in rows]), given.forecasts)
    inside = pd.DataFrame([held for _, held in rows], columns=list(CENTRAL), dtype=object)
    target = next(iter(given.forecasts.values())).target
    notes = [*given.notes, *_notes(given.forecasts, matched, table, target, runs), *runs.notes]
    return Record(table, inside, target, runs.source, tuple(notes))


@dataclass(frozen=True)
class _Given:
    """Forecasts by name, and what to know of where they were found."""

    forecasts: dict[str, Forecast]
    notes: tuple[Note, ...] = ()


def _gather(forecast: Forecast | str | Path | Mapping[str, Forecast]) -> _Given:
    if isinstance(forecast, Forecast):
        return _Given({forecast.model: forecast})
    if isinstance(forecast, str | Path):
        path = Path(forecast)
        return _folder(path) if path.is_dir() else _Given({path.stem: Forecast.load(path)})
    found = dict(forecast)
    if not found:
        raise PlanError(f"{argument('forecast')} = {{}} holds no forecast; give at least one")
    return _alike(_Given(found))


def _folder(folder: Path) -> _Given:
    """Read every forecast in a folder."""
    files = sorted(folder.glob("*.json"))
    ours = [path for path in files if is_forecast(path)]
    if not ours:
        raise FileError(
            f"{folder}: holds no forecast among {counted(len(files), 'JSON file')}; put there what "
            "bayescale forecast wrote"
        )
    notes: tuple[Note, ...] = ()
    if others := [path.name for path in files if path not in ours]:
        sentence = f"{counted(len(others), 'file')} of {folder} are no forecasts: {others[0]}"
        more = " and others" if len(others) > 1 else ""
        notes = (Note("no_forecasts", "info", f"{sentence}{more}."),)
    return _alike(_Given({path.stem: Forecast.load(path) for path in ours}, notes))


def _alike(given: _Given) -> _Given:
    """Refuse forecasts of different things: their errors do not add up to a record."""
    targets = {each.target: name for name, each in given.forecasts.items()}
    if len(targets) > 1:
        (one, first), (other, second), *_ = targets.items()
        raise PlanError(
            f"{first} foretells the {one}, {second} the {other}; settle those of one kind at a time"
        )
    return given


def _rows(
    name: str, forecast: Forecast, runs: Runs, matched: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[dict[str, Any], dict[float, bool | None]]]:
    """Say of each run that answers a forecast how it came out, and inside which intervals."""
    levels = forecast.levels
    summary = forecast.summary()
    for question, place in matched[name][["question", "run"]].to_numpy():
        values = forecast.quantiles.iloc[question].to_numpy(float)
        observed = float(runs.table[forecast.target].iloc[place])
        said = summary.iloc[question]
        held = _inside(levels, values, observed)
        row = {
            "forecast": name,
            "model": forecast.model,
            "row": runs.table.index[place],
            **runs.table[list(forecast.question)].iloc[place].to_dict(),
            forecast.target: observed,
            **{key: float(said[key]) for key in ("median", "lower", "upper")},
            "within": least_interval(held),
            "error": float(said["median"]) / observed - 1 if observed else np.nan,
            "wis": float(weighted_interval_score(levels, values, observed)),
            "pit": probability_integral(levels, values, observed),
            "extrapolation": float(said.get("extrapolation", np.nan)),
        }
        yield row, held


def _counts_first(table: pd.DataFrame, forecasts: Mapping[str, Forecast]) -> pd.DataFrame:
    """Return a table with the counts of all forecasts before what came out."""
    counts = dict.fromkeys(str(name) for each in forecasts.values() for name in each.question)
    first = ["forecast", "model", "row", *(name for name in counts if name in table)]
    return table[[*first, *(name for name in table if name not in first)]]


def _inside(levels: list[float], values: np.ndarray, observed: float) -> dict[float, bool | None]:
    """Say of each central interval whether it holds a value, or None if it is not known."""
    at = {round(float(level), 6): value for level, value in zip(levels, values, strict=True)}
    found: dict[float, bool | None] = {}
    for prob in CENTRAL:
        low, high = bounds_of(prob)
        known = low in at and high in at
        found[prob] = bool(at[low] <= observed <= at[high]) if known else None
    return found


def _notes(
    forecasts: Mapping[str, Forecast],
    matched: Mapping[str, pd.DataFrame],
    table: pd.DataFrame,
    target: str,
    runs: Runs,
) -> Iterator[Note]:
    """Say what to know before trusting a record."""
    if target == "loss":
        observed, foretold = (table[name].to_numpy(float) for name in (target, "median"))
        yield from doubt_losses(observed, foretold, "the forecast")
    asked = sum(len(each.question) for each in forecasts.values())
    answered = sum(pairs["question"].nunique() for pairs in matched.values())
    if asked > answered:
        sentence = f"{asked - answered} of {counted(asked, 'question')} wait for their run."
        yield Note("open_forecasts", "info", sentence)
    if aside := unanswered(list(matched.values()), runs):
        sentence = f"Left out, since nobody asked: {counted(aside, 'run')} of {runs.source}."
        yield Note("unasked", "info", sentence)
    if any(pairs["question"].duplicated().any() for pairs in matched.values()):
        sentence = "Some questions were answered by several runs; each counts as one new run."
        yield Note("answered_twice", "info", sentence)
    if (off := max(pairs["off"].max() for pairs in matched.values() if len(pairs))) > _WORTH_SAYING:
        sentence = f"Runs differ from what was asked by up to {percent(off)}, which is overlooked."
        yield Note("nearly_asked", "info", sentence)
    if len(table) > 1:
        yield Note(
            "err_together",
            "info",
            "What one fit foretells errs together, and so does what is foretold of one run by "
            "several fits: there are fewer facts than rows.",
        )
