"""What came of forecasts.

The forecasts of our own sweep that were on record before the runs were trained: how many intervals
held, where the runs fell in them, and the errors by how far they lie beyond the fitted runs.
"""

from pathlib import Path

import bayescale as bs

folder = Path(__file__).parents[2] / "examples" / "sweep" / "forecasts"
figure = bs.plot_record(bs.settle(folder, bs.datasets.load("sweep_holdout")))
