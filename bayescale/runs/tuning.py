"""Sweeps of hyper-parameters: the best row of each configuration, and what bad settings cost."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from bayescale.core.asking import setting
from bayescale.core.border import arguments_of, checked
from bayescale.core.note import Note
from bayescale.core.quantities import BY_COLUMN, FloatArray
from bayescale.core.shown import Shown
from bayescale.core.text import counted, format_table, percent, unknown_name
from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.gathering import Given, label_of_source
from bayescale.runs.preparing import prepare
from bayescale.runs.reading import finish, load_runs, unusual
from bayescale.runs.repeats import keys_of, settings_of
from bayescale.runs.table import Runs
from bayescale.runs.valley import Valley, find_valley

FLAT = 0.001
"""The share of the loss that counts as nothing: within it settings are as good as the best."""

_BEST = {
    "best_learning_rate": r"(.*[._/ -])?(lr|learning[_ ]?rate|max_lr|peak_lr)",
    "best_batch": r"(.*[._/ -])?batch.*",
}
"""The quantity that the best value of a setting is, by the name of its column."""

_LEAST_TRIED = 3
_NEAR = np.log(1.5)


@dataclass(frozen=True, repr=False)
class Tuning(Shown):
    """What a sweep says of its settings.

    Attributes
    ----------
    table : DataFrame
        One row a configuration, the cheapest first: what makes it; ``tried``, how many settings;
        ``loss`` of the best; for each setting its value where the loss is least (the vertex of a
        parabola, or the best that was tried where the rows tell of none), ``<setting>_from`` and
        ``<setting>_to``, between which the loss stays within 0.1% of the least, and
        ``<setting>_doubled``, by what share a factor of two raises it; ``untuned``, the settings
        whose best is the least or the largest that was tried; and ``kept``, by what share the loss
        would be higher at the settings of the first configuration.
    runs : Runs
        The best run of each configuration, with ``best_learning_rate`` and ``best_batch`` where
        the sweep has such settings: what a law of the loss, or of the best settings, is fitted to.
    settings : tuple of str
        The settings.
    source : str
        Where the runs came from.
    rows : int
        How many runs there are.
    notes : tuple of Note
        Which configurations are not tuned, and what that costs.
    """

    table: pd.DataFrame
    runs: Runs
    settings: tuple[str, ...]
    source: str
    rows: int
    notes: tuple[Note, ...]

    def __str__(self) -> str:
        """Write a sentence, the table and the notes."""
        head = (
            f"{self.source}: {counted(self.rows, 'run')} of "
            f"{counted(len(self.table), 'configuration')}; settings {' and '.join(self.settings)}"
        )
        return "\n".join([head, format_table(self.table), *map(str, self.notes)])


@checked(RunsError)
def tune(
    source: Given,
    *,
    settings: Sequence[str] | Mapping[str, str] = (),
    by: Sequence[str] = (),
    **options: Any,
) -> Tuning:
    """Find the best settings of each configuration of a sweep, and how much they matter.

    Parameters
    ----------
    source : str, Path, DataFrame or sequence of paths
        The runs of a sweep, as `bayescale.load_runs` takes them.
    settings : sequence of str or mapping of str to str, optional
        The columns or formulas of what was varied within a configuration, such as ``["lr",
        "batch_size"]``; a mapping gives them names of your own. By default the columns that are
        called like a setting and vary within a configuration.
    by : sequence of str, optional
        The quantities that make a configuration; all that went into the runs by default.
    **options
        As in `bayescale.load_runs`.

    Returns
    -------
    Tuning

    Raises
    ------
    RunsError
        If the runs cannot be read, a setting is not known or not positive, or no configuration
        was run at three settings.

    Notes
    -----
    Around its least loss the log loss of a configuration is a parabola in the logarithms of its
    settings, fitted by least squares to the rows within 1% of the least (or 2%, 4%, 8%, where
    fewer tell).

    A sweep that keeps one setting for all sizes bends the law: its losses are too high where the
    setting is wrong, mostly at one end. ``kept`` says by how much, and a note what share of the
    compute that wastes.

    Examples
    --------
    >>> import numpy as np, pandas as pd, bayescale as bs
    >>> params, lr = np.repeat([1e7, 1e8, 1e9], 5), np.tile([1, 2, 4, 8, 16], 3) * 1e-4
    >>> best = 1e-3 * (params / 1e7) ** -0.3
    >>> loss = 40 * params**-0.15 * (1 + 0.02 * np.log(lr / best) ** 2)
    >>> table = pd.DataFrame({"params": params, "lr": lr, "loss": loss})
    >>> bs.tune(table).table["lr"].round(5).tolist()
    [0.001, 0.0005, 0.00025]
    """
    runs, given = _read(source, settings, options)
    keys = _keys(runs, by)
    varied = [str(name) for name in given]
    groups = [part for _, part in runs.table.groupby(list(keys), sort=True)]
    valleys = [_valley(part, given.loc[part.index]) for part in groups]
    order = sorted(range(len(groups)), key=lambda i: _compute(groups[i]).iloc[0])
    groups, valleys = [groups[i] for i in order], [valleys[i] for i in order]
    if not any(len(part) >= _LEAST_TRIED for part in groups):
        raise RunsError(
            f"{runs.source}: no configuration of {', '.join(keys)} was run at "
            f"{_LEAST_TRIED} settings of {', '.join(varied)}; name what makes a configuration with "
            f"{setting('by', [...])}, or what was varied with {setting('settings', [...])}"
        )
    table = _table(groups, valleys, given, keys, varied)
    best = _best_runs(runs, groups, valleys, table, varied)
    notes = (*_notes(table, groups, varied), *runs.notes)
    return Tuning(table, best, tuple(varied), runs.source, len(runs), notes)


def _read(
    source: Given, settings: Sequence[str] | Mapping[str, str], options: dict[str, Any]
) -> tuple[Runs, pd.DataFrame]:
    """Return the runs and their settings, with the same index."""
    every = list(signature(load_runs).parameters)
    if unknown := [name for name in options if name not in every]:
        raise RunsError(unknown_name("argument of tune", unknown[0], [*every, "settings", "by"]))
    known = arguments_of(load_runs, source, **options)
    named = dict(settings) if isinstance(settings, Mapping) else {name: name for name in settings}
    for name in named:
        if name in BY_COLUMN:
            raise RunsError(f"settings: {name!r} is a quantity of the runs; call it something else")
    prepared = prepare(source, unusual(known), known.get("name") or label_of_source(source))
    with warnings.catch_warnings():
        # That rows differ in a setting is the point here.
        warnings.simplefilter("ignore", BayescaleWarning)
        runs = finish(prepared)
    given = prepared.source.table.loc[runs.table.index]
    found = settings_of(given, runs.table, runs.quantities, named, prepared.decimal)
    if found.empty:
        raise RunsError(
            f"{runs.source}: no column is called like a setting that varies within a "
            f"configuration; name what was varied with {setting('settings', [...])}"
        )
    for name in map(str, found):
        values = found[name].to_numpy(float)
        if not np.all(np.isfinite(values) & (values > 0)):
            row = found.index[~(np.isfinite(values) & (values > 0))][0]
            raise RunsError(
                f"{runs.source}: row {row}: {name} must be a positive number; leave the row out "
                f"with {setting('where', ...)}"
            )
    return runs, found


def _keys(runs: Runs, by: Sequence[str]) -> list[str]:
    for name in by:
        if name not in runs.table:
            raise RunsError(unknown_name("quantity", name, map(str, runs.table)))
    return list(by) or list(keys_of(runs.quantities))


def _valley(part: pd.DataFrame, given: pd.DataFrame) -> Valley:
    settings = np.log(given.to_numpy(float))
    return find_valley(settings, np.log(part["loss"].to_numpy(float)))


def _compute(part: pd.DataFrame) -> pd.Series:
    """Return what a run cost, or else the best stand-in that there is."""
    name = next((name for name in ("flops", "tokens", "steps", "params") if name in part), None)
    return part[name] if name else part["loss"]


def _table(
    groups: list[pd.DataFrame],
    valleys: list[Valley],
    given: pd.DataFrame,
    keys: list[str],
    varied: list[str],
) -> pd.DataFrame:
    first = valleys[0].vertex
    rows = []
    for part, valley in zip(groups, valleys, strict=True):
        row: dict[str, Any] = {name: part[name].iloc[0] for name in keys}
        row |= {"tried": len(part), "loss": part["loss"].min()}
        with np.errstate(invalid="ignore"):
            reach = valley.reach(FLAT)
        for i, name in enumerate(varied):
            row[name] = np.exp(valley.vertex[i])
            row[f"{name}_from"] = np.exp(valley.vertex[i] - reach[i])
            row[f"{name}_to"] = np.exp(valley.vertex[i] + reach[i])
            row[f"{name}_doubled"] = np.expm1(0.5 * valley.curvature[i, i] * np.log(2) ** 2)
        row["untuned"] = ", ".join(np.array(varied)[valley.at_edge])
        row["kept"] = _excess(part, given.loc[part.index], valley, first)
        rows.append(row)
    return pd.DataFrame(rows)


def _excess(part: pd.DataFrame, given: pd.DataFrame, valley: Valley, settings: FloatArray) -> float:
    """Return how much higher the loss is at other settings: as of the nearest row, or would be."""
    tried = np.log(given.to_numpy(float))
    off = np.abs(tried - settings).max(axis=1)
    nearest = int(np.argmin(off))
    if off[nearest] > _NEAR:
        return valley.excess(settings)
    seen = float(part["loss"].iloc[nearest] / np.exp(valley.level)) - 1
    # Far up a parabola is a poor guide, but the small way from the row to the settings it knows.
    way = valley.excess(settings) - valley.excess(tried[nearest]) if valley.told else 0.0
    return max(seen + way, 0.0)


def _best_runs(
    runs: Runs,
    groups: list[pd.DataFrame],
    valleys: list[Valley],
    table: pd.DataFrame,
    varied: list[str],
) -> Runs:
    rows = [part.index[valley.best] for part, valley in zip(groups, valleys, strict=True)]
    best = runs.table.loc[rows]
    for name in varied:
        for quantity, form in _BEST.items():
            if re.fullmatch(form, name, re.I) and quantity not in best:
                best = best.assign(**{quantity: table[name].to_numpy()})
    provenance = replace(runs.provenance, repeats=())
    return replace(runs, table=best, provenance=provenance)


def _notes(table: pd.DataFrame, groups: list[pd.DataFrame], varied: list[str]) -> Iterator[Note]:
    for name in varied:
        lost = table["untuned"].str.split(", ").map(lambda names, n=name: n in names)
        if lost.any():
            yield Note(
                "untuned",
                "warning",
                f"In {lost.sum()} of {counted(len(table), 'configuration')} the best {name} is the "
                "least or the largest that was tried, so the loss may be lower beyond.",
                f"Try further values of {name} there, or leave these configurations out of a fit.",
            )
    kept, compute = table["kept"], np.array([_compute(part).iloc[0] for part in groups])
    if len(table) < _LEAST_TRIED or kept.iloc[1:].isna().all() or len(set(compute)) < 2:
        return
    slope = -float(np.polyfit(np.log(compute), np.log(table["loss"]), 1)[0])
    worst = int(np.nanargmax(kept))
    if slope <= 0 or not kept.iloc[worst] > 0:
        return
    wasted = 1 - (1 + float(kept.iloc[worst])) ** (-1 / slope)
    tried = kept.notna()
    bent = -float(np.polyfit(np.log(compute[tried]), _log_kept(table)[tried], 1)[0])
    yield Note(
        "kept_settings",
        "info",
        f"Had all kept the settings of the first, losses would be up to {percent(kept.max())} "
        f"higher, which wastes {percent(wasted)} of the compute there; the loss would fall as "
        f"compute^-{bent:.3f} instead of compute^-{slope:.3f}.",
    )


def _log_kept(table: pd.DataFrame) -> np.ndarray:
    return np.log((table["loss"] * (1 + table["kept"])).to_numpy(float))
