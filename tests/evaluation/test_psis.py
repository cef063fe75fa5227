import numpy as np
import pytest
from arviz_stats.base import array_stats

from bayescale.evaluation.checks.sensitivity import power_scaling
from bayescale.evaluation.psis import good_k, pareto_k, smooth


@pytest.mark.parametrize("samples", [100, 400, 4000])
def test_weights_are_those_of_arviz(samples):
    ratios = np.random.default_rng(0).standard_t(4, (samples, 6)) * np.array([0.1, 0.5, 1, 2, 4, 8])
    log_weights, k = smooth(ratios)
    for item in range(6):
        expected, expected_k = array_stats.psislw(-ratios[:, item])
        assert k[item] == pytest.approx(float(expected_k), rel=1e-9)
        np.testing.assert_allclose(log_weights[:, item], expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(pareto_k(ratios), k)
    np.testing.assert_allclose(np.exp(log_weights).sum(axis=0), 1)


def test_a_heavy_tail_has_its_own_k():
    # The ratio of two exponential densities, of rates 1 and 5, at draws of the second.
    draws = np.random.default_rng(1).exponential(1 / 5, (40_000, 1))
    assert pareto_k(4 * draws)[0] == pytest.approx(0.8, abs=0.1)


def test_equal_ratios_tell_nothing():
    assert smooth(np.zeros((1000, 1)))[1][0] == np.inf


@pytest.mark.parametrize(("samples", "most"), [(100, 0.5), (1000, 2 / 3), (100_000, 0.7)])
def test_few_draws_need_a_lower_k(samples, most):
    assert good_k(samples) == pytest.approx(most)


@pytest.mark.parametrize("together", [0.0, 0.5, -0.9])
def test_power_scaling_is_that_of_arviz(together):
    rng = np.random.default_rng(2)
    values = rng.standard_normal(4000)
    log_prior = 3 * (together * values + np.sqrt(1 - together**2) * rng.standard_normal(4000))
    lower, upper = (np.exp((power - 1) * log_prior) for power in (0.99, 1.01))
    expected = array_stats.power_scale_sense(
        values[None], lower[None], upper[None], lower_alpha=0.99, upper_alpha=1.01
    )
    assert power_scaling(values, log_prior) == pytest.approx(float(expected), rel=0.02)
