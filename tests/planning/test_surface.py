"""Several forms of the law in one plan."""

import pytest
import xarray as xr

import bayescale as bs
from bayescale.planning.allocating import allocate
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_several_fits_are_averaged_by_their_weights(fit):
    other = bs.Fit(fit.tree.copy(), fit.model)
    draws = other.tree["posterior"].to_dataset()
    other.tree["posterior"] = xr.DataTree(draws.assign(B=3 * draws["B"]))
    alone = {"first": fit, "second": other}
    plans = {name: allocate(each, flops=1e23) for name, each in alone.items()}
    both = allocate(alone, flops=1e23, weights={"first": 0.5, "second": 0.5})
    first, second, mixed = (float(plan.committed["params"][0]) for plan in (*plans.values(), both))
    assert min(first, second) < mixed < max(first, second)
    table = both.compare_models()
    assert table.loc[(1e23, "second"), "params"] == pytest.approx(second)
    apart = table["params_low"].max() > table["params_high"].min()
    assert ("forms_disagree" in {note.code for note in both.notes}) == apart
    assert apart
    one = allocate(alone, flops=1e23, weights={"first": 1.0, "second": 0.0})
    assert float(one.committed["params"][0]) == pytest.approx(first, rel=1e-6)
    with pytest.raises(bs.PlanError, match="no weight for second"):
        allocate(alone, flops=1e23, weights={"first": 1.0})
