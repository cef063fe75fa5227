"""Weights of a mixture of models."""

import numpy as np
import pytest

from bayescale.evaluation.stacking import stack


def test_stacked_weights_mix_what_each_model_predicts_best():
    first = np.where(np.arange(200) < 150, -1.0, -6.0)
    weights = stack(np.array([first, -7.0 - first, np.full(200, -30.0)]))
    assert weights[0] > 0.6 > 0.2 < weights[1]
    assert weights[2] < 0.01
    assert weights.sum() == pytest.approx(1.0)


def test_a_small_difference_over_a_few_runs_leaves_weights_near_equal():
    better = np.random.default_rng(1).normal(2.0, 0.5, 12)
    weights = stack(np.array([better, better - 0.47 / 12]))
    assert 0.5 < weights[0] < 0.6


def test_a_cut_that_one_form_missed_by_far_moves_the_weights_and_no_further():
    weights = stack(np.array([[2.0, 2.0, 2.0], [-50.0, -60.0, -70.0]]))
    np.testing.assert_allclose(weights, [0.8, 0.2])
