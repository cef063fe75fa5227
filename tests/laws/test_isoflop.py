import numpy as np
import pytest
from scipy.optimize import least_squares, minimize_scalar

import bayescale as bs
from bayescale.inference.fitting import fit
from bayescale.laws import get_law
from bayescale.model.catalogue import models

LAW, PARABOLA = get_law("isoflop"), get_law("isoflop_parabola")
WALLS = ("alpha_N", "alpha_D")

# Noise-free sweeps of one budget: fifteen sizes, equally spaced in log size, centred on the best.
# How far the vertex of a parabola is off, in tokens: Czech et al. 2026.
HALF_WIDTHS = (2, 4, 8, 16)
BIAS = {
    (0.31, 0.31): (0.0, 0.0, 0.0, 0.0),
    (0.34, 0.28): (-0.0033, -0.0130, -0.0290, -0.0510),
    (0.465, 0.155): (-0.0167, -0.0650, -0.1391, -0.2312),
}
each_sweep = pytest.mark.parametrize(
    ("exponents", "half_width", "bias"),
    [
        (exponents, half_width, bias)
        for exponents, row in BIAS.items()
        for half_width, bias in zip(HALF_WIDTHS, row, strict=True)
    ],
)


def of_chinchilla(E, A, B, alpha_N, alpha_D):
    """The constants of the chinchilla law as those of an IsoFLOP surface with C = 6 N D."""
    total = alpha_N + alpha_D
    a_opt = alpha_D / total
    size = (alpha_N * A / (alpha_D * B)) ** (1 / total)
    return {
        "E": E,
        "H": (1 + alpha_N / alpha_D) * A * (size * 6**-a_opt) ** -alpha_N,
        "gamma": alpha_N * alpha_D / total,
        "alpha_N": alpha_N,
        "alpha_D": alpha_D,
        "G": size * 6**-a_opt,
        "a_opt": a_opt,
    }


@pytest.mark.parametrize("published", ["besiroglu2024", "hoffmann2022"])
def test_the_chinchilla_law_is_a_special_case(published):
    chinchilla = models()["chinchilla"].published[published].values
    params, flops = np.meshgrid(np.geomspace(1e7, 1e11, 9), np.geomspace(1e18, 1e25, 8))
    np.testing.assert_allclose(
        LAW.loss(params, flops, **of_chinchilla(**chinchilla)),
        get_law("chinchilla").loss(params, flops / (6 * params), **chinchilla),
        rtol=1e-12,
    )


def test_the_published_constants_are_those_of_the_chinchilla_card():
    chinchilla = models()["chinchilla"].published["besiroglu2024"].values
    published = models()["isoflop"].published["besiroglu2024"].values
    assert published == pytest.approx(of_chinchilla(**chinchilla), rel=1e-12)


@pytest.mark.parametrize("flops", [1.0, 1e5])
def test_the_frontier_is_the_bottom_of_the_valley(flops):
    walls = {"alpha_N": 0.5, "alpha_D": 0.2}
    for law, shape in ((LAW, walls), (PARABOLA, {"kappa": 0.1})):
        common = {"E": 1.7, "H": 0.9, "gamma": 0.15, "G": 3.0, "a_opt": 0.55}
        found = minimize_scalar(
            lambda w, law=law, shape=shape, common=common: law.loss(
                np.exp(w), flops, **common, **shape
            ),
            bounds=(-5, 15),
            method="bounded",
            options={"xatol": 1e-9},
        )
        assert np.exp(found.x) == pytest.approx(3.0 * flops**0.55, rel=1e-4)
        assert found.fun == pytest.approx(1.7 + 0.9 * flops**-0.15)


# With one budget, compute has no part, and a parabola cannot tell the floor from the valley.
TRUTH = {"E": 1.7, "H": 0.9, "gamma": 0.15, "G": 1.0, "a_opt": 0.5}


def sweep(exponents, half_width):
    sizes = 10 ** np.linspace(-np.log10(half_width), np.log10(half_width), 15)
    return sizes, LAW.loss(sizes, 1.0, **TRUTH, **dict(zip(WALLS, exponents, strict=True)))


def tokens_off(law, sizes, losses, start):
    """Fit some constants by least squares and return how far the best tokens are off."""

    def residuals(point):
        fitted = dict(zip(start, np.exp(point), strict=True))
        return law.loss(sizes, 1.0, **{**TRUTH, **fitted}) - losses

    exact = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 5000}
    found = least_squares(residuals, np.log(list(start.values())), **exact)
    return 1 / np.exp(found.x[list(start).index("G")]) - 1


@each_sweep
def test_walls_of_two_slopes_hit_the_best_tokens(exponents, half_width, bias):
    start = {"E": 1.5, "H": 0.8, "alpha_N": 0.3, "alpha_D": 0.3, "G": 1.3}
    off = tokens_off(LAW, *sweep(exponents, half_width), start)
    assert abs(off) < 5e-4, bias


@pytest.mark.slow
def test_a_sweep_gives_back_the_frontier_it_was_drawn_from():
    found = fit(bs.datasets.load("simulated"), "isoflop", random_seed=1, draws=500, chains=2)
    assert not found.tree["sample_stats"]["diverging"].any()
    truth = models()["isoflop"].published["besiroglu2024"].values
    low, high = np.quantile(found.posterior["a_opt"], [0.05, 0.95])
    assert low < truth["a_opt"] < high
    assert high - low < 0.08
