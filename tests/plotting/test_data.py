import numpy as np
import pytest

import bayescale as bs
from bayescale.errors import PlanError
from bayescale.plotting import plot_data
from tests.fits import synthetic_fit
from tests.plotting.figures import texts


@pytest.fixture(scope="module")
def axes():
    return plot_data(synthetic_fit(), targets=1e22, max_epochs=4).axes


def test_more_unique_tokens_lower_the_loss_down_to_that_of_enough(axes):
    curve = axes[0].lines[0].get_ydata()
    assert (np.diff(curve) < 1e-3).all()
    free = float(bs.allocate(synthetic_fit(), flops=1e22).outcome["loss"].median())
    assert curve[-1] == pytest.approx(free, rel=2e-3)
    assert axes[0].lines[1].get_ydata()[0] == pytest.approx(free, rel=1e-3)


def test_epochs_fall_from_the_most_that_are_allowed_to_less_than_one(axes):
    epochs = axes[1].lines[0].get_ydata()
    assert epochs[0] == pytest.approx(4)
    assert epochs[-1] < 1


def test_the_interval_lies_inside_the_axes_and_the_budget_is_named(axes):
    band = axes[0].collections[0].get_paths()[0].vertices
    low, high = axes[0].get_ylim()
    assert low < band[:, 1].min() < band[:, 1].max() < high
    assert any(text.startswith("10²² FLOPs") for text in texts(axes[0].figure))


def test_two_budgets_are_refused():
    with pytest.raises(PlanError, match="of one budget"):
        plot_data(synthetic_fit(), targets=[1e21, 1e22])
