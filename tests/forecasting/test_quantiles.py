import numpy as np
import pytest
from scipy import stats

from bayescale.forecasting.quantiles import (
    LEVELS,
    probability_integral,
    weighted_interval_score,
)


def test_the_score_of_dense_quantiles_is_the_crps():
    levels = (np.arange(2000) + 0.5) / 2000
    quantiles = stats.norm.ppf(levels)
    for observed in (0.0, 0.7, -3.0):
        # Gneiting and Raftery 2007, equation 21.
        density, below = stats.norm.pdf(observed), stats.norm.cdf(observed)
        crps = observed * (2 * below - 1) + 2 * density - 1 / np.sqrt(np.pi)
        found = weighted_interval_score(levels, quantiles, observed)
        assert found == pytest.approx(crps, abs=2e-3)


def test_the_score_of_one_interval_is_that_of_its_definition():
    median, low, high = 2.0, 1.8, 2.3
    levels, quantiles = (0.05, 0.5, 0.95), (low, median, high)
    for observed in (2.1, 2.5, 1.0):
        outside = max(low - observed, 0) + max(observed - high, 0)
        interval = (high - low) + 2 / 0.1 * outside
        expected = (0.5 * abs(observed - median) + 0.05 * interval) / 1.5
        assert weighted_interval_score(levels, quantiles, observed) == pytest.approx(expected)


def test_the_truth_scores_best_on_average():
    drawn = np.random.default_rng(3).standard_normal(4000)
    scores = [
        weighted_interval_score(LEVELS, shift + scale * stats.norm.ppf(LEVELS)[None], drawn).mean()
        for shift, scale in ((0, 1), (0.5, 1), (0, 0.5), (0, 2))
    ]
    assert min(scores) == scores[0]


@pytest.mark.parametrize("observed", [-4.0, -2.5, -1.0, 0.0, 0.31, 2.5, 4.0])
def test_the_integral_of_a_normal_forecast_is_exact_within_and_beyond_its_quantiles(observed):
    for levels in (LEVELS, (0.05, 0.5, 0.95)):
        quantiles = 2.0 + 0.1 * stats.norm.ppf(levels)
        found = probability_integral(levels, quantiles, 2.0 + 0.1 * observed)
        assert found == pytest.approx(stats.norm.cdf(observed), abs=1e-9)


def test_a_forecast_without_width_says_below_or_above():
    for observed, expected in ((1.9, 0.0), (2.0, 0.5), (2.1, 1.0)):
        assert probability_integral((0.05, 0.5, 0.95), (2.0, 2.0, 2.0), observed) == expected
