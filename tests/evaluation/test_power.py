import numpy as np
import pytest

from bayescale.evaluation.power import POWER, power_of, resolved_ratio

DRAWS = np.random.default_rng(1).normal(0.2, 0.05, 20_000)


def test_a_truth_of_one_is_left_out_as_often_as_intervals_miss():
    assert power_of(DRAWS, 1.0, 0.89) == pytest.approx(0.11, abs=1e-9)


def test_power_is_how_often_intervals_of_repeated_designs_leave_out_one():
    truth, half = np.log(1.1), 1.598 * 0.05  # the half width of an 89% interval
    estimates = np.random.default_rng(2).normal(truth, 0.05, 20_000)
    assert power_of(DRAWS, 1.1, 0.89) == pytest.approx(np.mean(np.abs(estimates) > half), abs=0.015)
    assert power_of(DRAWS, 1 / 1.1, 0.89) == pytest.approx(power_of(DRAWS, 1.1, 0.89))


def test_the_ratio_that_is_resolved_has_the_power_that_is_asked():
    assert power_of(DRAWS, resolved_ratio(DRAWS, 0.89), 0.89) == pytest.approx(POWER, abs=1e-3)


def test_certain_draws_resolve_everything():
    assert power_of(np.zeros(100), 1.05, 0.89) == 1.0
    assert resolved_ratio(np.zeros(100), 0.89) == 1.0
