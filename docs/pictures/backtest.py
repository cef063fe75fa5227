"""A decision, replayed.

What a sweep would have recommended at four earlier points of it, and how its later runs came out.
"""

import bayescale as bs

runs = bs.datasets.load("sweep")
figure = bs.backtest(runs, ["chinchilla", "outer_power"], random_seed=1).plot()
