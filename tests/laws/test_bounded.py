import numpy as np
import pytest

from bayescale.laws import chinchilla
from bayescale.laws.bounded import LAW

BASE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.37}
BOUND = {"P": 1e-4, "kappa_N": 0.6, "kappa_U": 0.6}


def test_a_small_excess_is_chinchilla():
    loss = LAW.loss(1e11, 1e13, 1e13, **BASE, **{**BOUND, "P": 0.0}, L_0=1e6)
    assert loss == pytest.approx(chinchilla.loss(1e11, 1e13, **BASE), rel=1e-6)


@pytest.mark.parametrize(
    ("N", "D", "U"), [(1.0, 1e13, 1e13), (1e10, 1.0, 1.0), (1e12, 1e13, 1e-12)]
)
def test_nothing_is_worse_than_chance(N, D, U):
    loss = LAW.loss(N, D, U, **BASE, **BOUND, L_0=10.8)
    assert loss < 10.8
    assert loss == pytest.approx(10.8, rel=0.2)


def test_fewer_unique_tokens_cost_more():
    losses = LAW.loss(1e9, 1e11, np.geomspace(1e7, 1e11, 20), **BASE, **BOUND, L_0=10.8)
    assert np.all(np.diff(losses) < 0)
