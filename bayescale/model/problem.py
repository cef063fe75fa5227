"""What a model takes from runs, made once: inputs, reference run, groups and what was observed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from bayescale.core.quantities import FloatArray, quantity_of
from bayescale.model.bending import Basis
from bayescale.model.card import Model
from bayescale.model.likelihood import NOISE_REFERENCE
from bayescale.runs.table import Runs

RUNS_PER_VALUE = 2.0
"""From this many runs for each of its values on, a group is better placed by its runs than by the
others: measured on five groups of 3, 6 and 24 runs with 3 and 5 pooled parameters."""


@dataclass(frozen=True)
class Problem:
    """A model put to runs.

    Attributes
    ----------
    model : Model
        The model card.
    runs : Runs
        The runs to observe.
    scales : dict of str to float
        What the coordinates of the model rest on: ``<letter>_ref`` for each input, in counts (one
        if it has no scale), ``loss_scale``, the low end of what the law predicts, and
        ``noise_ref``, the typical run, where the noise depends on a column.
    levels : dict of str to ndarray of str
        The levels of each group column that the model pools over, in order.
    positions : dict of str to ndarray of int, shape (runs,)
        Where the level of each run stands among them.
    basis : Basis or None
        What the law bends by, where it may.
    """

    model: Model
    runs: Runs
    scales: dict[str, float]
    levels: dict[str, np.ndarray]
    positions: dict[str, np.ndarray]
    basis: Basis | None = None

    @classmethod
    def of(
        cls,
        model: Model,
        runs: Runs,
        scales: Mapping[str, float] | None = None,
        basis: Basis | None = None,
    ) -> "Problem":
        """Put a model to runs.

        Parameters
        ----------
        model : Model
            The model card.
        runs : Runs
            The runs, with every column that the model needs.
        scales : mapping of str to float, optional
            The scales of other runs, to evaluate these with parameters fitted to those.
        basis : Basis, optional
            What the law bends by, where it was fitted to other runs.
        """
        groups = dict.fromkeys(group for _, group in model.pooled.values())
        found = {group: np.unique(runs.levels(group), return_inverse=True) for group in groups}
        return cls(
            model,
            runs,
            dict(scales) if scales is not None else _scales(model, runs),
            levels={group: levels for group, (levels, _) in found.items()},
            positions={group: position for group, (_, position) in found.items()},
            basis=_basis(model, runs) if basis is None else basis,
        )

    @property
    def reference(self) -> dict[str, float]:
        """The reference value of each input of the law, by letter."""
        return {symbol: self.scales[f"{symbol}_ref"] for symbol in self.model.law.inputs}

    @property
    def loss_scale(self) -> float:
        """The low end of what the law predicts, in its unit; priors are stated in it."""
        return self.scales["loss_scale"]

    def is_centred(self, group: str) -> bool:
        """Whether the typical group has runs enough for its values to be sampled as they are."""
        counts = np.bincount(self.positions[group])
        values = sum(over == group for _, over in self.model.pooled.values())
        return bool(np.median(counts) >= RUNS_PER_VALUE * values)

    @cached_property
    def data(self) -> dict[str, FloatArray | float]:
        """Everything a PyMC model takes from the runs.

        Arrays of shape (runs,): the inputs by letter, the position ``<group>_index`` of each run
        among the levels of a pooled group, ``observed`` and, for counts, ``items``; where the
        noise depends on a column, ``noise_times``: the column over its reference. Scalars: the
        ``scales``.
        """
        table, model = self.runs.table, self.model
        column = model.likelihood.varies_with
        times = {} if column is None else {"noise_times": noise_times(table[column], self.scales)}
        return {
            **{symbol: table[column].to_numpy(float) for symbol, column in model.columns.items()},
            **{f"{group}_index": at.astype(float) for group, at in self.positions.items()},
            **model.likelihood.observe(table, model.law.target),
            **times,
            **self.scales,
        }


def _basis(model: Model, runs: Runs) -> Basis | None:
    if (given := model.discrepancy) is None:
        return None
    return Basis.around(runs.table, model.bent_columns, given.length, given.slope)


def _scales(model: Model, runs: Runs) -> dict[str, float]:
    references: dict[str, float] = {}
    of_scale: dict[str, float] = {}
    for symbol, column in model.columns.items():
        # What has no scale shares its reference with nothing else.
        scale = quantity_of(column).scale or symbol
        if symbol in model.reference:
            of_scale[scale] = model.reference[symbol]
        elif scale not in of_scale:
            counted = scale != symbol
            values = runs.table[column].to_numpy(float)
            of_scale[scale] = reference_point(values) if counted else 1.0
        references[f"{symbol}_ref"] = of_scale[scale]
    scales = {**references, "loss_scale": runs.low_end(model.law.target)}
    if of_noise := model.likelihood.varies_with:
        scales[NOISE_REFERENCE] = typical_point(runs.table[of_noise])
    return scales


def noise_times(values: ArrayLike, scales: Mapping[str, float]) -> FloatArray:
    """Return the column that the noise depends on, over its reference."""
    return np.asarray(values, float) / scales[NOISE_REFERENCE]


def reference_point(values: ArrayLike) -> float:
    """Return the low end of some values: their 10% quantile, rounded to one significant digit.

    Coefficients stated at the low end of the runs hardly correlate with their exponents, and a
    rounded number is one that people can discuss.
    """
    return _one_digit(float(np.quantile(np.asarray(values, float), 0.1)))


def typical_point(values: ArrayLike) -> float:
    """Return the geometric mean of some values, rounded to one significant digit.

    The scale of the noise there hardly correlates with the exponent by which it falls.
    """
    return _one_digit(float(np.exp(np.log(np.asarray(values, float)).mean())))


def _one_digit(value: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(value))
    return float(f"{round(value / magnitude) * magnitude:.0e}")
