"""Foretold, then trained.

Larger runs beside the intervals that were written down before they were trained.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("sweep"), "outer_power", random_seed=1)
later = bs.datasets.load("sweep_holdout")
fresh = later.subset((later.table["unique_tokens"] == later.table["tokens"]).to_numpy())
figure = bs.plot_score(bs.score(fit, fresh, ci_prob=0.9))
