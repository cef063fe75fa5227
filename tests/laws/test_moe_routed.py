import numpy as np
import pytest

import bayescale as bs
from bayescale.laws import moe_routed
from bayescale.model.catalogue import models

CARD = models()["moe_routed"]

# a, b, c, d, E_start, E_max of table 3, and the cutoff sizes that the paper derives.
TABLE_3 = {
    "clark2022_s_base": (-0.082, -0.108, 0.009, 1.104, 1.847, 314.478),
    "clark2022_rl_r": (-0.083, -0.126, 0.012, 1.111, 1.880, 469.982),
    "clark2022_hash": (-0.087, -0.136, 0.012, 1.157, 4.175, 477.741),
}
CUTOFFS = {"clark2022_s_base": 937e9, "clark2022_rl_r": 85e9, "clark2022_hash": 83e9}

each_router = pytest.mark.parametrize("router", TABLE_3)


def derived_at(N, values):
    """Return what is derived when the constants are restated at a reference size."""
    at_reference = values | {
        "A": values["A"] * N ** -values["alpha_N"],
        "delta": values["delta"] + values["gamma"] * np.log(N),
    }
    return CARD.law.derive([N, 1.0], at_reference)


@each_router
def test_published_constants_predict_what_the_formula_of_the_paper_does(router):
    a, b, c, d, start, limit = TABLE_3[router]
    N, X = np.array([2e7, 3e8, 1e9]), np.array([1, 8, 512])
    hat = 1 / (1 / (X - 1 + 1 / (1 / start - 1 / limit)) + 1 / limit)
    log_hat, log_N = np.log10(hat), np.log10(N)
    expected = 10 ** (a * log_N + b * log_hat + c * log_N * log_hat + d)
    found = moe_routed.loss(N, X, **CARD.published[router].values)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@each_router
def test_the_coefficients_of_the_paper_are_derived_at_any_reference(router):
    found = derived_at(2e7, CARD.published[router].values)
    for name, value in zip(["a", "b", "c", "d", "X_start"], TABLE_3[router], strict=False):
        assert found[name] == pytest.approx(value, rel=1e-9), name


@each_router
def test_rounding_c_to_three_decimals_moves_the_cutoff_by_more_than_a_factor_of_four(router):
    values = CARD.published[router].values
    half_a_unit = 5e-4 / np.log(10)
    low, found, high = (
        derived_at(2e7, values | {"gamma": values["gamma"] + change})["N_cutoff"]
        for change in (half_a_unit, 0.0, -half_a_unit)
    )
    _, b, c, *_ = TABLE_3[router]
    assert found == pytest.approx(10 ** (-b / c), rel=1e-6)
    assert low < CUTOFFS[router] < high
    assert high > 4 * low


@each_router
def test_at_the_cutoff_experts_make_no_difference(router):
    values = CARD.published[router].values
    N = float(derived_at(2e7, values)["N_cutoff"])
    dense, small = (moe_routed.loss(size, 1, **values) for size in (N, N / 100))
    assert moe_routed.loss(N, 64, **values) == pytest.approx(dense)
    assert moe_routed.loss(N / 100, 64, **values) < 0.95 * small


@pytest.mark.parametrize("gamma", [0.0, -0.004])
def test_where_experts_help_ever_more_there_is_no_cutoff(gamma):
    found = derived_at(2e7, CARD.published["clark2022_hash"].values | {"gamma": gamma})
    assert 1e80 < found["N_cutoff"] < np.inf


def test_published_constants_are_not_verified():
    assert not any(published.verified for published in CARD.published.values())


@pytest.fixture(scope="module")
def table(public_table):
    found = public_table("clark2022_routing_final.csv")
    return found[found["in_published_fit"] == 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "router"), [("Hash", "clark2022_hash"), ("S-Base", "clark2022_s_base")]
)
def test_public_runs_give_the_published_coefficients(table, family, router):
    runs = bs.load_runs(
        table[table["family"].isin(["Dense", family])],
        columns={"experts": "num_experts"},
        flops_rule="recorded",
    )
    fit = bs.fit(runs, "moe_routed", random_seed=1, draws=500)
    assert not fit.tree["sample_stats"]["diverging"].any()
    for name, published in zip("abcd", TABLE_3[router], strict=False):
        mean, sd = float(fit.posterior[name].mean()), float(fit.posterior[name].std())
        print(f"{family} {name}: {mean:.4f} +- {sd:.4f}, published {published}")
        assert abs(mean - published) < 2 * sd, name
    low, high = np.log10(fit.posterior["N_cutoff"].quantile([0.025, 0.975]))
    print(f"{family} cutoff 95%: {10**low:.3g} to {10**high:.3g}, published {CUTOFFS[router]:.3g}")
    assert low < np.log10(CUTOFFS[router]) < high
