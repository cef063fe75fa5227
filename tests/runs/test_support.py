import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayescale.runs.support import decades_beyond, describe_distance, furthest
from bayescale.runs.table import Runs


@pytest.fixture
def runs():
    params = np.array([1e8, 1e9])
    return Runs(pd.DataFrame({"params": params, "tokens": 20 * params, "loss": [3.0, 2.5]}))


def at(**counts):
    return {name: xr.DataArray(value) for name, value in counts.items()}


def test_inside_the_range_the_distance_is_nothing(runs):
    found = decades_beyond(runs, at(params=3e8, tokens=6e9))
    assert set(found) == {"params", "tokens", "tokens_per_param"}
    assert float(furthest(found)) == 0.0


@pytest.mark.parametrize(("params", "decades"), [(1e11, 2.0), (1e7, 1.0)])
def test_the_distance_is_counted_in_decades_above_and_below(runs, params, decades):
    found = decades_beyond(runs, at(params=params, tokens=20 * params))
    assert float(found["params"]) == pytest.approx(decades)
    assert float(found["tokens_per_param"]) == pytest.approx(0.0, abs=1e-12)
    assert float(furthest(found)) == pytest.approx(decades)


def test_a_ratio_not_seen_is_far_though_its_counts_were(runs):
    found = decades_beyond(runs, at(params=1e9, tokens=2e9))
    assert float(found["params"]) == float(found["tokens"]) == 0.0
    assert float(found["tokens_per_param"]) == pytest.approx(1.0)


def test_what_the_runs_do_not_have_is_left_out(runs):
    assert set(decades_beyond(runs, at(params=1e9, experts=8.0))) == {"params"}


def test_a_column_that_reaches_zero_has_no_distance(runs):
    share = Runs(runs.table.assign(share_code=[0.0, 0.5]))
    assert set(decades_beyond(share, at(params=1e9, share_code=0.9))) == {"params"}


def test_the_distance_is_said_with_the_range_of_the_runs(runs):
    assert describe_distance(runs, "params", 2.0) == (
        "parameters 100 times outside the runs (100M to 1B)"
    )
    assert describe_distance(runs, "tokens_per_param", 1.0) == (
        "tokens per parameter 10 times outside the runs"
    )
