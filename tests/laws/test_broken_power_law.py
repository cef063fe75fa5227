import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from bayescale.inference.fitting import fit
from bayescale.inference.prior_draws import draw_prior
from bayescale.laws import get_law
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem
from bayescale.runs.reading import load_runs

ADDITION = models()["broken_power_law"].published["caballero2022_addition"].values


@pytest.mark.parametrize(
    ("examples", "loss"),
    [
        # Evaluated with 50 digits from y = a + b x^-c0 (1 + (x/d1)^(1/f1))^(-c1 f1).
        (160, 2.13582398647907),
        (512, 2.00362853635223),
        (928, 0.562598068742455),
    ],
)
def test_addition_of_four_digits_has_the_published_curve(examples, loss):
    assert get_law("broken_power_law").loss(examples, **ADDITION) == pytest.approx(loss, rel=1e-12)


def test_the_published_curve_runs_through_the_measured_losses():
    measured = {160: 2.13809046, 320: 2.06988398, 512: 2.00496872, 640: 1.50637664, 800: 0.75856477}
    losses = get_law("broken_power_law").loss(np.array(list(measured), float), **ADDITION)
    np.testing.assert_allclose(losses, list(measured.values()), rtol=0.02)


def test_without_a_change_of_slope_it_is_the_power_law():
    x = np.geomspace(1.0, 1e4, 9)
    found = get_law("broken_power_law").loss(x, E=1.0, A=2.0, c_0=0.3, c_1=0.0, d_1=50.0, f_1=0.1)
    np.testing.assert_allclose(found, get_law("power_law").loss(x, E=1.0, A=2.0, alpha_x=0.3))


@pytest.mark.parametrize("f_1", [1.0, 0.1, 1e-2, 1e-4])
def test_the_slope_is_c_0_before_the_break_and_the_sum_after_it(f_1):
    def slope(x):
        given = {"E": 0.0, "A": 2.0, "c_0": 0.2, "c_1": 0.3, "d_1": 1e6, "f_1": f_1}
        below, above = get_law("broken_power_law").loss(np.array([x, 1.001 * x]), **given)
        return -math.log(above / below) / math.log(1.001)

    assert slope(1e-6) == pytest.approx(0.2, abs=1e-6)
    assert slope(1e18) == pytest.approx(0.5, abs=1e-6)


def test_a_sharp_break_is_finite_and_so_is_its_gradient():
    import pytensor.tensor as pt

    f_1 = pt.dscalar()
    x = np.geomspace(1e-3, 1e9, 50)
    given = {"E": 0.5, "A": 2.0, "c_0": 0.2, "c_1": 0.3, "d_1": 10.0}
    total = get_law("broken_power_law").loss(pt.as_tensor(x), f_1=f_1, **given).sum()
    slope = pt.grad(total, f_1)
    assert np.all(np.isfinite([total.eval({f_1: 1e-3}), slope.eval({f_1: 1e-3})]))


def test_the_loss_may_rise_after_the_break():
    x = np.geomspace(1.0, 1e4, 50)
    losses = get_law("broken_power_law").loss(
        x, E=0.5, A=2.0, c_0=0.2, c_1=-0.5, d_1=100.0, f_1=0.1
    )
    assert 0 < np.argmin(losses) < len(x) - 1


@pytest.mark.slow
def test_a_break_beyond_the_runs_keeps_its_prior():
    card = models()["broken_power_law"]
    far = {"dist": "LogNormal", "median": 1e7, "sigma": 1.0}
    narrow = {"dist": "LogNormal", "median": 0.2, "sigma": 0.3}
    priors = dict(card.priors) | {"d_1": far, "f_1": narrow}
    model = Model(law=card.law, inputs=card.inputs, priors=priors)
    tokens = np.geomspace(1e9, 1e11, 40)
    noise = np.exp(0.005 * np.random.default_rng(5).standard_normal(tokens.size))
    table = pd.DataFrame({"tokens": tokens, "loss": (1.8 + (tokens / 1e9) ** -0.3) * noise})
    runs = load_runs(table, simulated=True)
    posterior = fit(runs, model, random_seed=2, draws=500, tune=500).posterior
    prior = draw_prior(Problem.of(model, runs), draws=2000, seed=3)
    for name in ("c_1", "d_1", "f_1"):
        assert ks_2samp(posterior[name].to_numpy().ravel()[::4], prior[name]).pvalue > 0.01, name
    assert float(posterior["c_0"].std()) < 0.5 * prior["c_0"].std()
