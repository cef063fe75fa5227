import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bayescale.laws import chinchilla, precision, precision_weights
from bayescale.model.catalogue import models

VALUES = models()["precision"].published["kumar2024"].values
DENSE = {name: VALUES[name] for name in ("E", "A", "B", "alpha_N", "alpha_D")}
BITS = {name: VALUES[name] for name in VALUES if name.startswith(("gamma", "lost"))}


def test_published_constants_train_best_at_seven_bits():
    assert float(precision.best_bits(**BITS)) == pytest.approx(7.0, abs=0.05)


def test_without_the_offsets_they_would_train_best_at_half_that():
    gammas = {name: BITS[f"gamma_{name}"] for name in ("w", "a", "kv")}
    no_offsets = BITS | {f"lost_{name}": np.exp(-4 / gamma) for name, gamma in gammas.items()}
    assert float(precision.best_bits(**no_offsets)) == pytest.approx(3.5, abs=0.05)


@pytest.mark.parametrize("flops", [1e20, 1e24])
@pytest.mark.parametrize("exponents", [(0.4965, 0.4965), (0.3, 0.5)])
def test_the_best_bits_depend_neither_on_budget_nor_on_exponents(flops, exponents):
    alpha_N, alpha_D = exponents
    values = VALUES | {"alpha_N": alpha_N, "alpha_D": alpha_D}
    sizes = np.geomspace(1e6, 1e14, 20001)

    def least_loss(bits):
        tokens = flops * 16 / (6 * bits * sizes)
        return precision.loss(sizes, tokens, bits, bits, bits, **values).min()

    found = minimize_scalar(least_loss, bounds=(4.0, 16.0), method="bounded")
    assert found.x == pytest.approx(float(precision.best_bits(**BITS)), abs=0.1)


def test_best_bits_takes_draws():
    draws = BITS | {"lost_w": BITS["lost_w"] * np.array([[1.0, 1.5]])}
    found = precision.best_bits(**draws)
    assert found.shape == (1, 2)
    assert found[0, 0] == pytest.approx(7.0, abs=0.05)
    assert found[0, 1] > found[0, 0]


def test_at_full_precision_the_law_is_chinchilla():
    expected = chinchilla.loss(1e9, 2e10, **DENSE)
    assert precision.loss(1e9, 2e10, 64, 64, 64, **VALUES) == pytest.approx(expected)


def test_seven_bits_are_worth_this_share_of_the_parameters():
    shares = [
        1 - np.exp(n - 7 / g) for g, n in [(2.6745, 0.3037), (2.2102, 1.4072), (0.9578, 2.4185)]
    ]
    expected = chinchilla.loss(1e9 * np.prod(shares), 2e10, **DENSE)
    assert precision.loss(1e9, 2e10, 7, 7, 7, **VALUES) == pytest.approx(expected, rel=1e-12)


def test_three_bits_for_activations_still_have_a_loss():
    assert VALUES["lost_a"] * np.exp(1 / VALUES["gamma_a"]) > 1
    loss = precision.loss(1e9, 2e10, 16, np.array([1, 3]), 16, **VALUES)
    expected = chinchilla.loss(precision_weights.LEAST_SHARE * 1e9, 2e10, **DENSE)
    assert np.all(np.isfinite(loss))
    assert loss == pytest.approx([expected, expected], rel=1e-3)


def test_the_offsets_of_the_paper_are_derived():
    found = precision.LAW.derive([1e8, 1e9, 1.0, 1.0, 1.0], VALUES)
    assert [found[name] for name in ("n_w", "n_a", "n_kv")] == pytest.approx(
        [0.3037, 1.4072, 2.4185]
    )
