"""Where the width of a prediction comes from."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import bayescale as bs
from bayescale.posterior.sources import SOURCES, split_width
from tests.fits import constant_fit, synthetic_fit

FAR = {"params": [1e9, 7e10], "tokens": [2e10, 1.4e13]}
SHARES = list(SOURCES)


@pytest.fixture
def bending():
    return synthetic_fit(bends=True)


def test_the_shares_add_up_to_the_interval(bending):
    drawn = bs.predict(bending, **FAR, new_run=True)
    found = drawn.sources()
    np.testing.assert_allclose(found[SHARES].sum(axis=1), 1.0)
    assert (found[SHARES] >= 0).all().all()
    low, high = np.quantile(np.log(drawn.to_numpy().reshape(-1, 2)), [0.05, 0.95], axis=0)
    np.testing.assert_allclose(found["width"], high - low)
    assert found.index.names == ["params", "tokens", "flops"]


def test_independent_sources_come_back_in_their_proportions():
    rng = np.random.default_rng(0)
    floor, slope, bend, noise = rng.standard_normal((4, 40_000))
    law = 0.03 * floor + 0.02 * slope
    surface = law + 0.04 * bend
    found = split_width(
        surface[:, None],
        law[:, None],
        {"E": 1.8 + 0.1 * floor, "A": slope},
        (surface + 0.05 * noise)[:, None],
    ).iloc[0]
    parts = np.array([9, 4, 16, 25]) / 54
    np.testing.assert_allclose(found[SHARES].to_numpy(float), parts, atol=0.02)
    assert found["floor_effect"] == pytest.approx(0.03, rel=0.05)


def test_a_law_taken_for_granted_has_no_form_and_the_surface_no_noise():
    found = bs.predict(synthetic_fit(), **FAR).sources()
    np.testing.assert_allclose(found[["form", "noise"]], 0.0, atol=1e-9)


def test_the_effect_of_the_floor_is_what_pinning_it_elsewhere_would_do():
    fit = synthetic_fit()
    found = bs.predict(fit, params=1e12, tokens=1e14)
    higher = fit.tree.copy()
    higher["posterior"] = xr.DataTree(fit.posterior.assign(E=fit.posterior["E"] + 0.1))
    moved = bs.predict(replace(fit, tree=higher), params=1e12, tokens=1e14)
    expected = float(np.log(moved / found).mean())
    assert found.sources()["floor_effect"].iloc[0] == pytest.approx(expected, rel=0.15)


def test_a_law_without_a_floor_has_no_effect_of_it():
    fit = constant_fit("kaplan", "kaplan2020")
    assert bs.predict(fit, params=1e9, tokens=1e10).sources()["floor_effect"].iloc[0] == 0.0
