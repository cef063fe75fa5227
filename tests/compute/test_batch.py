import numpy as np
import pytest

from bayescale.compute.batch import critical_batch, min_flops, min_steps
from bayescale.compute.flops import train_flops


def test_the_critical_batch_doubles_for_every_13_percent_less_loss():
    assert critical_batch(1.0) == pytest.approx(2.1e8)
    assert critical_batch(0.87 * 3.0) / critical_batch(3.0) == pytest.approx(2.0, abs=0.1)


def test_training_at_the_critical_batch_takes_twice_the_fewest_steps_and_twice_the_least_flops():
    losses = np.array([2.5, 3.0, 4.0])
    batch = critical_batch(losses)
    np.testing.assert_allclose(min_steps(1e5, batch, losses), 5e4)
    np.testing.assert_allclose(min_flops(1e20, batch, losses), 5e19)


@pytest.mark.parametrize("batch", [1e3, 5e5, 2e6, 1e9])
def test_steps_and_tokens_trade_off_along_a_hyperbola(batch):
    steps, loss = 2e5, 3.0
    fewest = min_steps(steps, batch, loss)
    least_tokens = fewest * critical_batch(loss)
    assert (steps / fewest - 1) * (steps * batch / least_tokens - 1) == pytest.approx(1.0)
    flops = train_flops(1e8, steps * batch)
    assert min_flops(flops, batch, loss) == pytest.approx(train_flops(1e8, least_tokens))


def test_a_huge_batch_takes_the_fewest_steps_and_a_tiny_one_the_least_flops():
    assert min_steps(1e4, 1e15, 3.0) == pytest.approx(1e4)
    assert min_flops(1e20, 1.0, 3.0) == pytest.approx(1e20, rel=1e-5)


def test_the_steps_of_another_batch_follow_from_the_fewest():
    fewest = min_steps(1e5, 5e5, 3.0)
    other = fewest * (1 + critical_batch(3.0) / 2e6)
    assert min_steps(other, 2e6, 3.0) == pytest.approx(fewest)
