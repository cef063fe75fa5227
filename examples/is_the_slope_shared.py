# %% [markdown]
# # Is the slope shared?
#
# An old question of the field: does an architecture change the exponents of a scaling law, or only
# its coefficients? Partial pooling answers it with numbers. Here three architectures are simulated
# that share their exponents and differ in floor and coefficients, so the right answer is known.

# %%
import pandas as pd

import bayescale as bs

coefficients = {"dense": (1.80, 480), "hybrid": (1.75, 540), "recurrent": (1.85, 430)}
tables = []
for seed, (architecture, (E, A)) in enumerate(coefficients.items()):
    truth = {"E": E, "A": A, "B": 2000, "alpha_N": 0.35, "alpha_D": 0.366}
    runs = bs.simulate("chinchilla", 24, values=truth, seed=seed)
    tables.append(runs.table.assign(architecture=architecture))
runs = bs.load_runs(pd.concat(tables, ignore_index=True), groups=["architecture"], simulated=True)
print(runs)

# %% [markdown]
# ## Two models of the difference
#
# Every group has its own value of a pooled parameter, and the groups inform each other through
# the spread between them.

# %%
terms = dict.fromkeys(["E", "A", "B"], "architecture")
exponents = dict.fromkeys(["alpha_N", "alpha_D"], "architecture")
fits = {
    "coefficients vary": bs.fit(runs, "chinchilla", pool=terms, random_seed=1, draws=400),
    "exponents vary too": bs.fit(
        runs, "chinchilla", pool=terms | exponents, random_seed=1, draws=400
    ),
}
for name, fit in fits.items():
    print(name, bs.check(fit).raise_if_bad(), sep="\n")

# %% [markdown]
# ## The answer
#
# How much the exponents differ between groups, as a standard deviation of their logarithms:

# %%
spreads = fits["exponents vary too"].posterior[["alpha_N_spread", "alpha_D_spread"]]
spreads.quantile([0.055, 0.5, 0.945]).to_dataframe()

# %% [markdown]
# And whether a model in which they may differ predicts better, between the runs and beyond them:

# %%
comparison = bs.compare(fits)
print(*comparison.notes, sep="\n")
comparison.loo[["elpd", "elpd_diff", "dse"]]

# %%
comparison.largest

# %% [markdown]
# ## What a group is worth
#
# How many times the parameters of the dense architecture each of the others is worth, at equal
# loss above the floor:

# %%
rho = bs.savings(fits["coefficients vary"], "architecture", baseline="dense")
rho.quantile([0.055, 0.5, 0.945], dim=["chain", "draw"]).to_dataframe()

# %% [markdown]
# ## Plan with one group
#
# A group of a pooled fit is a fit like any other. `architecture=None` would be one that has not
# been trained yet.

# %%
bs.allocate(fits["coefficients vary"].group(architecture="recurrent"), flops=1e23)
