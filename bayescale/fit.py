"""What a fit is: posterior draws, the model they belong to and the runs they came from."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pandas as pd
import xarray as xr

from bayescale.card import Model
from bayescale.runs import Runs
from bayescale.units import BY_COLUMN


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
        posterior = self.posterior
        return {name: posterior[name] for name in self.model.law.parameters}

    @property
    def reference(self) -> dict[str, float]:
        """The reference value of each input of the law, by letter."""
        constants = self.tree["constant_data"]
        return {symbol: float(constants[f"{symbol}_ref"]) for symbol in self.model.law.inputs}

    @property
    def attrs(self) -> dict[str, Any]:
        """How the fit was made: versions, seed, timing, card, formula."""
        return self.tree.attrs

    @property
    def runs(self) -> Runs:
        """The runs the model was fitted to."""
        about = json.loads(self.attrs["runs"])
        constants = self.tree["constant_data"].to_dataset()
        columns = [name for name in (*BY_COLUMN, "loss", *about["groups"]) if name in constants]
        table = pd.DataFrame({name: constants[name].to_numpy() for name in columns})
        table.index = pd.Index(constants["run"].to_numpy(), name="run")
        return Runs(
            table,
            refused=pd.read_json(StringIO(about["refused"]), orient="split", dtype=False),
            source=about["source"],
            groups=tuple(about["groups"]),
            flops_rule=about["flops_rule"],
            simulated=about["simulated"],
        )

    def __repr__(self) -> str:
        """Name the model, the runs and the number of draws."""
        posterior = self.posterior
        draws = f"{posterior.sizes['chain']} x {posterior.sizes['draw']} draws"
        return f"<Fit of {self.model.name} to {self.runs}: {draws}>"
