"""The ways in which the same runs might have been fitted."""

from dataclasses import replace

import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.variants import BELIEFS, FAMILY, LEFT_OUT, NORMAL, decimals_of, variants_of
from bayescale.runs.table import Runs
from tests.fits import fit_to, synthetic_fit


def by_cause(fit):
    found = {}
    for variant in variants_of(fit):
        found.setdefault(variant.cause, {})[variant.change] = variant
    return found


@pytest.fixture(scope="module")
def found():
    return by_cause(synthetic_fit(bends=True))


def test_losses_are_rounded_only_as_far_as_that_changes_them(found):
    fit = synthetic_fit()
    assert list(found["losses rounded"]) == [f"to {n} decimals" for n in (5, 4, 3, 2)] + [
        "to 1 decimal"
    ]
    assert (
        found["losses rounded"]["to 1 decimal"].runs.loss.tolist()
        == np.round(fit.runs.loss, 1).tolist()
    )
    printed = fit.runs.table.assign(loss=fit.runs.loss.round(2))
    again = by_cause(fit_to(Runs(printed, source="a paper")))
    assert list(again["losses rounded"]) == ["to 1 decimal"]


@pytest.mark.parametrize(
    ("loss", "digits"), [([2.5, 3.1], 1), ([2.51, 3.0], 2), ([2.0, 3.0], 1), ([np.pi, np.e], None)]
)
def test_the_decimals_of_losses_are_counted(loss, digits):
    assert decimals_of(np.array(loss)) == digits


def test_a_fifth_of_the_runs_at_each_end_of_each_quantity_is_left_out(found):
    table = synthetic_fit().runs.table
    gone = {v.change: set(table.index) - set(v.runs.table.index) for v in found[LEFT_OUT].values()}
    for change, rows in gone.items():
        if change.endswith("of fewest parameters"):
            assert table.loc[list(rows), "params"].max() <= table["params"].quantile(0.2)
        if change.endswith("of most tokens per parameter"):
            ratio = table["tokens"] / table["params"]
            assert ratio[list(rows)].min() >= ratio.quantile(0.8)
    assert all(0 < len(rows) < len(table) / 2 for rows in gone.values())


def test_noise_is_added_in_that_of_the_fit(found):
    fit = synthetic_fit()
    sigma = float(fit.posterior["sigma"].mean())
    added = [np.log(v.runs.loss / fit.runs.loss) for v in found["noise added"].values()]
    assert np.std(added[0]) == pytest.approx(sigma, rel=0.3)
    assert added[1] == pytest.approx(2 * added[0])


def test_noise_floor_and_form_are_believed_otherwise(found):
    noise = found["kind of noise"]
    assert noise["normal"].model.likelihood.nu != synthetic_fit().model.likelihood.nu
    assert NORMAL.startswith("200")
    assert noise["falls with compute"].model.likelihood.varies_with == "flops"
    low, high = (variant.model.priors["E"] for variant in found[BELIEFS].values())
    assert low != high
    assert found["discrepancy"]["the law taken for the truth"].model.discrepancy is None


def test_a_law_that_does_not_bend_is_given_room():
    found = by_cause(synthetic_fit())
    assert found["discrepancy"]["with room for what it may miss"].model.discrepancy is not None


def test_each_family_is_left_out_in_turn():
    fit = synthetic_fit()
    labels = np.where(np.arange(len(fit.runs)) % 3 == 0, "b", "a")
    runs = replace(fit.runs, table=fit.runs.table.assign(arm=labels), groups=("arm",))
    found = by_cause(fit_to(runs))[FAMILY]
    assert list(found) == ["arm a", "arm b"]
    assert set(found["arm a"].runs.levels("arm")) == {"b"}


def test_noise_that_varies_already_is_not_made_to_vary():
    fit = synthetic_fit()
    varying = bs.Fit(fit.tree, fit.model.with_noise("flops"))
    assert list(by_cause(varying)["kind of noise"]) == ["normal"]
