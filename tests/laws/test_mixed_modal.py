import numpy as np
import pytest

from bayescale.laws import chinchilla
from bayescale.laws.mixed_modal import LAW, competition_barrier

ALONE = {
    "E_i": 1.8,
    "A_i": 400.0,
    "B_i": 1500.0,
    "alpha_i": 0.34,
    "beta_i": 0.35,
    "E_j": 2.2,
    "A_j": 200.0,
    "B_j": 300.0,
    "alpha_j": 0.3,
    "beta_j": 0.28,
}
TOGETHER = {"C_ij": 0.15, "A_ij": 20.0, "B_ij": 60.0, "alpha_ij": 0.3, "beta_ij": 0.3}


def halves(N, D_i, D_j):
    loss = 0.0
    for key, tokens in (("i", D_i), ("j", D_j)):
        named = {"E": "E", "A": "A", "B": "B", "alpha_N": "alpha", "alpha_D": "beta"}
        values = {name: ALONE[f"{letter}_{key}"] for name, letter in named.items()}
        loss += chinchilla.loss(N, tokens, **values) / 2
    return loss


def test_without_interaction_the_loss_is_the_mean_of_both():
    nothing = {**TOGETHER, "C_ij": 0.0, "A_ij": 0.0, "B_ij": 0.0}
    found = LAW.loss(1e9, 1e10, 3e10, **ALONE, **nothing)
    assert found == pytest.approx(halves(1e9, 1e10, 3e10))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_on_the_barrier_synergy_and_competition_cancel(share):
    N, D = competition_barrier(share, **TOGETHER)
    found = LAW.loss(N, D / 2, D / 2, **ALONE, **TOGETHER)
    assert found == pytest.approx(halves(N, D / 2, D / 2))


def test_beyond_the_barrier_modalities_help_each_other():
    N, D = competition_barrier(0.5, **TOGETHER)
    beyond, below = (
        LAW.loss(N * times, D * times / 2, D * times / 2, **ALONE, **TOGETHER)
        - halves(N * times, D * times / 2, D * times / 2)
        for times in (10.0, 0.1)
    )
    assert beyond < 0 < below
    assert np.isfinite(below)
