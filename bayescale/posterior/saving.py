"""Read a fit that was saved."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xarray as xr

import bayescale
from bayescale.errors import BayescaleWarning, FitError, ModelError
from bayescale.laws import get_law
from bayescale.laws.law import Law
from bayescale.model.card import Model
from bayescale.posterior.fit import Fit


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
