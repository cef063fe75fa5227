import pytest

import bayescale as bs
from bayescale.plotting import plot_outlook
from tests.forecasting.ladders import in_progress, ladder, load
from tests.plotting.figures import texts


@pytest.fixture(scope="module")
def outlook():
    return bs.expect_end(load(in_progress(ladder(), "800M", 0.5)), "800M", ci_prob=0.9)


def test_every_run_is_drawn_and_the_expected_end_is_written(outlook):
    figure = plot_outlook(outlook)
    (ax,) = figure.axes
    assert len(ax.lines) == 6 + 1  # the runs and the way that is left
    last = outlook.latest
    assert f"{last['median']:.4g} ({last['lower']:.4g} to {last['upper']:.4g})" in texts(figure)
    assert "800M, 50% through its training" in texts(figure)


def test_each_look_stands_at_the_end(outlook):
    (ax,) = plot_outlook(outlook).axes
    ends = [part.get_segments()[0] for part in ax.collections if hasattr(part, "get_segments")]
    assert [end[0][1] for end in ends] == pytest.approx(outlook.table["lower"].tolist())
    assert all(0.9 < end[0][0] <= 1 for end in ends)
