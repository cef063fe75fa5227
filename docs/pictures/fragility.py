"""What moves an answer.

The same sweep, fitted as it might as well have been fitted: by how much the best size and its loss
at ten times the compute change. Shaded is one standard deviation of the fit.
"""

import bayescale as bs

fit = bs.fit(bs.datasets.load("sweep"), "outer_power", random_seed=1)
counts = {"without embeddings": {"params": "params_nonembedding"}}
figure = bs.fragility(fit, counts=counts).plot()
