"""A law, its forecast and a plan.

Left, the loss of the best model for each budget, far beyond the 61 runs that were fitted (grey);
the squares are larger runs, trained later and not fitted. Runs that are not of the best shape lie
above the curve. Right, what to train for 1e13 FLOPs, and how far one may deviate at no cost.
"""

import bayescale as bs
from bayescale.plotting.style import ORANGE, direct_label, new_figure, style

fit = bs.fit(bs.datasets.load("sweep"), "outer_power", random_seed=1)
later = bs.datasets.load("sweep_holdout").table.query("tokens == unique_tokens")

with style():
    figure = new_figure(4.3)
    figure.set_size_inches(12.5, 4.3)
    left, right = figure.subfigures(1, 2)
    ax = left.add_subplot()
bs.plot_prediction(fit, ax=ax)
ax.scatter(later["flops"], later["loss"], color=ORANGE, marker="s", s=22, zorder=6)
direct_label(ax, "larger runs, not fitted", (2.4e13, 1.335), (8, 0), ORANGE)
bs.plot_plan(bs.allocate(fit, flops=1e13), figure=right)
