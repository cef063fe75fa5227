import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

import bayescale as bs
from bayescale.errors import PlanError
from bayescale.plotting import plot_surface
from tests.fits import synthetic_fit
from tests.plotting.figures import texts


@pytest.fixture(scope="module")
def ax():
    return plot_surface(synthetic_fit(), targets=1e22).axes[0]


def test_the_runs_and_the_plan_lie_inside_the_surface(ax):
    runs, path, plan = ax.lines
    assert len(runs.get_xdata()) == 54
    committed = bs.allocate(synthetic_fit(), flops=1e22).committed
    assert plan.get_xdata() == pytest.approx(committed["params"].to_numpy(), rel=0.02)
    assert plan.get_ydata() == pytest.approx(committed["tokens"].to_numpy(), rel=0.02)
    for line in (runs, path, plan):
        assert ax.get_xlim()[0] < np.min(line.get_xdata()) <= np.max(line.get_xdata())
        assert np.max(line.get_xdata()) < ax.get_xlim()[1]
        assert np.max(line.get_ydata()) < ax.get_ylim()[1]
    assert {"runs", "best split"} <= set(texts(ax.figure))


def test_a_contour_runs_where_the_loss_is_what_it_says(ax):
    lines = [part for part in ax.collections if isinstance(part, QuadContourSet)][-1]
    level, path = lines.levels[3], lines.get_paths()[3]
    sizes, tokens = path.vertices[len(path.vertices) // 2]
    found = bs.predict(synthetic_fit(), params=float(sizes), tokens=float(tokens))
    assert float(found.median()) == pytest.approx(level, rel=5e-3)


def test_a_law_of_compute_alone_has_no_surface():
    with pytest.raises(PlanError, match="laws of params and tokens alone"):
        plot_surface(synthetic_fit("power_law"))
