"""What the runs taught.

The prior and the posterior of each parameter: where they are alike, the runs said little.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("sweep"), "chinchilla", random_seed=1)
figure = bs.plot_parameters(fit)
