import numpy as np
import pytest

from bayescale.errors import BayescaleError
from bayescale.runs.schedules import annealing_areas


def cosine(steps, peak=1e-3, end=1e-4):
    return end + (peak - end) * (1 + np.cos(np.linspace(0.0, np.pi, steps))) / 2


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.99, 0.999])
def test_the_areas_are_the_double_sum_of_the_paper(momentum):
    rates = cosine(60)
    decays = np.concatenate([[0.0], rates[:-1] - rates[1:]])
    expected = [
        sum(decays[k] * momentum ** (i - k) for i in range(step + 1) for k in range(i + 1))
        for step in range(60)
    ]
    S1, S2 = annealing_areas(rates, momentum)
    np.testing.assert_allclose(S1, np.cumsum(rates))
    np.testing.assert_allclose(S2, expected, rtol=1e-9)


def test_a_constant_rate_has_no_annealing_area():
    S1, S2 = annealing_areas(np.full(100, 2e-4))
    assert S1[-1] == pytest.approx(0.02)
    assert np.all(S2 == 0)


def test_without_momentum_the_annealing_area_is_the_decay_so_far():
    rates = cosine(100)
    _, S2 = annealing_areas(rates, momentum=0.0)
    np.testing.assert_allclose(S2, rates[0] - rates, atol=1e-15)


def test_long_after_a_decay_its_momentum_is_spent():
    rates = np.concatenate([np.full(100, 1e-3), np.full(20_000, 1e-4)])
    _, S2 = annealing_areas(rates, momentum=0.999)
    assert S2[-1] == pytest.approx(9e-4 / (1 - 0.999), rel=1e-6)


@pytest.mark.parametrize("rates", [[], [[1e-3]], [1e-3, -1e-4], [1e-3, np.nan]])
def test_what_is_no_schedule_is_refused(rates):
    with pytest.raises(BayescaleError, match="learning.rates.* must be"):
        annealing_areas(rates)


@pytest.mark.parametrize("momentum", [1.0, -0.1])
def test_a_momentum_that_does_not_fade_is_refused(momentum):
    with pytest.raises(BayescaleError, match="must be at least 0 and less than 1"):
        annealing_areas([1e-3], momentum)
