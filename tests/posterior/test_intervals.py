import arviz_base
import arviz_stats
import numpy as np
import pytest
import xarray as xr

import bayescale as bs
from bayescale.posterior.intervals import credible_interval, interval_settings, parameter_table


@pytest.fixture
def draws():
    skewed = np.random.default_rng(2).gamma(2.0, size=(4, 500, 3))
    return xr.DataArray(skewed, dims=("chain", "draw", "target"))


def test_by_default_the_interval_is_that_of_arviz():
    assert interval_settings() == (
        arviz_base.rcParams["stats.ci_prob"],
        arviz_base.rcParams["stats.ci_kind"],
    )


def test_a_setting_of_arviz_is_followed():
    with arviz_base.rc_context({"stats.ci_prob": 0.5, "stats.ci_kind": "hdi"}):
        assert interval_settings() == (0.5, "hdi")
        assert interval_settings(0.8) == (0.8, "hdi")


def test_an_equal_tailed_interval_leaves_as_much_on_either_side(draws):
    found = credible_interval(draws, 0.8, "eti")
    flat = draws.stack(sample=("chain", "draw")).transpose("target", "sample").to_numpy()
    expected = np.quantile(flat, [0.1, 0.5, 0.9], axis=1)
    np.testing.assert_allclose([found["lower"], found["median"], found["upper"]], expected)


def test_a_highest_density_interval_is_the_narrower_one(draws):
    tailed, dense = (credible_interval(draws, 0.8, kind) for kind in ("eti", "hdi"))
    inside = ((draws >= dense["lower"]) & (draws <= dense["upper"])).mean(["chain", "draw"])
    np.testing.assert_allclose(inside, 0.8, atol=0.002)
    assert (dense["upper"] - dense["lower"] < tailed["upper"] - tailed["lower"]).all()


def test_the_table_of_parameters_is_not_rounded():
    rng = np.random.default_rng(1)
    exponent = xr.DataArray(0.34567 + 0.001 * rng.standard_normal((4, 200)), dims=("chain", "draw"))
    row = parameter_table(xr.Dataset({"alpha_N": exponent}), 0.9, "eti").loc["alpha_N"]
    assert row["mean"] == pytest.approx(float(exponent.mean()), abs=1e-9)
    low, high = np.quantile(exponent, [0.05, 0.95])
    assert row[["lower", "upper"]].tolist() == pytest.approx([low, high], abs=1e-5)


@pytest.mark.parametrize("prob", [0.0, 1.0, 89])
def test_a_probability_that_is_none_is_refused(prob):
    with pytest.raises(bs.BayescaleError, match=f"ci_prob = {prob:g} must lie between 0 and 1"):
        interval_settings(prob)


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(bs.BayescaleError, match="ci_kind = 'hpd' is not known; use 'eti' or 'hdi'"):
        interval_settings(ci_kind="hpd")


@pytest.mark.parametrize("kind", ["eti", "hdi"])
def test_intervals_and_the_table_are_those_of_arviz(draws, kind):
    found = credible_interval(draws, 0.8, kind)
    expected = getattr(arviz_stats, kind)(draws, prob=0.8, dim=["chain", "draw"])
    for end in ("lower", "upper"):
        np.testing.assert_allclose(found[end], expected.sel(ci_bound=end))
    posterior = xr.Dataset({"A": draws.isel(target=0), "by_arch": draws})
    table = parameter_table(posterior, 0.8, kind)
    tree = xr.DataTree.from_dict({"posterior": posterior})
    whole = arviz_stats.summary(tree, ci_prob=0.8, ci_kind=kind, round_to="none")
    assert (
        table.index.tolist() == whole.index.tolist() == ["A", *(f"by_arch[{i}]" for i in range(3))]
    )
    np.testing.assert_allclose(table.to_numpy(float), whole.to_numpy(float), rtol=1e-8)
