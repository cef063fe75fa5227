"""What a fit is: posterior draws, the model they belong to and the runs they came from."""

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

import bayescale
from bayescale.core.files import write_whole
from bayescale.core.note import Note
from bayescale.errors import BayescaleWarning, FitError, ModelError, RunsError
from bayescale.laws import get_law
from bayescale.laws.law import Law
from bayescale.model.card import POOLED_LOSS, Model
from bayescale.model.likelihood import BetaBinomial
from bayescale.runs.table import Runs


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    tree : xarray.DataTree
        Groups ``posterior``, ``sample_stats``, ``prior``, ``prior_predictive``,
        ``posterior_predictive``, ``log_likelihood``, ``log_prior``, ``observed_data`` and
        ``constant_data``; every ArviZ function works on it.
    model : Model
        The model card.
    """

    tree: xr.DataTree
    model: Model

    @property
    def posterior(self) -> xr.Dataset:
        """The posterior draws, dimensions (chain, draw)."""
        return self.tree["posterior"].to_dataset()

    @property
    def parameters(self) -> dict[str, xr.DataArray]:
        """Draws of the parameters of the law, dimensions (chain, draw)."""
        if groups := pooled_groups(self.model):
            asked = ", ".join(f"{group}=..." for group in groups)
            raise FitError(
                f"this fit has parameters for each {' and '.join(groups)}; choose one group with "
                f"fit.group({asked}), or None for a group not seen"
            )
        posterior, fixed = self.posterior, self.model.fixed
        some = posterior[next(iter(self.model.all_priors))]
        return {
            name: xr.full_like(some, fixed[name]) if name in fixed else posterior[name]
            for name in self.model.law.parameters
        }

    @property
    def reference(self) -> dict[str, float]:
        """The reference value of each input of the law, by letter."""
        constants = self.tree["constant_data"]
        return {symbol: float(constants[f"{symbol}_ref"]) for symbol in self.model.law.inputs}

    @property
    def attrs(self) -> dict[str, Any]:
        """How the fit was made: versions, seed, timing, card, formula."""
        return {str(key): value for key, value in self.tree.attrs.items()}

    @property
    def runs(self) -> Runs:
        """The runs the model was fitted to."""
        about = json.loads(self.attrs["runs"])
        constants = self.tree["constant_data"].to_dataset()
        columns = json.loads(self.attrs["columns"])
        table = pd.DataFrame({name: constants[name].to_numpy() for name in columns})
        table.index = pd.Index(constants["run"].to_numpy(), name="run")
        return Runs(
            table,
            refused=pd.read_json(StringIO(about["refused"]), orient="split", dtype=False),
            source=about["source"],
            groups=tuple(about["groups"]),
            flops_rule=about["flops_rule"],
            simulated=about["simulated"],
            run=about.get("run"),
        )

    @property
    def assumed(self) -> dict[str, Any]:
        """What was assumed rather than learnt, or nothing; see `assume`.

        The ``parameters`` of the law, the ``card`` whose priors they follow, the model that was
        ``fitted``, and the ``inputs`` at which its runs were made.
        """
        return dict(json.loads(self.attrs.get("assumed", "{}")))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What to know of the runs, and what was assumed rather than learnt."""
        if not self.assumed:
            return tuple(self.runs.notes)
        names, card = ", ".join(self.assumed["parameters"]), self.assumed["card"]
        sentence = f"Not learnt from the runs but drawn from the priors of {card}: {names}."
        remedy = f"Train a few runs that {card} can learn from, and fit them."
        return (Note("assumed", "warning", sentence, remedy), *self.runs.notes)

    def on_target_scale(self, observed: np.ndarray, runs: Runs) -> np.ndarray:
        """Turn values of the observed variable into what the law predicts.

        Parameters
        ----------
        observed : ndarray, shape (..., runs)
            Logarithms, or counts of right answers.
        runs : Runs
            The runs they belong to.

        Returns
        -------
        ndarray, shape (..., runs)
            Losses, or accuracies.
        """
        if isinstance(self.model.likelihood, BetaBinomial):
            return np.asarray(observed / runs.table["items"].to_numpy())
        return np.asarray(np.exp(observed))

    def require(self, runs: Runs) -> None:
        """Raise if other runs cannot be set against this fit.

        Raises
        ------
        RunsError
            If there are none, or they lack a column that the model needs.
        """
        if not len(runs):
            raise RunsError(f"{runs.source}: has 0 runs to compare; give at least one")
        if missing := [name for name in self.model.needs if name not in runs.table]:
            raise RunsError(
                f"{runs.source}: {self.model.name} needs {', '.join(self.model.needs)}, the runs "
                f"have no {missing[0]}; name its column when loading them"
            )

    def group(self, **levels: str | None) -> "Fit":
        """Return the fit of one group of a pooled fit, as if it had been fitted alone.

        Parameters
        ----------
        **levels : str or None
            The level of each group column, such as ``architecture="mamba"``; None stands for a
            group that has not been seen, with the uncertainty of what it may be like.

        Returns
        -------
        Fit
            Its parameters, runs and predictions are those of the group; every function takes it.

        Raises
        ------
        FitError
            If the fit does not pool over such a column, or has no such level.
        """
        return of_group(self, levels)

    def save(self, path: str | Path) -> None:
        """Write the fit to a NetCDF file, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Where to write, usually ending in ``.nc``. An existing file is replaced.

        Raises
        ------
        FitError
            If the file cannot be written.
        """
        write_whole(Path(path), lambda part: self.tree.to_netcdf(part, engine="h5netcdf"))

    def __repr__(self) -> str:
        """Name the model, the runs and the number of draws."""
        posterior = self.posterior
        draws = f"{posterior.sizes['chain']} x {posterior.sizes['draw']} draws"
        return f"<Fit of {self.model.name} to {self.runs}: {draws}>"


