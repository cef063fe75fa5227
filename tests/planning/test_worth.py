"""What more compute and more data are worth to a plan."""

import numpy as np
import pytest

from bayescale.planning.allocating import allocate
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_wasted_compute_is_what_the_regret_would_have_cost(fit):
    plan = allocate(fit, flops=1e24)
    draw = plan.outcome["regret"].argmax(["chain", "draw"])
    worst = {name: int(value[0]) for name, value in draw.items()}
    wasted = float(plan.outcome["wasted_compute"].isel(worst)[0])
    less = allocate(fit, flops=1e24 * (1 - wasted)).optimum["loss"].isel(worst)
    assert float(less[0]) == pytest.approx(float(plan.outcome["loss"].isel(worst)[0]), rel=1e-5)


def test_more_compute_is_worth_what_a_larger_budget_gains(fit):
    step = 0.01
    before, after = allocate(fit, flops=1e23), allocate(fit, flops=1e23 * np.exp(step))
    gain = (after.optimum["loss"] - before.optimum["loss"]) / step
    np.testing.assert_allclose(before.marginal["per_log_flops"], gain, rtol=0.01)


@pytest.mark.parametrize("size", [None, 2e10])
def test_more_data_are_worth_what_they_gain_where_they_bind(fit, size):
    step = 0.01
    limits = {"flops": 1e24, "max_params": size}
    before = allocate(fit, unique_tokens=1e11, **limits)
    after = allocate(fit, unique_tokens=1e11 * np.exp(step), **limits)
    gain = (after.optimum["loss"] - before.optimum["loss"]) / step
    np.testing.assert_allclose(before.marginal["per_log_unique_tokens"], gain, rtol=0.02)
    assert np.all(before.marginal["exchange"] > 0)


def test_plenty_of_data_is_worth_nothing(fit):
    plan = allocate(fit, flops=1e21, unique_tokens=1e14)
    assert np.all(plan.marginal["per_log_unique_tokens"] == 0.0)
