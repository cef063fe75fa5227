import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bayescale.laws import chinchilla, moe
from bayescale.laws.moe_routed import effective, expansion
from bayescale.model.catalogue import models

CARD = models()["moe"]
PUBLISHED = CARD.published["ludziejewski2025"].values
PRINTED = CARD.published["ludziejewski2025_printed"].values

# Experts, m, -mu, n, -nu of table 4.
TABLE_4 = [
    (1, 30.3640, 0.1817, 53.9838, 0.1965),
    (2, 27.7982, 0.1780, 66.8401, 0.2065),
    (4, 24.8462, 0.1731, 87.7022, 0.2192),
    (8, 21.8330, 0.1676, 119.9126, 0.2338),
    (16, 19.0159, 0.1617, 167.5073, 0.2494),
    (32, 16.5424, 0.1557, 234.6726, 0.2652),
]

# a, alpha, delta, gamma, b, beta, omega, zeta, E_start, E_max, c of table 3.
TABLE_3 = {
    "a": (35.91, 2),
    "alpha": (-0.1889, 4),
    "delta": (-0.2285, 4),
    "gamma": (0.0098, 4),
    "b": (35.98, 2),
    "beta": (-0.1775, 4),
    "omega": (0.5529, 4),
    "zeta": (-0.0259, 4),
    "E_start": (2.0732, 4),
    "E_max": (290.4521, 4),
    "c": (1.3637, 4),
}


def without_floor(values):
    return {name: value for name, value in values.items() if name != "E"}


def as_in_the_paper(values):
    """Undo the restatement for a dense model."""
    start = effective(1, X_few=values["X_few"], X_max=values["X_max"])
    log_start = np.log(start)
    return {
        "a": values["A"] * np.exp(-values["delta"] * log_start),
        "alpha": -values["alpha_N"] - values["gamma"] * log_start,
        "delta": values["delta"],
        "gamma": values["gamma"],
        "b": values["B"] * np.exp(-values["omega"] * log_start),
        "beta": -values["alpha_D"] - values["zeta"] * log_start,
        "omega": values["omega"],
        "zeta": values["zeta"],
        "E_start": start,
        "E_max": values["X_max"],
        "c": values["E"],
    }


def paper_loss(N, D, experts, *, a, alpha, delta, gamma, b, beta, omega, zeta, E_start, E_max, c):
    hat = 1 / (1 / (experts - 1 + 1 / (1 / E_start - 1 / E_max)) + 1 / E_max)
    size = a * hat**delta * N ** (alpha + gamma * np.log(hat))
    return size + b * hat**omega * D ** (beta + zeta * np.log(hat)) + c


@pytest.mark.parametrize("values", [PUBLISHED, PRINTED])
def test_the_law_is_that_of_the_paper(values):
    N, D, X = 8e8, 3e10, np.array([1, 4, 64])
    expected = paper_loss(N, D, X, **as_in_the_paper(values))
    np.testing.assert_allclose(moe.loss(N, D, X, **values), expected, rtol=1e-12)


@pytest.mark.parametrize("name", TABLE_3)
def test_published_constants_are_those_of_table_3(name):
    printed, digits = TABLE_3[name]
    assert as_in_the_paper(PRINTED)[name] == pytest.approx(printed, rel=1e-12)
    found = round(as_in_the_paper(PUBLISHED)[name], digits)
    assert found == (printed if name != "E_start" else 2.0830)


@pytest.mark.parametrize(("experts", "m", "mu", "n", "nu"), TABLE_4)
def test_at_given_experts_the_law_collapses_to_table_4(experts, m, mu, n, nu):
    found = moe.at_experts(experts, **without_floor(PUBLISHED))
    assert round(found["A"], 4) == m
    assert round(found["B"], 4) == n
    assert round(float(found["alpha_N"]), 4) == mu
    assert round(float(found["alpha_D"]), 4) == nu


