"""What a fit is: posterior draws, the model they belong to and the runs they came from."""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

import bayescale
from bayescale.card import Model
from bayescale.errors import BayescaleWarning, FitError, ModelError
from bayescale.files import write_whole
from bayescale.law import Law
from bayescale.laws import get_law
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
        return {str(key): value for key, value in self.tree.attrs.items()}

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
