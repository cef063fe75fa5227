"""One group of a pooled fit, as if it had been fitted alone."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from bayescale.errors import FitError
from bayescale.model.card import Model
from bayescale.model.pooling import OFFSET

if TYPE_CHECKING:
    from bayescale.posterior.fit import Fit


def pooled_groups(model: Model) -> list[str]:
    """Return the group columns over which parameters of the law are pooled."""
    return list(dict.fromkeys(group for _, group in model.pooled_parameters.values()))


def of_group(fit: "Fit", levels: Mapping[str, str | None]) -> "Fit":
    """Return the fit of one group; see `Fit.group`."""
    groups = pooled_groups(fit.model)
    if set(levels) != set(groups):
        raise FitError(
            f"the fit pools over {' and '.join(groups) or 'no group'}, "
            f"not {' and '.join(levels) or 'nothing'}; name every one"
        )
    model = fit.model.with_pool({n: p for n, p in fit.model.pool.items() if n == OFFSET})
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
        tree[name] = xr.DataTree(draws.assign(model.derived(fit.reference, draws.data_vars)))
    tree.attrs = {**fit.attrs, "card": model.to_json(), "group": json.dumps(dict(levels))}
    return replace(fit, tree=tree, model=model)


def _of_runs(dataset: xr.Dataset, keep: np.ndarray) -> xr.Dataset:
    return dataset.isel(run=keep) if "run" in dataset.dims else dataset


def _of_level(fit: "Fit", draws: xr.Dataset, levels: Mapping[str, str | None]) -> xr.Dataset:
    """Put the values of one level in place of the typical ones."""
    rng = np.random.default_rng(int(fit.attrs["random_seed"]))
    chosen = {}
    pooled = fit.model.pooled_parameters
    for vector, (name, group) in pooled.items():
        if levels[group] is not None:
            chosen[name] = draws[vector].sel({group: levels[group]}, drop=True)
        else:
            chosen[name] = fit.model.unseen(name, draws, rng.standard_normal(draws[name].shape))
    gone = [part for vector, (name, _) in pooled.items() for part in (vector, f"{name}_spread")]
    kept = draws.drop_vars(gone)
    return kept.drop_dims(set(kept.dims) & set(levels)).assign(chosen)
