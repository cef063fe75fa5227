"""Scores of draws, against what they are of distributions that are known."""

import numpy as np
import pytest
from scipy import stats

from bayescale.evaluation.scores import crps, held, interval, log_score, scores_of

RNG = np.random.default_rng(3)
NORMAL = RNG.normal(1.0, 0.1, size=(40_000, 5))
OBSERVED = np.array([1.0, 1.05, 1.1, 1.2, 0.7])


def test_the_crps_of_a_normal_forecast():
    """Gneiting and Raftery 2007, equation 22."""
    z = (OBSERVED - 1.0) / 0.1
    known = 0.1 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert crps(NORMAL, OBSERVED) == pytest.approx(known, abs=2e-3)


def test_intervals_hold_what_lies_between_their_ends():
    low, high = interval(NORMAL, 0.9)
    assert high - low == pytest.approx(2 * 0.1 * stats.norm.ppf(0.95), rel=0.02)
    assert held(NORMAL, OBSERVED, 0.9).tolist() == [True, True, True, False, False]


def test_errors_are_relative_to_the_loss_and_have_a_sign():
    draws = np.log(np.full((10, 2), 3.0))
    scores = scores_of(draws, np.log([2.0, 4.0]))
    assert scores["bias"].tolist() == pytest.approx([0.5, -0.25])
    assert scores["error"].tolist() == pytest.approx([0.5, 0.25])


def test_a_miss_costs_in_the_interval_score():
    scores = scores_of(NORMAL, OBSERVED)
    missed = scores["inside_90"] == 0
    assert (scores["interval_score"] > scores["width"]).eq(missed).all()
    assert scores["inside_95"].sum() >= scores["inside_50"].sum()


def test_the_log_score_is_that_of_the_mixture_of_draws():
    density = np.log([[0.5, 1.0], [1.5, 3.0]])
    assert log_score(density) == pytest.approx(np.log([1.0, 2.0]))
