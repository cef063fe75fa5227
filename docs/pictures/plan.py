"""One plan, and how far one may deviate.

The best size for 1e22 FLOPs, of which a part goes into serving a trillion tokens: where it lies,
what to commit to, and which sizes are nearly as good.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("simulated"), "chinchilla", random_seed=1)
figure = bs.plot_plan(bs.allocate(fit, flops=1e22, inference_tokens=1e12))
