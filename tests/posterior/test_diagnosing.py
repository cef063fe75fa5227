"""The numbers are those of ArviZ."""

import arviz_stats
import numpy as np
import pytest
import xarray as xr

from bayescale.posterior import diagnosing


def chains(kind, shape=(4, 301)):
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(shape)
    if kind == "correlated":
        for i in range(1, shape[1]):
            noise[:, i] = 0.8 * noise[:, i - 1] + 0.6 * noise[:, i]
    elif kind == "alternating":
        for i in range(1, shape[1]):
            noise[:, i] = -0.6 * noise[:, i - 1] + 0.8 * noise[:, i]
    elif kind == "with ties":
        noise = np.repeat(noise[:, : shape[1] // 3 + 1], 3, axis=1)[:, : shape[1]]
    elif kind == "apart":
        noise += np.arange(shape[0])[:, None]
    elif kind == "heavy":
        noise = rng.standard_t(1.5, shape)
    return noise


KINDS = ["independent", "correlated", "alternating", "with ties", "apart", "heavy"]


def of_arviz(name, draws, **how):
    array = xr.DataArray(draws, dims=("chain", "draw"))
    return float(getattr(arviz_stats, name)(array, **how))


@pytest.mark.parametrize("shape", [(4, 301), (4, 1000), (2, 50), (1, 80)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_the_diagnostics_are_those_of_arviz(kind, shape):
    draws = chains(kind, shape)
    for found, expected in (
        (diagnosing.ess_bulk(draws), of_arviz("ess", draws, method="bulk")),
        (diagnosing.ess_tail(draws), of_arviz("ess", draws, method="tail")),
        (diagnosing.rhat(draws), of_arviz("rhat", draws)),
        (diagnosing.mcse_mean(draws), of_arviz("mcse", draws, method="mean")),
        (diagnosing.mcse_sd(draws), of_arviz("mcse", draws, method="sd")),
    ):
        assert found == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_the_energy_fraction_is_that_of_arviz():
    energy = chains("correlated")
    tree = xr.DataTree.from_dict(
        {"sample_stats": xr.Dataset({"energy": (("chain", "draw"), energy)})}
    )
    expected = arviz_stats.bfmi(tree)["energy"].to_numpy()
    np.testing.assert_allclose(diagnosing.bfmi(energy), expected)


def test_draws_that_are_all_the_same_count_all():
    assert diagnosing.ess_bulk(np.ones((4, 20))) == 80


def test_too_few_draws_or_no_numbers_have_no_diagnostics():
    few, none = np.ones((4, 3)), np.full((4, 20), np.nan)
    for size in (diagnosing.ess_bulk, diagnosing.ess_tail):
        assert np.isnan([size(few), size(none)]).all()
    assert np.isnan([diagnosing.rhat(few), diagnosing.rhat(np.ones((1, 20)))]).all()
