"""Draws that were predicted, which know where their width comes from."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import xarray as xr

from bayescale.core.border import checked
from bayescale.errors import PlanError


class Prediction(xr.DataArray):  # type: ignore[no-untyped-call]
    """Draws of what was predicted: a DataArray of dimensions (chain, draw, target).

    What is computed from it is a DataArray, which knows nothing of sources any more.
    """

    __slots__ = ("_split",)
    _split: Callable[[], pd.DataFrame]

    @classmethod
    def of(cls, draws: xr.DataArray, split: Callable[[], pd.DataFrame]) -> "Prediction":
        """Return draws with a way of splitting their width."""
        found = cls(draws)
        found._split = split
        return found

    def _replace(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._replace(*args, **kwargs)
        return xr.DataArray(
            found.variable,
            found._coords,
            name=found.name,
            indexes=found._indexes,
            fastpath=True,
        )

    @checked(PlanError)
    def sources(self) -> pd.DataFrame:
        """Say how much of the width of each prediction the floor, form and noise bring.

        Returns
        -------
        DataFrame
            One row a target, indexed by its counts. ``floor`` (the irreducible loss),
            ``parameters`` (the others of the law), ``form`` (the bending of the truth away from the
            law) and ``noise`` (of one new run, if it was asked for) are shares of the squared width
            and add up to one. ``width`` is that of the 90% interval, relative to the loss;
            ``floor_effect`` says by how much the loss moves, relative to itself, if the floor is
            higher by 0.1 in the unit of the loss.

        Raises
        ------
        PlanError
            If an input of the law was itself given as draws.

        Notes
        -----
        That the form is doubted also widens the floor and the parameters, of which runs then tell
        less; ``form`` is what the bending adds when all of them are known.

        Examples
        --------
        >>> bs.predict(fit, params=70e9, tokens=1.4e12, new_run=True).sources()  # doctest: +SKIP
        """
        return self._split()
