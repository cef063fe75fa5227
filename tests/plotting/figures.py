"""What figures show, and scores to draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd

import bayescale as bs
from tests.fits import synthetic_fit


def texts(figure):
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def points(ax):
    return sum(len(collection.get_offsets()) for collection in scatters(ax))


def scatters(ax):
    return [part for part in ax.collections if isinstance(part, mpl.collections.PathCollection)]


def larger(count=3):
    """Score larger runs, the first of which comes out far too high."""
    return bs.score(synthetic_fit(), larger_runs(count))


def recorded(count=3):
    """Settle a forecast of these runs."""
    runs = larger_runs(count)
    asked = {name: runs.table[name].to_numpy() for name in ("params", "tokens")}
    return bs.settle(bs.forecast(synthetic_fit(), **asked), runs)


def larger_runs(count):
    """Larger runs, the first of which comes out far too high."""
    inputs = pd.DataFrame({"params": np.geomspace(2e9, 4e9, count), "tokens": 3e11})
    runs = bs.simulate("chinchilla", inputs, values="besiroglu2024", noise=0.001)
    runs.table.loc[0, "loss"] *= 1.1
    return runs
