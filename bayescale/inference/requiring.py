"""What is wrong with a fit before anything of it is compiled or sampled."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayescale.core.whole import require_whole
from bayescale.errors import FitError
from bayescale.model.card import Model
from bayescale.runs.table import Runs

_COUNTS = {"draws": (1, 10**6), "tune": (0, 10**6), "chains": (1, 1000)}


def require_counts(settings: Mapping[str, Any]) -> None:
    """Raise if the numbers of draws and chains are none that can be sampled."""
    for name, (least, most) in _COUNTS.items():
        require_whole(name, settings[name], least, most, FitError)


def require_own_names(runs: Runs, model: Model) -> None:
    """Raise if a column would take the place of something else in the draws or the data."""
    columns = list(map(str, runs.table.columns))
    beside = {"run", "loss_scale", *(f"{symbol}_ref" for symbol in model.columns)}
    nothing = dict.fromkeys(model.law.parameters, np.float64(np.nan))
    derived = model.law.derive([np.float64(np.nan) for _ in model.law.inputs], nothing)
    drawn = {*beside, "chain", "draw", model.observed, *model.all_priors, *model.pooled}
    drawn |= {*model.law.parameters, *derived}
    over = {group for _, group in model.pooled.values()}
    for name in columns:
        if columns.count(name) > 1 or name in (drawn if name in over else beside):
            raise FitError(
                f"the runs have a group column {name!r}, a name that a fit of {model.name} uses "
                f"itself; rename the column of the table, for instance to {name + '_group'!r}"
            )