def pooled_groups(model: Model) -> list[str]:
    """Return the group columns over which parameters of the law are pooled."""
    groups = (part.over for name, part in model.pool.items() if name != POOLED_LOSS)
    return list(dict.fromkeys(groups))


def of_group(fit: Fit, levels: Mapping[str, str | None]) -> Fit:
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
    return Fit(tree, model)


def _of_runs(dataset: xr.Dataset, keep: np.ndarray) -> xr.Dataset:
    return dataset.isel(run=keep) if "run" in dataset.dims else dataset


def _of_level(fit: Fit, draws: xr.Dataset, levels: Mapping[str, str | None]) -> xr.Dataset:
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


def load(path: str | Path, *, law: Law | Callable[..., Any] | None = None) -> Fit:
    """Read a fit that `Fit.save` wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    law : Law or callable, optional
        The law, where it was a function of the user's own.

    Returns
    -------
    Fit

    Raises
    ------
    FitError
        If the file is missing, damaged or not a fit, or if the formula of its law has changed.

    Warns
    -----
    BayescaleWarning
        If another version of bayescale wrote the file.
    """
    tree = _read(Path(path))
    if missing := [
        key for key in ("bayescale_version", "card", "formula", "law") if key not in tree.attrs
    ]:
        raise FitError(
            f"{path}: no {missing[0]} in it, so it is not a fit of bayescale; fit the runs again"
        )
    found = _find_law(path, tree.attrs["law"], law)
    if found.formula != tree.attrs["formula"]:
        raise FitError(
            f"{path}: was fitted with {tree.attrs['law']} = {tree.attrs['formula']}, the law is "
            f"now {found.formula}, so its draws no longer belong to it; fit the runs again"
        )
    version = tree.attrs["bayescale_version"]
    if version != bayescale.__version__:
        warnings.warn(
            f"{path} was written by bayescale {version}, this is {bayescale.__version__}; "
            "fit the runs again if results differ",
            BayescaleWarning,
            stacklevel=2,
        )
    return Fit(tree, Model(law=found, **json.loads(tree.attrs["card"])))


def _read(path: Path) -> xr.DataTree:
    try:
        with xr.open_datatree(path, engine="h5netcdf") as tree:
            return tree.load()
    except FileNotFoundError:
        raise FitError(f"{path}: no such file; write one with fit.save or bayescale fit") from None
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = str(error).strip().partition("\n")[0]
        raise FitError(f"{path}: not a readable fit ({first}); fit the runs again") from None


def _find_law(path: str | Path, name: str, given: Law | Callable[..., Any] | None) -> Law:
    if given is not None:
        return given if isinstance(given, Law) else Law(given)
    try:
        return get_law(name)
    except ModelError:
        raise FitError(
            f"{path}: its law {name!r} is not one of bayescale's; give it with load(path, law=...)"
        ) from None
