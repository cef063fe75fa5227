"""Budgets and limits of every kind, and what binds."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def binding(plan, name):
    return float(plan.binding[name][0])


def test_a_size_limit_binds_and_leaves_more_tokens(fit):
    free, capped = allocate(fit, flops=1e23), allocate(fit, flops=1e23, max_params=5e9)
    assert float(capped.committed["params"][0]) == pytest.approx(5e9)
    assert float(capped.committed["tokens"][0]) > float(free.committed["tokens"][0])
    assert binding(capped, "size") == 1.0
    assert binding(free, "size") == 0.0


def test_memory_holds_the_weights(fit):
    plan = allocate(fit, flops=1e24, max_memory=80e9)
    assert float(plan.committed["params"][0]) == pytest.approx(40e9)
    half = allocate(fit, flops=1e24, max_memory=80e9, bytes_per_param=4)
    assert float(half.committed["params"][0]) == pytest.approx(20e9)


def test_a_limit_that_is_generous_binds_nothing(fit):
    plan = allocate(fit, flops=1e22, max_params=1e13, max_memory=1e15, max_tokens_per_param=1e5)
    free = allocate(fit, flops=1e22)
    np.testing.assert_allclose(plan.committed["params"], free.committed["params"], rtol=1e-5)
    assert binding(plan, "size") == binding(plan, "tokens_per_param") == 0.0
    assert binding(plan, "compute") == 1.0


def test_tokens_per_parameter_bind(fit):
    plan = allocate(fit, flops=1e23, max_tokens_per_param=5)
    assert float(plan.committed["tokens_per_param"][0]) == pytest.approx(5.0, rel=1e-6)
    assert binding(plan, "tokens_per_param") == 1.0
    spent = 6 * plan.committed["params"] * plan.committed["tokens"]
    assert float(spent[0]) == pytest.approx(1e23)


def test_what_size_and_data_leave_unspent_is_not_spent(fit):
    plan = allocate(fit, flops=1e25, max_params=1e10, unique_tokens=1e12, tolerance=1e-6)
    assert float(plan.committed["params"][0]) == pytest.approx(1e10, rel=1e-3)
    assert float(plan.committed["tokens"][0]) == pytest.approx(1e12, rel=1e-3)
    assert binding(plan, "compute") == 0.0
    assert binding(plan, "tokens") == binding(plan, "size") == 1.0
    assert "unspent" in {note.code for note in plan.notes}


def test_only_candidates_are_chosen(fit):
    sizes = [1e9, 7e9, 13e9, 70e9]
    plan = allocate(fit, flops=[1e21, 1e23], candidates=sizes)
    assert set(np.unique(plan.optimum["params"])) <= set(sizes)
    free = allocate(fit, flops=[1e21, 1e23])
    nearest = [min(sizes, key=lambda n: abs(np.log(n / best))) for best in free.committed["params"]]
    assert plan.committed["params"].to_numpy().tolist() == nearest


def test_serving_takes_its_share_and_makes_the_model_smaller(fit):
    free = allocate(fit, flops=1e23)
    served = allocate(fit, flops=1e23, inference_tokens=2e12)
    assert float(served.committed["params"][0]) < float(free.committed["params"][0])
    params, tokens = served.committed["params"], served.committed["tokens"]
    spent = 6 * params * tokens + 2 * params * 2e12
    assert float(spent[0]) == pytest.approx(1e23)
    share = float(served.committed["serving_share"][0])
    assert share == pytest.approx(float(2 * params[0] * 2e12 / 1e23))


def test_an_exact_count_of_flops_is_followed(fit):
    rule = bs.Transformer(vocabulary=50_257, context=2048)
    plan = allocate(fit, flops=1e20, rule=rule)
    params, tokens = (plan.committed[name].to_numpy() for name in ("params", "tokens"))
    assert rule.train(params) * tokens == pytest.approx(1e20)
    assert float(plan.committed["tokens"][0]) < 1e20 / (6 * float(params[0]))


@pytest.mark.parametrize("size", [0, -1e9, float("nan"), float("inf"), 70])
def test_a_candidate_that_is_no_size_is_refused(fit, size):
    with pytest.raises(bs.PlanError, match="candidates"):
        allocate(fit, flops=1e22, candidates=[1e9, size])
