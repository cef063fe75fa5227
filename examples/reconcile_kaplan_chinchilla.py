# %% [markdown]
# # Why Kaplan and Chinchilla disagree
#
# Kaplan et al. 2020 found that the best model grows as compute to the power 0.73, Hoffmann et al.
# 2022 as compute to the power 0.50. Pearce & Song 2024 explain most of the gap by what was counted:
# Kaplan left embeddings out, and in models as small as those they are much of the whole.
#
# The runs here are simulated, so that this page needs no download: their losses follow the
# published chinchilla constants in total parameters.

# %%
import matplotlib.pyplot as plt
import numpy as np

import bayescale as bs
from bayescale.laws.nonembedding import best_tokens, local_exponent

runs = bs.datasets.load("simulated")
print(runs)

# %% [markdown]
# ## Count again, without embeddings
#
# At a fixed shape, an embedding grows with the width and so with the cube root of the rest. For a
# vocabulary of 32k tokens and models 39 times as wide as deep, `total = N + 47491 N^(1/3)`.

# %%
OMEGA = 47491.0
N = np.geomspace(1e3, 1e12, 10_001)
total = N + OMEGA * np.cbrt(N)

table = runs.table[["params", "tokens", "loss"]]
counted = table.assign(params=np.interp(table["params"], total, N))
counted = bs.load_runs(counted, name="the same runs, without embeddings", simulated=True)
print(counted)

# %% [markdown]
# ## Fit
#
# `omega` is the share of the embedding at 100M other parameters, where the truth is 0.22. `a_opt`
# belongs to total counts. A fit of the plain law to counts without embeddings has no place for
# the difference. Exponents are what is compared, so both laws are taken for the truth.

# %%
fit = bs.fit(counted, "nonembedding", discrepancy=False, random_seed=1)
print(bs.check(fit).raise_if_bad())
plain = bs.fit(counted, "chinchilla", discrepancy=False, random_seed=1)


def interval(draws):
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


print("omega                          ", interval(fit.posterior["omega"]))
print("exponent in total counts       ", interval(fit.posterior["a_opt"]))
print("exponent of the plain law      ", interval(plain.posterior["a_opt"]))

# %% [markdown]
# ## The exponent depends on scale
#
# Each draw of the posterior gives a frontier: the tokens that suit each size, the compute that both
# cost, and the local exponent of size in compute. Kaplan's models lie far below these runs, so what
# follows rests on the law as well as on the runs.

# %%
parameters = {name: values.to_numpy().reshape(-1, 1) for name, values in fit.parameters.items()}
del parameters["E"]
shape = {name: parameters[name] for name in ("alpha_N", "alpha_D", "omega")}

sizes = np.geomspace(10, 1e13, 300)
relative = sizes / float(fit.reference["N"])
tokens = best_tokens(relative, **parameters) * float(fit.reference["D"])
log_flops = np.log(6 * sizes * tokens)
exponents = local_exponent(relative, **shape)


def along_the_frontier(flops, values):
    """Return some values at given budgets, for each draw."""
    rows = zip(log_flops, np.broadcast_to(values, log_flops.shape), strict=True)
    return np.array([np.interp(np.log(flops), x, y) for x, y in rows])


def average_exponent(low, high):
    """Return the slope of a line through the frontier between two budgets, for each draw."""
    flops = np.geomspace(low, high, 100)
    return np.polyfit(np.log(flops), along_the_frontier(flops, np.log(sizes)).T, 1)[0]


print("budgets of Kaplan      9e12-5e20", interval(average_exponent(10**12.95, 10**20.7)))
print("budgets of Chinchilla  6e18-3e21", interval(average_exponent(6e18, 3e21)))
print("Gopher's budget          5.76e23", interval(along_the_frontier(5.76e23, exponents)))

# %%
budgets = np.geomspace(1e13, 1e25, 60)
low, middle, high = np.quantile(along_the_frontier(budgets, exponents), [0.05, 0.5, 0.95], axis=0)
figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
axes.fill_between(budgets, low, high, alpha=0.3, label="90% of draws")
axes.plot(budgets, middle, label="median")
axes.axhline(0.73, linestyle="--", color="0.5", label="Kaplan et al. 2020")
axes.axhline(0.50, linestyle=":", color="0.5", label="Hoffmann et al. 2022")
axes.set(
    xscale="log", xlabel="training FLOPs, without embeddings", ylabel="exponent of the best size"
)
axes.legend()
