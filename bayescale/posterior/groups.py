"""One group of a pooled fit, as if it had been fitted alone."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from bayescale.errors import FitError
from bayescale.model.card import Model
from bayescale.model.pooling import POOLED_LOSS

if TYPE_CHECKING:
    from bayescale.posterior.fit import Fit


def pooled_groups(model: Model) -> list[str]:
    """Return the group columns over which parameters of the law are pooled."""
    groups = (part.over for name, part in model.pool.items() if name != POOLED_LOSS)
    return list(dict.fromkeys(groups))


def of_group(fit: "Fit", levels: Mapping[str, str | None]) -> "Fit":
    """Return the fit of one group; see `Fit.group`."""
    groups = pooled_groups(fit.model)
    if set(levels) != set(groups):
        raise FitError(
            f"the fit pools over {' and '.join(groups) or 'no group'}, "
            f"not {' and '.join(levels) or 'nothing'}; name every one"
        )
    model = fit.model.with_pool({n: p for n, p in fit.model.pool.items() if n == POOLED_LOSS})
    keep = np.ones(len(fit.runs), bool)
    for group, level in levels.items():
        if level is not None:
            keep &= fit.runs.levels(group) == level
            if not keep.any():
                known = ", ".join(np.unique(fit.runs.levels(group)))
                raise FitError(f"no run has {group} = {level!r}; there are {known}")
    tree = xr.DataTree.from_dict(
        {name: _of_runs(node.to_dataset(), keep) for name, node in fit.tree.children.items()}
    )
    for name in ("prior", "posterior"):
        draws = _of_level(fit, tree[name].to_dataset(), levels)
        values: dict[Any, Any] = {**model.fixed, **draws.data_vars}
        tree[name] = xr.DataTree(draws.assign(model.law.derive(fit.reference.values(), values)))
    tree.attrs = {**fit.attrs, "card": model.to_json(), "group": json.dumps(dict(levels))}
    return replace(fit, tree=tree, model=model)


def _of_runs(dataset: xr.Dataset, keep: np.ndarray) -> xr.Dataset:
    return dataset.isel(run=keep) if "run" in dataset.dims else dataset


def _of_level(fit: "Fit", draws: xr.Dataset, levels: Mapping[str, str | None]) -> xr.Dataset:
    """Put the values of one level in place of the typical ones."""
    rng = np.random.default_rng(int(fit.attrs["random_seed"]))
    chosen = {}
    for vector, (name, group) in fit.model.pooled.items():
        if name == POOLED_LOSS:
            continue
        if levels[group] is not None:
            chosen[name] = draws[vector].sel({group: levels[group]}, drop=True)
        else:
            deviation = draws[f"{name}_spread"] * rng.standard_normal(draws[name].shape)
            positive = fit.model.priors[name].positive
            chosen[name] = draws[name] * np.exp(deviation) if positive else draws[name] + deviation
    gone = [
        part
        for vector, (name, _) in fit.model.pooled.items()
        if name != POOLED_LOSS
        for part in (vector, f"{name}_spread")
    ]
    kept = draws.drop_vars(gone)
    return kept.drop_dims(set(kept.dims) & set(levels)).assign(chosen)
