"""What a fit is: posterior draws, the model they belong to and the runs they came from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from bayescale.compute.accounting import FlopsRule
from bayescale.core.asking import either, setting
from bayescale.core.figures import Figures
from bayescale.core.note import Note
from bayescale.core.quantities import FloatArray
from bayescale.core.shown import Shown
from bayescale.errors import FitError, RunsError
from bayescale.model.bending import Basis, Bending
from bayescale.model.card import Model
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.posterior.groups import of_group, pooled_groups
from bayescale.posterior.intervals import by_samples
from bayescale.posterior.sealing import save_tree
from bayescale.runs.provenance import Provenance
from bayescale.runs.table import Runs

DRAW_NUMBER = "draw_number"

MIN_DRAWS = 100
"""From fewer draws no answer is given: they tell hardly anything of the ends of an interval."""


@dataclass(frozen=True, repr=False)
class Fit(Shown):
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

    def log_likelihood(self) -> tuple[FloatArray, np.ndarray]:
        """Return the log likelihood of each run, and the draws that it is kept of.

        Returns
        -------
        density : ndarray, shape (draws kept, runs)
            The log likelihood; of many runs a fit keeps it of some draws, see `bayescale.fit`.
        rows : ndarray of int, shape (draws kept,)
            Which draws these are, counted chain after chain.
        """
        density = self.tree["log_likelihood"].to_dataset()[self.model.observed]
        chains, draws = (self.posterior.sizes[name] for name in ("chain", "draw"))
        of_chain = self.posterior.indexes["draw"].get_indexer(pd.Index(density["draw"]))
        return by_samples(density), (np.arange(chains)[:, None] * draws + of_chain).ravel()

    @property
    def plot(self) -> Figures:
        """The figures of a fit: ``fit.plot.prediction()``; ``fit.plot()`` is `plot_fit`."""
        return Figures(self, "fit")

    @property
    def samples(self) -> int:
        """The number of posterior draws, of all chains together."""
        sizes = self.posterior.sizes
        return int(sizes["chain"] * sizes["draw"])

    @property
    def parameters(self) -> dict[str, xr.DataArray]:
        """Draws of the parameters of the law, dimensions (chain, draw).

        Raises
        ------
        FitError
            If the parameters differ between groups, or the draws are too few or no numbers, so
            that nothing should be concluded from them.
        """
        if groups := pooled_groups(self.model):
            asked = ", ".join(f"{group}=..." for group in groups)
            asked = either(
                f"fit.group({asked}), or None",
                f"{setting('in_group', dict.fromkeys(groups, ...))}, or nothing behind =",
            )
            raise FitError(
                f"this fit has parameters for each {' and '.join(groups)}; choose one group with "
                f"{asked} for a group not seen"
            )
        self.require_draws()
        posterior, fixed = self.posterior, self.model.fixed
        some = posterior[next(iter(self.model.all_priors))]
        found = {
            name: xr.full_like(some, fixed[name]) if name in fixed else posterior[name]
            for name in self.model.law.parameters
        }
        bent = {name: posterior[name] for name in (BEND, SHAPE) if self.model.discrepancy}
        for name, draws in (found | bent).items():
            if not np.isfinite(draws).all():
                raise FitError(f"this fit has draws of {name} that are no numbers; fit again")
        return found

    @property
    def basis(self) -> Basis | None:
        """What the law bends by, or None if it is taken to be the truth."""
        given = self.model.discrepancy
        if given is None:
            return None
        return Basis.read(self.tree["constant_data"].to_dataset(), given.length, given.slope)

    @cached_property
    def bending(self) -> Bending | None:
        """How each draw bends away from the law, chain after chain, or None if none does."""
        given, basis = self.model.discrepancy, self.basis
        if given is None or basis is None:
            return None
        posterior = self.posterior
        scale = posterior[BEND].to_numpy().ravel() / given.unit
        shape = posterior[SHAPE].to_numpy().reshape(self.samples, basis.modes)
        return Bending.of(basis, scale, shape)

    @property
    def surface_draws(self) -> dict[str, xr.DataArray]:
        """What `losses_at` takes of each draw, dimensions (chain, draw).

        The parameters of the law and, where the law bends, the number of the draw.
        """
        found = self.parameters
        if self.bending is not None:
            found[DRAW_NUMBER] = self._draw_number
        return found

    @property
    def _draw_number(self) -> xr.DataArray:
        some = self.posterior[next(iter(self.model.all_priors))]
        return some.copy(data=np.arange(self.samples).reshape(some.shape)).rename(DRAW_NUMBER)

    def losses_at(self, columns: Mapping[str, Any], draws: Mapping[str, Any]) -> Any:
        """Return draws of the loss surface, the bending of the law included.

        Parameters
        ----------
        columns : mapping of str to array_like or DataArray
            The inputs by column, in counts.
        draws : mapping of str to array_like or DataArray
            Some or all of `surface_draws`; broadcast against the inputs.

        Returns
        -------
        array_like or DataArray
            The loss, or what else the law predicts, in its unit.
        """
        found = self.model.predict_at(columns, self.reference, draws)
        if self.bending is not None:
            found = found * np.exp(self.bending.at(columns, draws[DRAW_NUMBER]))
        return found

    def bent_by(self, columns: Mapping[str, Any]) -> Any:
        """Return the factor by which each draw bends the law, dimensions (chain, draw), or one."""
        if self.bending is None:
            return 1.0
        return np.exp(self.bending.at(columns, self._draw_number))

    @cached_property
    def reference(self) -> dict[str, float]:
        """The reference value of each input of the law, by letter."""
        scales = self.scales
        return {symbol: scales[f"{symbol}_ref"] for symbol in self.model.law.inputs}

    @property
    def scales(self) -> dict[str, float]:
        """The reference values and the scale of losses, as a `Problem` names them."""
        constants = self.tree["constant_data"]
        return {name: float(constants[name]) for name in self.model.scale_names}

    @property
    def attrs(self) -> dict[str, Any]:
        """How the fit was made: versions, seed, timing, card, formula."""
        return {str(key): value for key, value in self.tree.attrs.items()}

    @cached_property
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
            provenance=Provenance.from_dict(about.get("provenance", {})),
            derived=tuple(about.get("derived", ())),
        )

    @property
    def rule(self) -> FlopsRule:
        """What a token cost the runs, in which every answer counts compute: see `Runs.rule`."""
        return self.runs.rule

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of `bayescale.fit` that were given; empty for fits of older versions."""
        return dict(json.loads(self.attrs.get("asked", "{}")))

    @property
    def group_levels(self) -> dict[str, str | None]:
        """The levels that `Fit.group` was asked for; empty for a whole fit."""
        return dict(json.loads(self.attrs.get("group", "{}")))

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
        return self.model.likelihood.on_target_scale(observed, runs.table)

    def require_draws(self) -> None:
        """Raise if there are too few draws to answer anything from.

        Raises
        ------
        FitError
            If there are fewer than 100.
        """
        if self.samples < MIN_DRAWS:
            raise FitError(
                f"this fit has {self.samples} draws, an answer needs at least {MIN_DRAWS}; fit "
                "the runs again with more draws or chains"
            )

    def require(self, runs: Runs) -> None:
        """Raise if other runs cannot be set against this fit.

        Raises
        ------
        RunsError
            If there are none, or they lack a column that the model needs.
        FitError
            If the fit has too few draws.
        """
        self.require_draws()
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
        """Write the fit and a checksum of it to a NetCDF file, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Where to write, usually ending in ``.nc``. An existing file is replaced, and `load`
            refuses what was altered or damaged afterwards.

        Raises
        ------
        FitError
            If the file cannot be written; nothing is left behind and an existing file stays.
        """
        save_tree(self.tree, path)

    def __repr__(self) -> str:
        """Name the model, the runs and the number of draws."""
        posterior = self.posterior
        draws = f"{posterior.sizes['chain']} x {posterior.sizes['draw']} draws"
        return f"<Fit of {self.model.name} to {self.runs}: {draws}>"
