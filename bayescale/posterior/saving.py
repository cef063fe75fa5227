"""Read a fit that was saved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xarray as xr

import bayescale
from bayescale.core.border import checked
from bayescale.core.code import fingerprint
from bayescale.core.text import first_line
from bayescale.core.warning import warn
from bayescale.errors import FitError, ModelError
from bayescale.laws import get_law
from bayescale.laws.law import Law
from bayescale.model.card import Model
from bayescale.posterior.fit import Fit
from bayescale.posterior.sealing import load_tree


@checked(FitError)
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
        If the file is missing, altered, damaged or not a fit, or if the formula of its law has
        changed.

    Warns
    -----
    BayescaleWarning
        If another version of bayescale wrote the file, or one that added no checksum.
    """
    tree, sealed = load_tree(path)
    if missing := [
        key for key in ("bayescale_version", "card", "formula", "law") if key not in tree.attrs
    ]:
        raise FitError(
            f"{path}: no {missing[0]} in it, so it is not a fit of bayescale; fit the runs again"
        )
    found = _build(path, tree, law)
    version = tree.attrs["bayescale_version"]
    if version != bayescale.__version__:
        warn(
            f"{path} was written by bayescale {version}, this is {bayescale.__version__}; "
            "fit the runs again if results differ"
        )
    if not sealed:
        warn(
            f"{path} carries no checksum, so nobody can tell whether it was altered or damaged; "
            "write it again with fit.save"
        )
    return found


def _build(path: str | Path, tree: xr.DataTree, law: Law | Callable[..., Any] | None) -> Fit:
    try:
        found = _find_law(path, str(tree.attrs["law"]), law)
        # The same code is the same formula, and needs no SymPy to say so.
        same = tree.attrs.get("law_code") == fingerprint(found.loss)
        if not same and found.formula != str(tree.attrs["formula"]):
            raise FitError(
                f"{path}: was fitted with {found.name} = {tree.attrs['formula']}, the law is "
                f"now {found.formula}, so its draws no longer belong to it; fit the runs again"
            )
        fit = Fit(tree, Model(law=found, **json.loads(tree.attrs["card"])))
        _read_all(fit)
    except FitError:
        raise
    except Exception as error:  # a card or a group can be broken in any way
        raise FitError(
            f"{path}: not a whole fit ({first_line(error)}); fit the runs again"
        ) from None
    return fit


def _read_all(fit: Fit) -> None:
    """Raise something if anything that every fit has is missing or broken."""
    sizes = fit.posterior[fit.model.sampled].sizes
    if fit.basis is not None and fit.basis.modes != sizes["mode"]:
        raise FitError("another number of modes than the grid has points")
    if not (len(fit.runs) and fit.reference and sizes["chain"] and sizes["draw"]):
        raise FitError("no runs or no draws")
    int(fit.attrs["random_seed"])


def _find_law(path: str | Path, name: str, given: Law | Callable[..., Any] | None) -> Law:
    if given is not None:
        return given if isinstance(given, Law) else Law(given)
    try:
        return get_law(name)
    except ModelError:
        raise FitError(
            f"{path}: its law {name!r} is not one of bayescale's; give it with load(path, law=...)"
        ) from None
