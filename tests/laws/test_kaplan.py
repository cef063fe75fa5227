import numpy as np
import pytest

from bayescale.laws import get_law
from bayescale.model.catalogue import models

KAPLAN = models()["kaplan"].published["kaplan2020"].values


def as_printed(N, D, N_c=6.4e13, D_c=1.8e13, alpha_N=0.076, alpha_D=0.103):
    return ((N_c / N) ** (alpha_N / alpha_D) + D_c / D) ** alpha_D


def test_published_constants_give_the_loss_of_the_printed_form():
    N, D = np.meshgrid(np.geomspace(1e3, 1e12, 10), np.geomspace(2e7, 1e13, 10))
    np.testing.assert_allclose(get_law("kaplan").loss(N, D, **KAPLAN), as_printed(N, D), rtol=1e-12)


@pytest.mark.parametrize(("alpha_D", "exponent"), [(0.103, 0.5754), (0.095, 0.5556)])
def test_the_static_law_allocates_far_less_to_size_than_the_famous_0_73(alpha_D, exponent):
    products = np.array([1e18, 1e26]) / 6
    N, _ = get_law("kaplan").best_split(products, KAPLAN | {"alpha_D": alpha_D})
    assert np.log(N[1] / N[0]) / np.log(1e8) == pytest.approx(exponent, abs=5e-5)


def test_the_scales_of_the_paper_are_recovered_from_any_reference():
    law = get_law("kaplan")
    N_0, D_0 = 3e7, 2e9
    at_reference = KAPLAN | {
        "A": KAPLAN["A"] * N_0 ** -KAPLAN["alpha_N"],
        "B": KAPLAN["B"] * D_0 ** -KAPLAN["alpha_D"],
    }
    derived = law.derive((N_0, D_0), at_reference)
    assert derived["N_c"] == pytest.approx(6.4e13, rel=1e-9)
    assert derived["D_c"] == pytest.approx(1.8e13, rel=1e-9)
    assert derived["a_opt"] == pytest.approx(0.5754, abs=5e-5)


def test_each_coefficient_is_the_loss_that_its_resource_alone_costs_at_the_reference():
    law = get_law("kaplan")
    given = {"A": 3.1, "B": 2.7, "alpha_N": 0.076, "alpha_D": 0.103}
    assert law.loss(1.0, 1e60, **given) == pytest.approx(3.1)
    assert law.loss(1e80, 1.0, **given) == pytest.approx(2.7)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
def test_a_small_outer_exponent_stays_in_floating_point(unit):
    loss = get_law("kaplan").loss(1.0, 1.0, A=unit, B=2 * unit, alpha_N=0.076, alpha_D=0.002)
    assert loss == pytest.approx(2 * unit, rel=1e-6)


def test_overfitting_depends_on_one_ratio_of_size_and_data():
    law = get_law("kaplan")
    N = np.geomspace(1e6, 1e9, 4)
    D = 5e3 * N ** (0.076 / 0.103)
    excess = law.loss(N, D, **KAPLAN) / law.loss(N, 1e60, **KAPLAN) - 1
    np.testing.assert_allclose(excess, excess[0], rtol=1e-6)
    # Kaplan et al. 2020, eq. 4.4: these D keep it near the noise of seeds, 0.02 nats.
    assert 0.01 < excess[0] < 0.03