@pytest.mark.parametrize(("experts", "m", "mu", "n", "nu"), TABLE_4)
def test_the_printed_constants_miss_table_4_by_less_than_half_a_percent(experts, m, mu, n, nu):
    found = moe.at_experts(experts, **without_floor(PRINTED))
    assert found["A"] == pytest.approx(m, rel=5e-3)
    assert found["B"] == pytest.approx(n, rel=5e-3)
    assert found["alpha_N"] == pytest.approx(mu, abs=2e-4)
    assert found["alpha_D"] == pytest.approx(nu, abs=2e-4)


# Table 1: size to the last printed digit, tokens in billions.
@pytest.mark.parametrize(
    ("flops", "experts", "params", "unit", "tokens"),
    [
        (1e20, 1, 1.7e9, 1e8, 9.7),
        (1e20, 32, 669e6, 1e6, 24.9),
        (1e22, 1, 18.8e9, 1e8, 88.6),
        (1e22, 32, 12.2e9, 1e8, 136.9),
    ],
)
def test_the_optima_are_those_of_table_1(flops, experts, params, unit, tokens):
    N, D = moe.optimum_at(flops / 6, experts, **without_floor(PUBLISHED))
    assert pytest.approx(params, abs=unit / 2) == N
    assert pytest.approx(tokens, abs=0.05) == D / 1e9
    N, D = moe.optimum_at(flops / 6, experts, **without_floor(PRINTED))
    assert pytest.approx(params, rel=0.02) == N
    assert pytest.approx(tokens, rel=0.01) == D / 1e9


@pytest.mark.parametrize("experts", [1, 8])
def test_the_closed_form_is_the_minimum(experts):
    product = 1e21 / 6

    def loss_at(log_N):
        return moe.loss(np.exp(log_N), product / np.exp(log_N), experts, **PUBLISHED)

    found = minimize_scalar(loss_at, bounds=(15.0, 30.0), method="bounded")
    N, D = moe.optimum_at(product, experts, **without_floor(PUBLISHED))
    assert found.x == pytest.approx(np.log(N), abs=1e-4)
    assert product == pytest.approx(N * D)


def test_with_one_expert_the_law_is_chinchilla():
    names = ("E", "A", "B", "alpha_N", "alpha_D")
    dense = {name: PUBLISHED[name] for name in names}
    expected = chinchilla.loss(1e9, 2e10, **dense)
    assert moe.loss(1e9, 2e10, 1, **PUBLISHED) == pytest.approx(expected)


def test_more_experts_ask_for_fewer_active_parameters_and_lower_the_loss():
    X = np.array([1, 2, 4, 8, 16, 32])
    N, D = moe.optimum_at(1e21 / 6, X, **without_floor(PUBLISHED))
    assert np.all(np.diff(N) < 0)
    assert np.all(np.diff(moe.loss(N, D, X, **PUBLISHED)) < 0)


def test_effective_experts_grow_from_one_to_their_limit():
    found = expansion(np.array([1.0, 2.0, 1e12]), X_few=2.0, X_max=300.0)
    assert found[0] == pytest.approx(1.0)
    assert 1.4 < found[1] < 1.6
    assert found[2] == pytest.approx(151.0)


def test_constants_at_a_reference_run_have_the_published_classic_values():
    N_0, D_0 = 1e8, 5e9
    at_reference = PUBLISHED | {
        "A": PUBLISHED["A"] * N_0 ** -PUBLISHED["alpha_N"],
        "B": PUBLISHED["B"] * D_0 ** -PUBLISHED["alpha_D"],
        "delta": PUBLISHED["delta"] + PUBLISHED["gamma"] * np.log(N_0),
        "omega": PUBLISHED["omega"] + PUBLISHED["zeta"] * np.log(D_0),
    }
    derived = moe.LAW.derive([N_0, D_0, 1.0], at_reference)
    assert derived.pop("X_start") == pytest.approx(2.0830, abs=5e-5)
    for name, value in derived.items():
        assert value == pytest.approx(PUBLISHED[name.removesuffix("_classic")]), name
    expected = moe.loss(7e8, 3e10, 8, **PUBLISHED)
    assert moe.loss(7e8 / N_0, 3e10 / D_0, 8, **at_reference) == pytest.approx(expected)
