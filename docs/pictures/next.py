"""Which runs to train next.

Candidates by what each would teach about a plan of 1e16 FLOPs; those worth training are numbered.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("sweep"), "outer_power", random_seed=1)
figure = bs.plot_next(bs.next_runs(fit, budget=1e14, target=1e16))
