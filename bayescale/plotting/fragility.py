"""Which choices move an answer, the strongest on top."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bayescale.auditing.answering import LOSS, SIZE
from bayescale.auditing.fragile import Fragility
from bayescale.core.border import checked
from bayescale.errors import FitError
from bayescale.plotting.tornado import plot_tornado


@checked(FitError)
def plot_fragility(fragility: Fragility) -> Figure:
    """Draw by how much the best size and its loss move with choices made otherwise.

    Parameters
    ----------
    fragility : Fragility
        What `fragility` returned.

    Returns
    -------
    matplotlib.figure.Figure
        A bar for each cause, the strongest on top, and a mark for each change; shaded, one standard
        deviation of the fit to either side.

    Examples
    --------
    >>> figure = bs.plot_fragility(bs.fragility(fit))  # doctest: +SKIP
    """
    fitted, table = fragility.fitted, fragility.table
    values = table.pivot(index=["cause", "change"], columns="answer", values="value")
    values = values.loc[fragility.ranked.index]
    drawn = {"cause": values.index.get_level_values("cause")}
    spread = {}
    if SIZE in fragility.asked:
        best = fitted.loc[SIZE]
        drawn["size"] = values[SIZE].to_numpy() / best["value"]
        spread["size"] = (best["lower"] / best["value"], best["upper"] / best["value"])
    loss = fitted.loc[LOSS]
    drawn["loss"] = values[LOSS].to_numpy() - loss["value"]
    spread["loss"] = (loss["lower"] - loss["value"], loss["upper"] - loss["value"])
    return plot_tornado(
        pd.DataFrame(drawn),
        against="the fit",
        spread={name: (float(np.min(ends)), float(np.max(ends))) for name, ends in spread.items()},
        simulated=fragility.simulated,
    )
