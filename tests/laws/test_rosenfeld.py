import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bayescale.laws import get_law

SURFACE = {"E": 0.2, "A": 0.3, "B": 0.4, "alpha_N": 0.6, "alpha_D": 0.7}
CHANCE = 0.99


def loss(N, D, eta=1.0, **surface):
    return get_law("rosenfeld").loss(N, D, eps_0=CHANCE, eta=eta, **(SURFACE | surface))


def test_the_loss_stays_at_chance_for_small_models():
    assert loss(1e-8, 1e4) == pytest.approx(CHANCE, rel=1e-6)


def test_the_loss_stays_at_chance_for_little_data():
    assert loss(1e4, 1e-8) == pytest.approx(CHANCE, rel=1e-6)


def test_the_loss_never_exceeds_chance():
    N, D = np.meshgrid(np.geomspace(1e-6, 1e6, 40), np.geomspace(1e-6, 1e6, 40))
    assert np.all(loss(N, D) < CHANCE)


def test_far_below_chance_the_law_is_that_of_chinchilla():
    N, D = np.meshgrid(np.geomspace(1e6, 1e9, 5), np.geomspace(1e6, 1e9, 5))
    small = SURFACE | {"E": 1e-4}
    expected = get_law("chinchilla").loss(N, D, **small)
    np.testing.assert_allclose(loss(N, D, E=1e-4), expected, rtol=1e-6)


def test_the_law_is_the_modulus_of_the_published_complex_form():
    N, D = np.geomspace(0.01, 1e3, 20), np.geomspace(0.1, 1e2, 20)
    G = get_law("chinchilla").loss(N, D, **SURFACE)
    pole = 0.7 * CHANCE  # in the unit of G, as the paper states it
    expected = CHANCE * np.abs(G / (G - 1j * pole))
    np.testing.assert_allclose(loss(N, D, eta=0.7), expected, rtol=1e-12)


def test_the_surface_is_known_only_relative_to_the_pole():
    scaled = {name: 3 * SURFACE[name] for name in ("E", "A", "B")}
    assert loss(2.0, 5.0, eta=3.0, **scaled) == pytest.approx(loss(2.0, 5.0))


@pytest.mark.parametrize("product", [0.01, 1.0, 1e4])
def test_the_best_split_is_that_of_chinchilla_and_minimises_the_loss(product):
    parameters = {**SURFACE, "eps_0": CHANCE, "eta": 1.0}
    N, D = get_law("rosenfeld").best_split(product, parameters)
    assert get_law("chinchilla").best_split(product, SURFACE) == (N, D)
    found = minimize_scalar(
        lambda log_N: loss(np.exp(log_N), product / np.exp(log_N)),
        bounds=(np.log(N) - 5, np.log(N) + 5),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert np.log(N) == pytest.approx(found.x, abs=1e-4)
