# %% [markdown]
# # From compute to accuracy
#
# A scaling law predicts a loss; people ask for an accuracy. A second model leads from one to the
# other, and its uncertainty comes on top of that of the first. Both are simulated here, so that
# the truth is known.

# %%
import numpy as np

import bayescale as bs

runs = bs.datasets.load("simulated")
benchmark = runs.table.assign(items=2000.0)
task = {"floor": 0.25, "gain": 0.6689, "reach": 0.0137, "k": 4.0}
benchmark = bs.simulate("accuracy_sigmoid", benchmark, values=task, seed=1)
print(benchmark)

# %% [markdown]
# ## Two fits
#
# The accuracy is a count of right answers among 2000 items: its noise is binomial, and more where
# runs of one loss differ by more than that.

# %%
loss_fit = bs.fit(runs, "outer_power", random_seed=1)
accuracy_fit = bs.fit(benchmark, "accuracy_sigmoid", random_seed=1)
print(bs.check(accuracy_fit).raise_if_bad())

# %% [markdown]
# ## One prediction
#
# The loss of a run at ten times the largest budget, with its noise, goes into the second law draw
# by draw.

# %%
loss = bs.predict(loss_fit, params=2e10, tokens=4e11, new_run=True)
accuracy = bs.predict(accuracy_fit, loss=loss)
alone = bs.predict(accuracy_fit, loss=float(loss.mean()))
for name, draws in {"both uncertainties": accuracy, "the second alone": alone}.items():
    low, middle, high = np.quantile(draws, [0.055, 0.5, 0.945])
    print(f"{name}: {middle:.1%}, 89% interval {low:.1%} to {high:.1%}")
