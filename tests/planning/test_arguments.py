"""What may be asked of a plan, and in which units."""

import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit()


def test_dear_serving_makes_the_model_smaller_still(fit):
    training = bs.Hardware(flops_per_second=989e12, utilization=0.4, price_per_hour=2.0)
    serving = bs.Hardware(flops_per_second=989e12, utilization=0.1, price_per_hour=2.0)
    alike, dear = (
        allocate(
            fit, dollars=1e5, hardware=training, serving=where, inference_tokens=1e12
        ).committed["params"]
        for where in (training, serving)
    )
    assert float(dear[0]) < float(alike[0])


def test_hours_and_dollars_are_flops(fit):
    hardware = bs.Hardware(flops_per_second=1e15, utilization=0.5, price_per_hour=2.0)
    by_hours = allocate(fit, gpu_hours=1000, hardware=hardware)
    by_dollars = allocate(fit, dollars=2000, hardware=hardware)
    assert float(by_hours.committed["flops"][0]) == pytest.approx(1.8e21)
    assert float(by_dollars.committed["flops"][0]) == pytest.approx(1.8e21)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, ["no budget", "gpu_hours"]),
        ({"flops": 1e22, "dollars": 1e6}, ["flops and dollars are both budgets"]),
        ({"dollars": 1e6}, ["dollars need hardware", "bs.Hardware"]),
        ({"flops": 1e22, "max_epochs": 4}, ["max_epochs = 4", "without unique_tokens"]),
        ({"flops": 1e22, "max_params": -1}, ["max_params = -1 must be positive"]),
        (
            {"flops": 1e22, "max_params": 1e9, "candidates": [7e9]},
            ["candidates and max_params conflict", "7B", "1B"],
        ),
        (
            {"flops": 1e18, "inference_tokens": 1e15},
            ["flops = 1e18 and inference_tokens = 1e15 conflict", "lower the demand"],
        ),
        ({"flops": 1e22, "risk": "median"}, ["unknown risk 'median'"]),
        ({"flops": 1e22, "risk": ("cvar", 2.0)}, ["level 2 must lie between 0 and 1"]),
        ({"flops": 1e22, "inputs": {"experts": 8}}, ["'experts' is not among", "it has none"]),
    ],
)
def test_limits_that_make_no_sense_together(fit, arguments, words):
    with pytest.raises(bs.PlanError) as error:
        allocate(fit, **arguments)
    for word in words:
        assert word in str(error.value)


def test_tokens_in_billions_are_noticed(fit):
    with pytest.warns(bs.BayescaleWarning, match=r"unique_tokens = 2000 .* write 2000e9"):
        allocate(fit, flops=1e22, unique_tokens=2000, max_epochs=1e8)


@pytest.mark.parametrize("flops", [0, -1, 1e60, float("nan"), float("inf")])
def test_a_budget_that_is_none(fitted, flops):
    with pytest.raises(bs.PlanError, match=r"flops = .* must lie between .* for example 1e24"):
        allocate(fitted, flops=flops)


@pytest.mark.parametrize("limit", ["unique_tokens", "max_epochs"])
@pytest.mark.parametrize("value", [0, -1e9, float("nan"), float("inf")])
def test_a_limit_that_is_none(fitted, limit, value):
    with pytest.raises(bs.PlanError, match=f"{limit} = .* must be positive and finite"):
        allocate(fitted, flops=1e24, **{"unique_tokens": 1e9, limit: value})


def test_epochs_of_nothing(fitted):
    with pytest.raises(bs.PlanError, match="limits nothing without unique_tokens"):
        allocate(fitted, flops=1e24, max_epochs=4)
