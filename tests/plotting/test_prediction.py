from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.errors import PlanError
from bayescale.planning.allocating import allocate
from bayescale.plotting import plot_prediction
from tests.fits import recorded_cost, recorded_fit, synthetic_fit
from tests.plotting.figures import points, texts


def test_prediction_shades_and_names_what_lies_beyond_the_runs():
    figure = plot_prediction(synthetic_fit(), targets=1e23)
    ax = figure.axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("training FLOPs (C)", "loss")
    assert ax.get_xlim()[1] > 1e23
    assert points(ax) == 54
    found = texts(figure)
    assert "beyond the runs →" in found
    assert any(text.startswith("10²³\n") for text in found)


def test_prediction_needs_one_curve(monkeypatch):
    fit = synthetic_fit()
    monkeypatch.setattr(type(fit.model), "columns", {"D": "tokens", "U": "unique_tokens"})
    with pytest.raises(PlanError, match="not one curve"):
        plot_prediction(fit)


def best_runs(fit):
    """A fit of the best split of every budget, in the FLOPs that its runs recorded."""
    budgets = np.geomspace(1e19, 1e22, 8)
    plan = allocate(fit, flops=list(budgets))
    table = pd.DataFrame({n: plan.committed[n].to_numpy() for n in ("params", "tokens")})
    flops = recorded_cost(table["params"].to_numpy()) * table["tokens"]
    loss = plan.outcome["loss"].median(["chain", "draw"]).to_numpy()
    return table.assign(flops=flops, loss=loss)


def drawn(figure):
    """The dots of the runs, and the losses of the curve at their budgets."""
    ax = figure.axes[0]
    dots = max((c.get_offsets() for c in ax.collections), key=len)
    line = max(ax.lines, key=lambda line: len(line.get_xdata()))
    x, y = (np.asarray(values, float) for values in (line.get_xdata(), line.get_ydata()))
    return np.asarray(dots), np.interp(np.log(dots[:, 0]), np.log(x), y)


@pytest.mark.parametrize("rule", [None, bs.SixND()])
def test_the_curve_passes_through_runs_that_were_split_best(rule):
    fit = recorded_fit()
    runs = bs.Runs(best_runs(fit), flops_rule="recorded")
    with patch.object(type(fit), "runs", runs):
        dots, curve = drawn(plot_prediction(replace(fit), rule=rule))
    assert len(dots) == 8
    own, by_6nd = runs.table["flops"], 6 * runs.table["params"] * runs.table["tokens"]
    np.testing.assert_allclose(dots[:, 0], own if rule is None else by_6nd)
    np.testing.assert_allclose(dots[:, 1], curve, rtol=3e-3)
