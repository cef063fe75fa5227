import numpy as np
import pytest
from scipy import stats

from bayescale.forecasting.regression import Normals, Prior, regress

WEAK = Prior(np.array([0.0]), np.array([1e3]), 0.1, 2.0)


def line(count, scatter=0.1, seed=2):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 4, count)
    return x, 1.0 + 0.5 * x + scatter * rng.standard_normal(count)


def test_with_a_weak_prior_it_is_least_squares():
    x, y = line(12)
    found = regress(y, x[:, None], np.array([5.0]), WEAK)
    slope, intercept = np.polyfit(x, y, 1)
    low, middle, high = found.predictive().quantile(np.array([0.05, 0.5, 0.95]))
    assert middle == pytest.approx(intercept + 5 * slope, abs=1e-3)
    residual = y - intercept - slope * x
    spread = np.sqrt(residual @ residual / 10)
    leverage = 1 + 1 / 12 + (5 - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    expected = stats.t(10).ppf(0.95) * spread * np.sqrt(leverage)
    assert (high - low) / 2 == pytest.approx(expected, rel=0.05)


def test_a_strong_prior_takes_the_place_of_rows():
    x, y = line(3)
    prior = Prior(np.array([0.5]), np.array([1e-3]), 0.1, 0.5)
    found = regress(y, x[:, None], np.array([10.0]), prior)
    assert found.predictive().quantile(np.array([0.5]))[0] == pytest.approx(6.0, abs=0.2)


def test_intervals_hold_what_they_say():
    held = []
    for seed in range(200):
        x, y = line(7, 0.003, seed)
        prior = Prior(np.array([0.45]), np.array([0.2]), 0.003, 1.0)
        found = regress(y[:-1], x[:-1, None], x[-1:], prior).predictive()
        low, high = found.quantile(np.array([0.05, 0.95]))
        held.append(low <= y[-1] <= high)
    assert 0.85 <= np.mean(held) <= 0.96


def test_draws_are_those_of_a_new_row():
    x, y = line(6)
    found = regress(
        y, x[:, None], np.array([2.0]), Prior(np.array([0.4]), np.array([0.3]), 0.1, 1.0)
    )
    drawn = found.sample(20000, np.random.default_rng(1))
    expected = found.predictive().quantile(np.array([0.1, 0.5, 0.9]))
    assert np.quantile(drawn[:, 0], [0.1, 0.5, 0.9]) == pytest.approx(expected, abs=5e-3)
    assert drawn[:, 1].mean() == pytest.approx(np.polyfit(x, y, 1)[0], abs=0.02)


def test_a_mixture_of_normals_knows_its_quantiles_and_its_density():
    two = Normals(np.array([0.25, 0.75]), np.array([0.0, 3.0]), np.array([1.0, 0.5]))
    drawn = np.r_[
        stats.norm(0, 1).rvs(25000, random_state=1), stats.norm(3, 0.5).rvs(75000, random_state=2)
    ]
    levels = np.array([0.05, 0.2, 0.5, 0.9])
    assert two.quantile(levels) == pytest.approx(np.quantile(drawn, levels), abs=0.03)
    density = 0.25 * stats.norm.pdf(2.5) + 0.75 * stats.norm.pdf(2.5, 3, 0.5)
    assert two.log_density(np.array([2.5]))[0] == pytest.approx(np.log(density))
    mirrored = two.from_above(10.0)
    assert mirrored.quantile(1 - levels) == pytest.approx(10 - two.quantile(levels), abs=1e-3)
    assert np.isfinite(
        Normals(np.array([1.0, 0.0]), np.zeros(2), np.ones(2)).log_density(np.zeros(1))
    )
