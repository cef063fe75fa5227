import numpy as np
import pytest

import bayescale as bs
from bayescale.errors import ModelError
from bayescale.laws import chinchilla, get_law
from bayescale.laws.mixture import mixing_cost, mixture
from bayescale.model.catalogue import models

BASE = {"E": 1.5, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.37}
TWO = {**BASE, "M": 0.3, "w_2": 0.5, "gamma_1": 0.5, "gamma_2": 0.7}


def test_equal_shares_cost_what_they_say():
    loss = mixture(2).loss(1e9, 1e11, 0.5, 0.5, **TWO)
    assert loss == pytest.approx(chinchilla.loss(1e9, 1e11, **BASE) + 0.3)


def test_the_coefficients_of_the_paper_give_the_formula_of_the_paper():
    law, h = mixture(3), [0.7, 0.1, 0.2]
    values = {**TWO, "w_3": 2.0, "gamma_3": 0.9}
    C = law.derive([1.0, 1.0, 1.0, 1.0, 1.0], values)
    paper = 1 / sum(C[f"C_{i}"] * h[i - 1] ** values[f"gamma_{i}"] for i in (1, 2, 3))
    expected = chinchilla.loss(1e9, 1e11, **BASE) + paper
    assert law.loss(1e9, 1e11, *h, **values) == pytest.approx(expected, rel=1e-12)


def test_a_domain_may_be_left_out():
    assert np.isfinite(mixture(2).loss(1e9, 1e11, 1.0, 0.0, **TWO))


def test_the_best_mixture_does_not_depend_on_scale():
    law, grid = mixture(2), np.linspace(0.01, 0.99, 199)
    best = [grid[np.argmin(law.loss(N, 20 * N, grid, 1 - grid, **TWO))] for N in (1e8, 1e9, 1e10)]
    assert best[0] == best[1] == best[2]
    assert 0.2 < best[0] < 0.8


def test_domains_stand_in_for_each_other():
    even = mixing_cost([0.5, 0.5], 0.4, [1, 1], [0.5, 0.5])
    assert even < mixing_cost([1.0, 0.0], 0.4, [1, 1], [0.5, 0.5])


def test_any_number_of_domains_makes_a_law():
    law = mixture(7)
    assert law.inputs == ("N", "D", *(f"h_{i}" for i in range(1, 8)))
    assert len(law.parameters) == 5 + 14
    prior = {"dist": "LogNormal", "median": 0.4, "sigma": 0.5}
    shares = {f"h_{i}": f"share_{i}" for i in range(1, 8)}
    model = bs.Model(law=law, priors=dict.fromkeys(law.parameters, prior), inputs=shares)
    runs = bs.simulate(model, 30)
    np.testing.assert_allclose(runs.table[list(shares.values())].sum(axis=1), 1.0)


def test_a_card_may_ask_for_any_number_of_domains():
    assert get_law("mixture_7").inputs[-1] == "h_7"
    assert get_law("mixture_3") is models()["mixture"].law
    for name in ("mixture_x", "chinchilla_3"):
        with pytest.raises(ModelError, match=f"unknown law '{name}'"):
            get_law(name)
    for name in ("mixture_1", "mixture_999999999"):
        with pytest.raises(ModelError, match=f"'{name}': mixture takes 2 to 64 domains"):
            get_law(name)
