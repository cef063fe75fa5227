import numpy as np
import pytest

from bayescale.errors import PlanError
from bayescale.plotting import plot_discrepancy
from bayescale.plotting.discrepancy import LINES
from bayescale.plotting.frontier import frontier_of
from tests.fits import synthetic_fit
from tests.plotting.figures import points, texts


@pytest.fixture(scope="module")
def figure():
    return plot_discrepancy(synthetic_fit(bends=True), targets=1e22)


def test_each_line_is_what_a_draw_bends_by(figure):
    fit = synthetic_fit(bends=True)
    frontier = frontier_of(fit, 1e22, {})
    counts = {name: frontier.points[name][-1] for name in ("params", "tokens")}
    last = 100 * (np.asarray(fit.bent_by(counts)).ravel() - 1)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]
    assert len(lines) == LINES
    for line in lines:
        assert np.abs(last - line.get_ydata()[-1]).min() < 1e-6
    assert points(figure.axes[0]) == 54


def test_words_and_interval_lie_inside_the_axes(figure):
    (ax,) = figure.axes
    band = ax.collections[0].get_paths()[0].vertices
    low, high = ax.get_ylim()
    assert low < band[:, 1].min() < 0 < band[:, 1].max() < high
    assert "beyond the runs →" in texts(figure)


def test_a_law_that_is_taken_for_the_truth_does_not_bend():
    with pytest.raises(PlanError, match="discrepancy=True"):
        plot_discrepancy(synthetic_fit())
