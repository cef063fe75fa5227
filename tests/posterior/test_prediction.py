"""Draws that were predicted are arrays that know where their width comes from."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import bayescale as bs
from tests.fits import constant_fit, synthetic_fit


@pytest.fixture
def bending():
    return synthetic_fit(bends=True)


def test_what_is_computed_from_a_prediction_is_a_plain_array(bending):
    found = bs.predict(bending, params=[1e9, 7e10], tokens=[2e10, 1.4e13])
    for derived in (found * 2, found.isel(target=0), found.quantile(0.5), found.copy()):
        assert type(derived) is xr.DataArray


def test_an_input_that_was_drawn_has_sources_of_its_own():
    steps = {"floor": 0.25, "gain": 0.4, "reach": 0.8, "k": 4.0}
    runs = bs.simulate(
        "accuracy_sigmoid", pd.DataFrame({"loss": [2.0, 3.0], "items": 100.0}), values=steps
    )
    capability = constant_fit("accuracy_sigmoid", steps | {"concentration": 100.0}, runs)
    loss = xr.DataArray(np.full((1, 100, 1), 1.0), dims=("chain", "draw", "target"), name="loss")
    with pytest.raises(bs.PlanError, match="the prediction that gave them"):
        bs.predict(capability, loss=loss).sources()


def test_a_summary_holds_each_target_with_its_interval():
    found = bs.predict(synthetic_fit(), params=[7e9, 7e10], tokens=1.4e12)
    table = found.summary(0.5)
    counts = ["params", "tokens", "flops", "extrapolation"]
    assert list(table) == [*counts, "median", "lower", "upper"]
    assert table["params"].tolist() == [7e9, 7e10]
    assert table["upper"].to_numpy() == pytest.approx(found.quantile(0.75, ["chain", "draw"]))
    with pytest.raises(bs.PlanError, match="ci_prob"):
        found.summary("half")
