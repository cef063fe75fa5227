"""What is wrong with a fit before anything of it is compiled or sampled."""

from collections.abc import Container, Mapping
from typing import Any

import numpy as np
import xarray as xr

from bayescale.core.text import counted, first_line
from bayescale.core.whole import require_whole
from bayescale.errors import FitError
from bayescale.model.card import Model
from bayescale.runs.table import Runs

FEWEST = 3
"""With fewer runs than this there is nothing to fit, whatever is known."""

_COUNTS = {"draws": (1, 10**6), "tune": (0, 10**6), "chains": (1, 1000)}


def require_counts(settings: Mapping[str, Any]) -> None:
    """Raise if the numbers of draws and chains are none that can be sampled."""
    for name, (least, most) in _COUNTS.items():
        require_whole(name, settings[name], least, most, FitError)


def require_columns(runs: Runs, model: Model) -> None:
    """Raise if a column of the runs would end the fit once it is sampled, when draws are lost."""
    _require_own_names(runs, model)
    _require_storable(runs)


def _require_own_names(runs: Runs, model: Model) -> None:
    """Raise if a column would take the place of something else in the draws or the data."""
    columns = list(map(str, runs.table.columns))
    beside = {"run", *model.scale_names}
    if model.discrepancy is not None:
        beside |= {"bend_grid", "bend_top", "bent_column", "mode"}
    nothing = dict.fromkeys(model.law.parameters, np.float64(np.nan))
    derived = model.law.derive([np.float64(np.nan) for _ in model.law.inputs], nothing)
    drawn = {*beside, "chain", "draw", model.observed, *model.sampled}
    drawn |= {*model.law.parameters, *derived}
    over = {group for _, group in model.pooled.values()}
    for name in columns:
        if columns.count(name) > 1 or name in (drawn if name in over else beside):
            raise FitError(
                f"the runs have a group column {name!r}, a name that a fit of {model.name} uses "
                f"itself; rename the column of the table, for instance to {name + '_group'!r}"
            )


def _require_storable(runs: Runs) -> None:
    """Raise if the labels of runs cannot be saved, as the draws could then not be either."""
    for group in runs.groups:
        try:
            labels = xr.DataArray(runs.table[group].to_numpy(), dims="run", name="labels")
            labels.to_netcdf(engine="h5netcdf")
        except Exception as error:  # whatever it is, it would come back after sampling
            raise FitError(
                f"the group column {group!r} holds labels such as {runs.table[group].iloc[0]!r} "
                f"that cannot be saved with a fit ({first_line(error)}); make them all text or "
                "all numbers"
            ) from None


def require_enough(runs: Runs, model: Model, stated: Container[str]) -> None:
    """Raise if runs cannot tell what a model learns, beside what is ``stated`` for this fit."""
    if missing := [column for column in model.needs if column not in runs.table]:
        have = [str(column) for column in runs.table if column not in runs.groups]
        raise FitError(
            f"{model.name} needs {missing[0]}, the runs have {', '.join(have)}; "
            "name the column when loading the runs, or choose a model that does without"
        )
    free = [n for n in model.law.parameters if n not in model.fixed and n not in stated]
    # Who states what is known lets priors decide what few runs do not, which `check` tells.
    least = min(len(free) + 1, FEWEST) if stated else len(free) + 1
    if len(runs) < least:
        known = f", or at least {FEWEST} and what is known, such as that {free[0]} is 1.4 to 1.8"
        raise FitError(
            f"{counted(len(runs), 'run')} cannot determine the "
            f"{counted(len(free), 'parameter')} of {model.name} and the noise; give at least "
            f"{least} runs{'' if stated else known}"
        )
    for vector, (_, group) in model.pooled.items():
        if len(levels := np.unique(runs.levels(group))) < 2:
            raise FitError(
                f"{vector}: all runs have {group} = {levels[0]}, so groups cannot be compared; "
                "leave it out of pool"
            )
    of_noise = model.likelihood.varies_with
    if of_noise and runs.table[of_noise].max() < 1.05 * runs.table[of_noise].min():
        raise FitError(
            f"all runs have {of_noise} = {runs.table[of_noise].iloc[0]:.4g} (within 5%), so how "
            "the noise falls with it cannot be learnt; let it be the same everywhere"
        )
    for symbol, column in model.columns.items():
        values = runs.table[column]
        if values.max() < 1.05 * values.min():
            raise FitError(
                f"all runs have {column} = {values.iloc[0]:.4g} (within 5%), so how the loss falls "
                f"with {symbol} cannot be learnt; add runs that vary {column}, or choose a model "
                "without it"
            )
