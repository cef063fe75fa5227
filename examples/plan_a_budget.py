# %% [markdown]
# # From a table of runs to a plan
#
# The runs here are simulated from published constants, so that this page needs no download and
# the truth is known. With your own runs, start with
#
# ```python
# runs = bs.load_runs("runs.csv", params="n_params", tokens="n_tokens", loss="val_loss")
# ```

# %%
import bayescale as bs

runs = bs.datasets.load("simulated")
print(runs)

# %% [markdown]
# ## Fit
#
# A model card states the law and the priors; NUTS gives the posterior. `A` and `B` are the loss
# that finite size and finite data cost at the reference run, in nats.

# %%
fit = bs.fit(runs, "chinchilla", random_seed=1)
print(bs.check(fit).raise_if_bad())
fit.posterior[["E", "A", "B", "alpha_N", "alpha_D", "a_opt"]].mean()

# %%
bs.plot_fit(fit)

# %% [markdown]
# ## Compare
#
# LOO says how well a form interpolates, largest-compute-out how well it extrapolates.

# %%
comparison = bs.compare([fit, bs.fit(runs, "power_law", random_seed=1)])
print(*comparison.notes, sep="\n")
comparison.largest

# %% [markdown]
# ## Predict and plan
#
# The loss of a model ten times beyond the largest run, and the plan for that budget when there are
# only 20 billion distinct tokens.

# %%
loss = bs.predict(fit, params=5e9, tokens=1e11)
print(f"{float(loss.median()):.3f}, {float(loss['extrapolation'][0]):.1f} decades beyond the runs")

# %%
plan = bs.allocate(fit, flops=3e21, unique_tokens=2e10, max_epochs=4)
print(plan)
plan.summary()

# %%
plan.plot()

# %% [markdown]
# ## Price what the runs could not tell
#
# These runs saw every token once, so the plan above takes a second epoch for fresh data. Repetition
# can be assumed instead, as published fits found it, with its uncertainty. Then it is worth asking
# what more data would be worth.

# %%
repeated = bs.assume(fit, "data_constrained")
print(bs.allocate(repeated, flops=3e21, unique_tokens=2e10, max_epochs=20))

# %%
limits = {"flops": 3e21, "unique_tokens": 2e10, "max_epochs": 20}
worth = bs.worth_of_data(repeated, more_tokens=2e10, **limits)
low, middle, high = worth.quantile([0.055, 0.5, 0.945], method="higher").to_numpy()
print(f"Twice the data are worth {middle:.2g} times the compute ({low:.2g} to {high:.2g}).")
