"""What was predicted, one target a row."""

import pytest

import bayescale as bs
from bayescale.plotting.targets import MOST_ROWS
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def prediction():
    return bs.predict(synthetic_fit(), params=[7e9, 7e10], tokens=1.4e12)


def test_each_target_has_its_median_and_its_interval(prediction):
    (ax,) = bs.plot_targets(prediction, ci_prob=0.5).axes
    table = prediction.summary(0.5)
    assert ax.lines[0].get_xdata() == pytest.approx(table["median"].to_numpy())
    ends = [segment[:, 0] for segment in ax.collections[0].get_segments()]
    for end, (_, row) in zip(ends, table.iterrows(), strict=True):
        assert end == pytest.approx([row["lower"], row["upper"]])
    assert ax.get_xlabel() == "loss (L) of the mean surface, with 50% intervals"
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "7B params, 1.4T tokens, 5.88e22 flops"


def test_a_prediction_draws_itself(prediction):
    assert len(prediction.plot().axes) == 1


def test_of_many_targets_the_first_are_drawn():
    many = bs.predict(synthetic_fit(), params=[1e9 * k for k in range(1, 60)], tokens=1e12)
    assert len(many.plot().axes[0].get_yticks()) == MOST_ROWS
