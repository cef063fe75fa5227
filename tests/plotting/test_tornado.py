import pandas as pd
import pytest

from bayescale.plotting.tornado import plot_tornado
from tests.plotting.figures import texts

TABLE = pd.DataFrame(
    {
        "cause": ["the runs", "the runs", "the data", "the demand"],
        "size": [0.5, 2.0, 0.8, 1.0],
        "loss": [-0.02, 0.03, 0.01, 0.0],
    }
)


def test_each_cause_is_a_row_with_the_first_on_top():
    figure = plot_tornado(TABLE)
    left, right = figure.axes
    heights = dict(zip(("the runs", "the data", "the demand"), (2, 1, 0), strict=True))
    labels = {label.get_text(): label.get_position()[1] for label in left.get_yticklabels()}
    assert labels == heights
    for ax, column, centre in ((left, "size", 1.0), (right, "loss", 0.0)):
        bars = [line.get_xdata() for line in ax.lines if line.get_linewidth() == 9]
        groups = [group[column] for _, group in TABLE.groupby("cause", sort=False)]
        lows = [min(centre, *values) for values in groups]
        highs = [max(centre, *values) for values in groups]
        assert [bar[0] for bar in bars] == pytest.approx(lows)
        assert [bar[1] for bar in bars] == pytest.approx(highs)


def test_every_bar_lies_inside_the_axes_and_sizes_are_factors():
    figure = plot_tornado(TABLE)
    figure.draw_without_rendering()
    left, right = figure.axes
    assert left.get_xlim()[0] < 0.5 < 2.0 < left.get_xlim()[1]
    assert right.get_xlim()[0] < -0.02 < 0.03 < right.get_xlim()[1]
    assert {"×0.5", "×1", "×2"} <= set(texts(figure))


def test_a_plan_that_nothing_changes_can_be_drawn():
    still = TABLE.assign(size=1.0, loss=0.0)
    assert "×1" in texts(plot_tornado(still))


def test_simulated_runs_are_named_so():
    assert "simulated runs" in texts(plot_tornado(TABLE, simulated=True))
    assert "simulated runs" not in texts(plot_tornado(TABLE))
