"""How a law bends: a sum of known functions that is a Gaussian process."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayescale.model.bending import Basis, Bending, bend_of_unit, correlation

LENGTH, SLOPE = 4.0, 0.25


@pytest.fixture(scope="module")
def table():
    sizes, ratios = np.geomspace(1e8, 1e10, 5), np.geomspace(5, 200, 4)
    params = np.repeat(sizes, len(ratios))
    return pd.DataFrame({"params": params, "tokens": params * np.tile(ratios, len(sizes))})


@pytest.fixture(scope="module")
def basis(table):
    return Basis.around(table, ("params", "tokens"), LENGTH, SLOPE)


def dense(first, second):
    """The covariance that the process has where nothing is left out, at scale one."""
    points = [np.log10(part[["params", "tokens"]].to_numpy()) for part in (first, second)]
    distance = np.linalg.norm(points[0][:, None] - points[1][None], axis=-1)
    top = np.log10(1e10) + np.log10(2e12)
    amplitudes = [10.0 ** (SLOPE * (top - part.sum(axis=1))) for part in points]
    return amplitudes[0][:, None] * correlation(distance / LENGTH) * amplitudes[1]


def test_the_spread_is_that_of_the_dense_process_among_the_runs_and_beyond(basis, table):
    further = pd.DataFrame({"params": [3e10, 1e12, 1e9], "tokens": [1e12, 2e13, 1e13]})
    for runs in (table, further):
        found = np.sqrt((basis.features(runs) ** 2).sum(axis=1))
        np.testing.assert_allclose(found, np.sqrt(np.diag(dense(runs, runs))), rtol=0.03)


def test_what_runs_tell_of_others_is_what_they_tell_in_the_dense_process(basis, table):
    asked = pd.DataFrame({"params": [2e9, 7e10], "tokens": [3e10, 1.4e12]})
    values = np.sin(np.arange(len(table))) * 0.01
    noise = 0.005**2 / 0.05**2 * np.eye(len(table))
    features, further = basis.features(table), basis.features(asked)
    found = further @ features.T @ np.linalg.solve(features @ features.T + noise, values)
    expected = dense(asked, table) @ np.linalg.solve(dense(table, table) + noise, values)
    np.testing.assert_allclose(found, expected, atol=0.03 * np.abs(values).max())


def test_the_bend_is_the_spread_of_the_second_difference_over_a_decade(basis):
    at = pd.DataFrame({"params": [1e8, 1e9, 1e10], "tokens": 1e11})
    # The amplitude of each is taken out: the bend is stated for a process of spread one.
    features = basis.features(at) * 10.0 ** (SLOPE * np.array([-2.3, -1.3, -0.3]) - SLOPE)[:, None]
    features = features / np.linalg.norm(features, axis=1)[:, None]
    second = features[0] - 2 * features[1] + features[2]
    assert np.linalg.norm(second) == pytest.approx(bend_of_unit(LENGTH), rel=0.03)


def test_a_draw_is_one_function_however_it_is_asked(basis, table):
    rng = np.random.default_rng(2)
    shape, scale = rng.standard_normal((6, basis.modes)), np.full(6, 0.09)
    bending = Bending.of(basis, scale, shape)
    expected = 0.09 * shape @ basis.features(table).T
    columns = {name: table[name].to_numpy() for name in table}
    close = {"atol": 3e-4 * np.abs(expected).max()}
    np.testing.assert_allclose(bending.at(columns, np.arange(6)[:, None]), expected, **close)
    runs = {name: xr.DataArray(values, dims="target") for name, values in columns.items()}
    draws = xr.DataArray(np.arange(6).reshape(2, 3), dims=("chain", "draw"))
    found = bending.at(runs, draws)
    assert found.dims == ("chain", "draw", "target")
    np.testing.assert_allclose(found.to_numpy().reshape(6, -1), expected, **close)
    one = {name: np.tile(values[:1], 3) for name, values in columns.items()}
    np.testing.assert_allclose(
        bending.at(one, np.array([5, 0, 5])), expected[[5, 0, 5], 0], **close
    )


def test_without_a_shape_nothing_bends(basis, table):
    bending = Bending.of(basis, np.ones(1), np.zeros((1, basis.modes)))
    columns = {name: table[name].to_numpy() for name in table}
    np.testing.assert_array_equal(bending.at(columns, np.zeros(1, int)[:, None]), 0.0)


def test_far_below_the_runs_it_stays_a_number(basis):
    bending = Bending.of(basis, np.ones(1), np.ones((1, basis.modes)))
    found = bending.at({"params": np.array([1.0]), "tokens": np.array([1.0])}, np.zeros(1, int))
    assert np.isfinite(np.exp(found)).all()


def test_it_is_read_as_it_was_written(basis, table):
    again = Basis.read(basis.to_dataset(), LENGTH, SLOPE)
    np.testing.assert_array_equal(again.features(table), basis.features(table))
    assert again.columns == ("params", "tokens")


def test_one_input_bends_over_its_logarithm(table):
    basis = Basis.around(table, ("tokens",), LENGTH, SLOPE)
    assert basis.grid.shape[1] == 1
    found = np.linalg.norm(basis.features(table), axis=1)
    expected = (table["tokens"].max() / table["tokens"]) ** SLOPE
    np.testing.assert_allclose(found, expected, rtol=0.03)
