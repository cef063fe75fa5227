"""Size and tokens against compute.

The plan of each budget, with the interval of the optimum and the sizes that are nearly as good.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("simulated"), "chinchilla", random_seed=1)
figure = bs.plot_plan(bs.allocate(fit, flops=[1e20, 1e21, 1e22, 1e23]))
