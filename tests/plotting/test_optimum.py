import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection

import bayescale as bs
from bayescale.plotting import plot_optimum
from tests.fits import constant_fit, synthetic_fit
from tests.plotting.figures import points, texts


@pytest.fixture(scope="module")
def figure():
    return plot_optimum(
        synthetic_fit(), targets=1e22, others={"bending": synthetic_fit(bends=True)}
    )


def test_bands_lie_inside_the_axes_and_the_runs_are_drawn(figure):
    for ax in figure.axes:
        (band,) = (c for c in ax.collections if isinstance(c, FillBetweenPolyCollection))
        heights = np.concatenate([path.vertices[:, 1] for path in band.get_paths()])
        low, high = ax.get_ylim()
        assert low < heights.min() < heights.max() < high
        assert points(ax) == 54
        assert ax.get_xlim()[1] > 1e22


def test_published_constants_lead_where_a_plan_by_them_does(figure):
    sizes, tokens = figure.axes
    known = list(synthetic_fit().model.published)
    line = sizes.lines[1 + known.index("besiroglu2024")]
    flops, drawn = (np.asarray(values, float) for values in (line.get_xdata(), line.get_ydata()))
    plan = bs.allocate(constant_fit("chinchilla", "besiroglu2024"), flops=list(flops))
    assert drawn == pytest.approx(plan.committed["params"].to_numpy(), rel=0.01)
    spent = 6 * drawn * np.asarray(tokens.lines[1 + known.index("besiroglu2024")].get_ydata())
    assert spent == pytest.approx(flops)


def test_every_line_is_named_beside_it(figure):
    names = {"this fit", "bending", *synthetic_fit().model.published}
    found = texts(figure)
    assert all(found.count(name) == 2 for name in names)
