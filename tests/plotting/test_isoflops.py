import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection

import bayescale as bs
from bayescale.errors import PlanError
from bayescale.plotting import plot_isoflops
from tests.fits import synthetic_fit
from tests.plotting.figures import points, texts


@pytest.fixture(scope="module")
def ax():
    return plot_isoflops(synthetic_fit(), targets=[1e20, 1e19]).axes[0]


def test_each_budget_is_a_valley_whose_bottom_is_the_plan(ax):
    curves = [line for line in ax.lines if len(line.get_xdata()) > 2]
    plan = bs.allocate(synthetic_fit(), flops=[1e19, 1e20])
    bottoms = [curve.get_xdata()[np.argmin(curve.get_ydata())] for curve in curves]
    assert bottoms == pytest.approx(plan.committed["params"].to_numpy(), rel=0.1)
    bars = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    for bar, size in zip(bars, plan.committed["params"].to_numpy(), strict=True):
        assert bar[0] <= size <= bar[1]


def test_runs_of_about_the_budget_are_drawn_and_no_others(ax):
    seen = synthetic_fit().runs.table["flops"]
    near = sum((np.abs(np.log10(seen / budget)) < 0.15).sum() for budget in (1e19, 1e20))
    assert points(ax) == near > 0


def test_everything_lies_inside_the_axes_and_is_named_beside_it(ax):
    bands = [part for part in ax.collections if isinstance(part, FillBetweenPolyCollection)]
    drawn = np.concatenate([path.vertices for band in bands for path in band.get_paths()])
    for values, (low, high) in zip(drawn.T, (ax.get_xlim(), ax.get_ylim()), strict=True):
        assert low < values.min() < values.max() < high
    assert {"10¹⁹ FLOPs", "10²⁰ FLOPs"} <= set(texts(ax.figure))


def test_a_law_of_compute_alone_has_no_valleys():
    with pytest.raises(PlanError, match="laws of params and tokens alone"):
        plot_isoflops(synthetic_fit("power_law"))
