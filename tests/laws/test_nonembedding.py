import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bayescale.laws import get_law
from bayescale.laws.nonembedding import best_tokens, local_exponent
from bayescale.model.catalogue import models

LAW = get_law("nonembedding")
OMEGA = 47491.0
PEARCE = models()["nonembedding"].published["pearce2024"].values
HOFFMANN = models()["chinchilla"].published["hoffmann2022"].values

# Non-embedding parameters and FLOPs of the models that Pearce & Song simulate, which are Kaplan's.
KAPLAN_PARAMS = (768.0, 1.5e9)
KAPLAN_FLOPS = (10**12.95, 10**20.7)


def without_embeddings(values):
    """The constants of a chinchilla law of total counts, for a count without embeddings."""
    return {**values, "A": values["A"] * (1 + OMEGA) ** -values["alpha_N"], "omega": OMEGA}


def exponent_over(flops, values):
    """The exponent of the best size in compute, as a straight line fitted over budgets."""
    params = np.geomspace(1e2, 1e12, 4001)
    shape = {name: values[name] for name in ("A", "B", "alpha_N", "alpha_D", "omega")}
    budgets = np.geomspace(*flops, 100)
    reached = np.log(6 * params * best_tokens(params, **shape))
    best = np.interp(np.log(budgets), reached, np.log(params))
    return np.polyfit(np.log(budgets), best, 1)[0]


def local(params, values):
    return local_exponent(params, **{k: values[k] for k in ("alpha_N", "alpha_D", "omega")})


def test_it_is_the_chinchilla_law_of_total_counts():
    chinchilla = models()["chinchilla"].published["besiroglu2024"].values
    params, tokens = np.geomspace(1e3, 1e11, 9), np.geomspace(1e6, 1e13, 9)
    total = params + OMEGA * np.cbrt(params)
    np.testing.assert_allclose(
        LAW.loss(params, tokens, **PEARCE), get_law("chinchilla").loss(total, tokens, **chinchilla)
    )


def test_the_published_constants_follow_from_those_for_total_counts():
    chinchilla = models()["chinchilla"].published["besiroglu2024"].values
    assert pytest.approx(without_embeddings(chinchilla), rel=1e-12) == PEARCE


def test_derived_constants_are_those_of_the_paper_whatever_the_reference():
    reference = (1e8, 3e9)
    embedding = OMEGA * reference[0] ** (-2 / 3)
    here = {
        **PEARCE,
        "A": 482.01 * (reference[0] * (1 + embedding)) ** -PEARCE["alpha_N"],
        "B": 2085.43 * reference[1] ** -PEARCE["alpha_D"],
        "omega": embedding,
    }
    derived = LAW.derive(reference, here)
    assert derived["A_total"] == pytest.approx(482.01)
    assert derived["omega_classic"] == pytest.approx(OMEGA)
    assert derived["a_opt"] == pytest.approx(0.5126, abs=5e-5)
    assert derived["a_reference"] == pytest.approx(local(reference[0], PEARCE))


@pytest.mark.parametrize("params", [1e4, 1e7, 1e10])
def test_the_frontier_passes_through_the_best_sizes(params):
    shape = {name: PEARCE[name] for name in ("A", "B", "alpha_N", "alpha_D", "omega")}
    product = params * best_tokens(params, **shape)
    found = minimize_scalar(
        lambda log_N: LAW.loss(np.exp(log_N), product / np.exp(log_N), **PEARCE),
        bounds=(np.log(params) - 6, np.log(params) + 6),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert np.exp(found.x) == pytest.approx(params, rel=1e-4)


def test_the_local_exponent_is_the_slope_of_the_frontier():
    shape = {name: PEARCE[name] for name in ("A", "B", "alpha_N", "alpha_D", "omega")}
    params = np.geomspace(1e3, 1e11, 4001)
    flops = 6 * params * best_tokens(params, **shape)
    slope = np.gradient(np.log(params), np.log(flops))
    np.testing.assert_allclose(slope[1:-1], local(params, PEARCE)[1:-1], rtol=1e-4)


def test_the_exponent_over_the_budgets_of_kaplan_is_0_74_to_0_78():
    assert exponent_over(KAPLAN_FLOPS, without_embeddings(HOFFMANN)) == pytest.approx(
        0.7395, abs=1e-4
    )
    assert exponent_over(KAPLAN_FLOPS, PEARCE) == pytest.approx(0.7751, abs=1e-4)


def test_the_exponent_at_the_scale_of_chinchilla_is_near_that_of_total_counts():
    assert local(7e10, PEARCE) == pytest.approx(0.51, abs=5e-3)
    assert exponent_over((1e22, 1e26), PEARCE) == pytest.approx(0.51, abs=5e-3)


def test_the_local_exponent_has_the_limits_of_a_cube_root_and_of_the_total_count():
    alpha_N, alpha_D = PEARCE["alpha_N"], PEARCE["alpha_D"]
    assert local(1e-9, PEARCE) == pytest.approx(alpha_D / (alpha_D + alpha_N / 3), rel=1e-5)
    assert local(1e20, PEARCE) == pytest.approx(alpha_D / (alpha_D + alpha_N), rel=1e-5)
    assert local(np.geomspace(*KAPLAN_PARAMS, 50), PEARCE).min() > 0.52
