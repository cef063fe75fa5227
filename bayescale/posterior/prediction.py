"""Draws that were predicted, which know where their width comes from."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

import bayescale
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.shown import Shown
from bayescale.errors import PlanError
from bayescale.posterior.intervals import IntervalKind, by_samples, credible_interval
from bayescale.posterior.mixture import name_of, pooled
from bayescale.posterior.sources import mix_sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Prediction(xr.DataArray):  # type: ignore[no-untyped-call]
    """Draws of what was predicted: a DataArray of dimensions (chain, draw, target).

    What is computed from it is a DataArray, which knows nothing of sources any more.
    """

    __slots__ = ("_doubt", "_split")
    _split: Callable[[], pd.DataFrame]
    _doubt: Callable[[], tuple[Note, ...]]

    @classmethod
    def of(
        cls,
        draws: xr.DataArray,
        split: Callable[[], pd.DataFrame],
        doubt: Callable[[], tuple[Note, ...]],
    ) -> "Prediction":
        """Return draws with a way of splitting their width and one of doubting them."""
        found = cls(draws)
        found._split, found._doubt = split, doubt
        return found

    @property
    def notes(self) -> tuple[Note, ...]:
        """What speaks against it: the best runs alone, where they foretell another loss."""
        return self._doubt()

    def _replace(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._replace(*args, **kwargs)
        return xr.DataArray(
            found.variable,
            found._coords,
            name=found.name,
            indexes=found._indexes,
            fastpath=True,
        )

    _repr_html_ = Shown._repr_html_

    @checked(PlanError)
    def summary(
        self, ci_prob: float | None = None, ci_kind: IntervalKind | None = None
    ) -> pd.DataFrame:
        """Return what is predicted as a table, one row a target.

        Parameters
        ----------
        ci_prob, ci_kind : optional
            Probability and kind of the intervals; ArviZ's settings by default.

        Returns
        -------
        DataFrame
            The counts of each target, ``extrapolation`` in decades beyond the runs, and ``median``,
            ``lower`` and ``upper`` of what is predicted, in its unit.
        """
        table = credible_interval(xr.DataArray(self), ci_prob, ci_kind).to_dataframe()
        counts = [name for name in table if name not in ("median", "lower", "upper")]
        return table[[*counts, "median", "lower", "upper"]]

    def plot(self, **settings: Any) -> "Figure":  # type: ignore[override]
        """Draw each target with its interval; see `bayescale.plot_targets`."""
        # Through the public name: figures stand above predictions and import them.
        return bayescale.plot_targets(self, **settings)

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


def mix(parts: Mapping[str, Prediction], chosen: Mapping[str, np.ndarray]) -> Prediction:
    """Return chosen draws of several predictions of the same targets, as one chain.

    What the forms differ by counts as form: it is what their own sources leave of the whole width.

    Parameters
    ----------
    parts : mapping of str to Prediction
        The predictions by name.
    chosen : mapping of str to ndarray of int
        Which draws of each, chain after chain.
    """
    some = parts[next(iter(chosen))]
    values = pooled({name: by_samples(part) for name, part in parts.items()}, chosen)
    draws = xr.DataArray(
        values[None], dims=("chain", "draw", "target"), coords=some["target"].coords, name=some.name
    ).assign_attrs(some.attrs | {"model": name_of(chosen)})
    shares = {name: len(numbers) / values.shape[0] for name, numbers in chosen.items()}

    def split() -> pd.DataFrame:
        return mix_sources({n: parts[n].sources() for n in chosen}, shares, np.log(values))

    def doubt() -> tuple[Note, ...]:
        return tuple(note for name in chosen for note in parts[name].notes)

    return Prediction.of(draws, split, doubt)
