"""Three runs nobody has trained.

The predictive interval of each, with the noise of one run.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("sweep"), "outer_power", random_seed=1)
runs = bs.predict(fit, params=[3e5, 1e6, 3e6], tokens=[1e7, 3e7, 1e8], new_run=True)
figure = bs.plot_targets(runs)
