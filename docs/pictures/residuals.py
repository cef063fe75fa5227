"""What a fit misses.

Observed against predicted loss, and residuals against compute: a bend in them is what the form
misses.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("sweep"), "chinchilla", discrepancy=False, random_seed=1)
figure = bs.plot_fit(fit)
