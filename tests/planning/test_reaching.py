"""What a loss costs, what data are worth, and where compute stops to pay."""

import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit, synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


@pytest.fixture(scope="module")
def besiroglu():
    return constant_fit("chinchilla", "besiroglu2024")


@pytest.mark.parametrize(
    ("flops", "served", "params", "tokens", "cost"),
    [
        (6.07e21, 1e11, 5.6e9, 1.84e11, 0.978),
        (6.07e21, 2e12, 2.85e9, 5.46e11, 0.610),
    ],
)
def test_serving_demand_shrinks_the_model_of_equal_quality(
    besiroglu, flops, served, params, tokens, cost
):
    quality = allocate(besiroglu, flops=flops)
    loss = float(quality.outcome["loss"].mean())
    found = bs.reach(besiroglu, target_loss=loss, inference_tokens=served)
    chosen = found.plan.committed
    assert float(chosen["params"][0]) == pytest.approx(params, rel=0.01)
    assert float(chosen["tokens"][0]) == pytest.approx(tokens, rel=0.01)
    whole = flops + 2 * float(quality.committed["params"][0]) * served
    assert float(found.flops.mean()) / whole == pytest.approx(cost, abs=2e-3)


@pytest.mark.parametrize(("shrink", "overhead"), [(0.5, 0.208), (0.3, 1.056)])
def test_a_smaller_model_of_equal_loss_costs_the_overhead_of_harm_de_vries(shrink, overhead):
    values = {"E": 1.69, "A": 406.4, "B": 410.7, "alpha_N": 0.336, "alpha_D": 0.283}
    fit = constant_fit("chinchilla", values)
    best = allocate(fit, flops=1e23)
    loss, size = float(best.outcome["loss"].mean()), float(best.committed["params"][0])
    found = bs.reach(fit, target_loss=loss, candidates=[shrink * size])
    assert float(found.flops.mean()) / 1e23 - 1 == pytest.approx(overhead, abs=5e-4)


def test_the_cost_of_a_loss_is_the_budget_that_reaches_it(fit):
    found = bs.reach(fit, target_loss=2.2)
    draw = {"chain": 1, "draw": 5}
    budget = float(found.flops.isel(draw))
    loss = allocate(fit, flops=budget).optimum["loss"].isel(draw)
    assert float(loss[0]) == pytest.approx(2.2, abs=1e-6)
    assert found.unreachable == 0.0


def test_more_confidence_costs_more(fit):
    even, sure = (bs.reach(fit, target_loss=2.1, confidence=q) for q in (0.5, 0.95))
    assert sure.plan.committed["flops"][0] > even.plan.committed["flops"][0]
    within = float((sure.flops <= sure.plan.committed["flops"][0]).mean())
    assert within == pytest.approx(0.95, abs=0.01)


def test_a_loss_near_the_floor_may_be_out_of_reach(fit):
    floor = float(fit.posterior["E"].median())
    found = bs.reach(fit, target_loss=floor * 1.004, confidence=0.3)
    assert 0.0 < found.unreachable < 0.7
    assert "cannot be reached with probability" in str(found)
    with pytest.raises(bs.PlanError, match="cannot be reached with probability 1.00"):
        bs.reach(fit, target_loss=0.5 * floor)


def test_candidates_and_limits_hold_for_a_target(fit):
    found = bs.reach(fit, target_loss=2.3, candidates=[1e9, 7e9], max_params=5e9)
    assert float(found.plan.committed["params"][0]) == 1e9


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"target_loss": -1}, "target_loss = -1 must be positive"),
        ({"target_loss": 2.2, "confidence": 1.0}, "confidence = 1 must lie between"),
        (
            {"target_loss": 2.2, "candidates": [1e9], "max_params": 5e8},
            "candidates and max_params conflict.* 1B parameters.* 500M",
        ),
        (
            {"target_loss": 2.2, "max_parms": 1e9},
            "unknown argument .*'max_parms'.*'max_params'",
        ),
    ],
)
def test_a_question_that_makes_no_sense(fit, arguments, words):
    with pytest.raises(bs.PlanError, match=words):
        bs.reach(fit, **arguments)
