import pytest

from bayescale.laws.overfitting_penalty import LAW
from bayescale.laws.overfitting_penalty_decay import LAW as WITH_DECAY

BASE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.43}


def test_weight_decay_lowers_the_penalty_by_its_power():
    values = {**BASE, "P_0": 0.03, "delta": 1.0, "kappa": 1.0, "gamma_W": 0.52}
    plain = {**BASE, "delta": 1.0, "kappa": 1.0}
    usual, strong = (WITH_DECAY.loss(1e9, 8e9, 1e9, W, **values) for W in (0.1, 1.0))
    assert usual == pytest.approx(LAW.loss(1e9, 8e9, 1e9, P=0.03, **plain))
    assert strong == pytest.approx(LAW.loss(1e9, 8e9, 1e9, P=0.03 * 10**-0.52, **plain))
