"""What runs teach before they are trained."""

import numpy as np
import pytest

from bayescale.planning.learning import Beliefs


@pytest.fixture
def draws():
    """Two candidates and three sizes, of which one thing is not known: the slope."""
    rng = np.random.default_rng(1)
    level, slope = 0.05 * rng.standard_normal((2, 20000))
    log_losses = np.stack([level + slope, level - slope], axis=1)
    losses = 2.0 + np.stack([0.5 * slope, 0 * slope, -0.5 * slope], axis=1)
    return log_losses, np.full(2, 1e-4), losses


def test_variances_fall_as_a_conditioned_normal_says(draws):
    beliefs = Beliefs.of(*draws)
    both = np.cov(np.concatenate([draws[0], draws[2][:, :1]], axis=1).T)
    left = both[2, 2] - both[2, 0] ** 2 / (both[0, 0] + 1e-4)
    assert beliefs.spreads(0)[0] ** 2 == pytest.approx(left, rel=1e-9)
    assert beliefs.given((0,)).spread(0) ** 2 == pytest.approx(left, rel=1e-9)


def test_two_runs_teach_a_contrast_that_neither_does_alone(draws):
    beliefs = Beliefs.of(*draws)
    alone = beliefs.best_loss - beliefs.best_losses
    together = beliefs.best_loss - beliefs.given((0, 1)).best_loss
    assert together > 1.3 * alone.max()
    # The slope is then known to 0.005 of 0.05, and half its absolute value is gained.
    assert together == pytest.approx(0.5 * 0.05 * np.sqrt(2 / np.pi), rel=0.03)


def test_one_run_more_gains_what_the_batch_with_it_gains(draws):
    beliefs = Beliefs.of(*draws).given((0,))
    both = Beliefs.of(*draws).given((0, 1))
    assert beliefs.best_losses[1] == pytest.approx(both.best_loss, abs=1e-3)
    assert beliefs.spreads(2)[1] == pytest.approx(both.spread(2), rel=1e-9)


def test_the_order_of_a_batch_does_not_matter(draws):
    beliefs = Beliefs.of(*draws)
    first, second = beliefs.given((0, 1)), beliefs.given((1, 0))
    assert first.best_loss == pytest.approx(second.best_loss, rel=1e-9)


def test_a_run_that_is_all_noise_teaches_nothing(draws):
    log_losses, _, losses = draws
    beliefs = Beliefs.of(log_losses, np.full(2, 1e9), losses)
    assert beliefs.best_loss - beliefs.best_losses == pytest.approx(0.0, abs=1e-6)
    assert beliefs.spreads(0) == pytest.approx(beliefs.spread(0), rel=1e-6)


def test_a_repeat_teaches_what_noise_hid():
    rng = np.random.default_rng(2)
    slope = 0.01 * rng.standard_normal(20000)
    twice = np.stack([slope, slope], axis=1)
    losses = 2.0 + np.stack([slope, -slope], axis=1)
    beliefs = Beliefs.of(twice, np.full(2, 1e-4), losses)
    after = beliefs.given((0,))
    assert after.spread(0) ** 2 == pytest.approx(5e-5, rel=0.05)
    assert after.spreads(0)[1] ** 2 == pytest.approx(1e-4 / 3, rel=0.05)
