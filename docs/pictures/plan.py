"""One plan, and how far one may deviate.

A budget of 1e13 FLOPs with half a million unique tokens, by a law that prices repetition.
"""

import bayescale as bs

runs = bs.datasets.load("sweep_all")
fit = bs.fit(runs, "overfitting_penalty_free", random_seed=1)
figure = bs.plot_plan(bs.allocate(fit, flops=1e13, unique_tokens=5.12e5, max_epochs=64))
