import numpy as np
import pytest

import bayescale as bs
from bayescale.inference.fitting import fit
from bayescale.model.catalogue import get_model


@pytest.fixture(scope="module")
def runs(simulated_runs):
    architecture = ["dense", "moe"] * (len(simulated_runs) // 2)
    table = simulated_runs.table.assign(architecture=architecture)
    return bs.load_runs(table, groups=["architecture"], simulated=True)


@pytest.mark.parametrize(
    ("name", "low", "high"), [("A", 0.04, 0.6), ("alpha_N", 0.01, 0.2), ("loss", 0.001, 0.02)]
)
def test_a_pool_is_completed_by_a_spread_that_suits_what_is_pooled(name, low, high):
    spread = get_model("chinchilla").with_pool({name: "architecture"}).pool[name].spread
    assert spread.dist == "LogNormal"
    widest = 1.96 * spread.args["sigma"]
    assert spread.args["median"] * np.exp(-widest) == pytest.approx(low, rel=0.35)
    assert spread.args["median"] * np.exp(widest) == pytest.approx(high, rel=0.35)


def test_a_spread_that_is_given_is_kept():
    spread = {"dist": "HalfNormal", "sigma": 0.3}
    pool = {"E": {"over": "architecture", "spread": spread}}
    assert get_model("chinchilla").with_pool(pool).pool["E"].spread.dist == "HalfNormal"


@pytest.mark.parametrize(
    ("pool", "error", "words"),
    [
        ({"E": "family"}, bs.RunsError, "unknown group column 'family'"),
        ({"F": "architecture"}, bs.ModelError, "pool: F is not a parameter"),
    ],
)
def test_a_pool_that_cannot_be(runs, pool, error, words):
    with pytest.raises(error, match=words):
        fit(runs, "chinchilla", pool=pool)


def test_a_group_column_with_one_level(runs):
    one = runs.subset(runs.levels("architecture") == "moe")
    with pytest.raises(bs.FitError, match="all runs have architecture = moe"):
        fit(one, "chinchilla", pool={"E": "architecture"})
