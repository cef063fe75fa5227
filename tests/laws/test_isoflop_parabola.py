import numpy as np
import pytest
from scipy.optimize import least_squares

from bayescale.laws import get_law

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


def test_both_valleys_curve_alike_at_the_bottom():
    walls = {"alpha_N": 0.5, "alpha_D": 0.2}
    common = {"E": 0.0, "H": 1.0, "gamma": 0.15, "G": 1.0, "a_opt": 0.5}
    kappa = LAW.derive((1.0, 1.0), common | walls)["kappa"]
    for w in (-0.01, 0.01):
        curved = LAW.loss(np.exp(w), 1.0, **common, **walls) - 1
        assert curved == pytest.approx(
            PARABOLA.loss(np.exp(w), 1.0, **common, kappa=kappa) - 1, rel=2e-3
        )


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
def test_a_parabola_misses_the_best_tokens_as_published(exponents, half_width, bias):
    start = {"H": 0.8, "kappa": 0.2, "G": 1.3}
    off = tokens_off(PARABOLA, *sweep(exponents, half_width), start)
    assert off == pytest.approx(bias, abs=5.1e-5)
