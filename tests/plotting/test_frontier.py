import numpy as np
import pytest
from matplotlib.figure import Figure

from bayescale.errors import PlanError
from bayescale.plotting.frontier import draw_reach, draw_runs, frontier_of
from tests.fits import synthetic_fit
from tests.plotting.figures import points, texts


@pytest.fixture(scope="module")
def frontier():
    return frontier_of(synthetic_fit(), 1e22, {})


def test_the_curve_reaches_from_the_smallest_run_beyond_the_target(frontier):
    assert frontier.values[0] == pytest.approx(frontier.seen.min())
    assert frontier.values[-1] == pytest.approx(3e22)
    assert frontier.values[frontier.index(1e22)] == 1e22
    cost = 6 * np.asarray(frontier.points["params"]) * np.asarray(frontier.points["tokens"])
    assert cost == pytest.approx(frontier.values)


def test_a_target_that_is_no_budget_is_refused():
    with pytest.raises(PlanError, match="positive and finite"):
        frontier_of(synthetic_fit(), [1e22, -1.0], {})


def words(frontier, **limits):
    ax = Figure().add_subplot()
    ax.set(xscale="log", xlim=(frontier.values[0], frontier.values[-1]), ylim=(1, 4))
    draw_reach(ax, frontier, **limits)
    (found,) = (text for text in ax.texts if "beyond the runs" in text.get_text())
    return ax, found


def test_words_stand_inside_the_axes_wherever_the_runs_end(frontier):
    near = frontier_of(synthetic_fit(), 1.2 * frontier.largest, {})
    assert words(frontier)[1].get_horizontalalignment() == "left"
    assert words(near)[1].get_horizontalalignment() == "right"


def test_the_line_at_the_largest_run_keeps_off_what_lies_below_the_curve(frontier):
    ax, _ = words(frontier, bottom=2.5)
    (line,) = ax.collections[-1].get_segments()
    assert line[:, 0] == pytest.approx([frontier.largest] * 2)
    assert line[:, 1] == pytest.approx([2.5, 4.0])
    assert ax.get_ylim() == (1, 4)


def test_every_run_is_a_dot(frontier):
    ax = Figure().add_subplot()
    draw_runs(ax, frontier, several=True)
    assert points(ax) == len(frontier.seen) == 54
    assert "runs, of any shape" in texts(ax.figure)
