"""Where the width of a prediction comes from: the floor, the other parameters, form and noise."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayescale.core.quantities import FloatArray

FLOOR = "E"
"""The letter of the irreducible loss, in every law that has one."""

SOURCES = ("floor", "parameters", "form", "noise")

FLOOR_STEP = 0.1
"""The change of the floor, in the unit of the loss, that its effect is stated for."""

_WIDTH = (0.05, 0.95)


def split_width(
    surface: FloatArray,
    law: FloatArray,
    parameters: Mapping[str, FloatArray],
    run: FloatArray | None = None,
) -> pd.DataFrame:
    """Say how much of the uncertainty of predictions each source brings.

    The draws of log loss are explained by the floor alone, then by all parameters of the law: what
    each leaves unexplained (least squares in the parameters, their squares and the logarithm of the
    law) is the variance of the others, by the law of total variance. What remains is the form, the
    bending of the truth away from the law. Noise is what a new run adds.

    Parameters
    ----------
    surface : ndarray, shape (samples, targets)
        Draws of the logarithm of the mean surface.
    law : ndarray, shape (samples, targets)
        The same of the law, without its bending.
    parameters : mapping of str to ndarray, shape (samples,)
        Draws of the parameters of the law.
    run : ndarray, shape (samples, targets), optional
        Draws of the logarithm of one new run.

    Returns
    -------
    DataFrame
        One row a target. ``floor``, ``parameters``, ``form`` and ``noise`` are shares of the
        squared width and add up to one; ``width`` is that of the 90% interval, relative to the
        loss; ``floor_effect`` is by how much the loss changes, relative to itself, where the floor
        is higher by 0.1 in its unit (zero for a law without a floor).
    """
    varying = {name: v for name, v in parameters.items() if np.ptp(v) > 0}
    floor = varying.pop(FLOOR, None)
    of_floor = [] if floor is None else _powers(floor)
    others = [column for values in varying.values() for column in _powers(values)]
    rows = []
    for target in range(surface.shape[1]):
        y = surface[:, target]
        by_floor = _explained(y, of_floor)
        by_law = max(_explained(y, [*of_floor, *others, law[:, target]]), by_floor)
        shares = np.array([by_floor, by_law - by_floor, 1 - by_law])
        squared = _width(y) ** 2
        whole = squared if run is None else max(_width(run[:, target]) ** 2, squared)
        parts = [*(shares * squared), whole - squared]
        effect = 0.0 if floor is None else _slope(floor, y) * FLOOR_STEP
        rows.append([*(np.array(parts) / max(whole, 1e-300)), np.sqrt(whole), effect])
    return pd.DataFrame(rows, columns=[*SOURCES, "width", "floor_effect"])


def mix_sources(
    parts: Mapping[str, pd.DataFrame], shares: Mapping[str, float], log_loss: FloatArray
) -> pd.DataFrame:
    """Return the sources of a mixture: those of its forms on average, and by what they differ.

    Parameters
    ----------
    parts : mapping of str to DataFrame
        What `split_width` found of each.
    shares : mapping of str to float
        The weights, which sum to one.
    log_loss : ndarray, shape (samples, targets)
        Draws of the mixture.
    """
    squared = np.array([_width(values) ** 2 for values in log_loss.T])
    each = [
        shares[name] * part[[*SOURCES]].mul(part["width"] ** 2, axis=0)
        for name, part in parts.items()
    ]
    inside = sum(each[1:], each[0])
    # A mixture may be narrower than its widest form, so the parts are scaled to fit.
    inside = inside.mul(np.minimum(1.0, squared / inside.sum(axis=1)), axis=0)
    inside["form"] += squared - inside.sum(axis=1)
    found = inside.div(np.maximum(squared, 1e-300), axis=0)
    effects = [shares[name] * part["floor_effect"] for name, part in parts.items()]
    return found.assign(width=np.sqrt(squared), floor_effect=sum(effects[1:], effects[0]))


def _powers(values: FloatArray) -> list[FloatArray]:
    scaled = (values - values.mean()) / values.std()
    return [scaled, scaled**2]


def _explained(y: FloatArray, columns: list[FloatArray]) -> float:
    """Return the share of the variance of y that columns explain by least squares."""
    total = float(y.var())
    if not columns or total == 0:
        return 0.0
    matrix = np.column_stack([np.ones(len(y)), *columns])
    found, *_ = np.linalg.lstsq(matrix, y, rcond=None)
    return float(np.clip(1 - (y - matrix @ found).var() / total, 0.0, 1.0))


def _width(log_loss: FloatArray) -> float:
    low, high = np.quantile(log_loss, _WIDTH)
    return float(high - low)


def _slope(x: FloatArray, y: FloatArray) -> float:
    return float(np.cov(x, y)[0, 1] / x.var(ddof=1))
