"""Budgets and limits of every kind, and what binds."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.laws.overfitting_penalty import best_epochs
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit, synthetic_fit


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


def test_an_exact_count_of_flops_is_followed(fit):
    rule = bs.Transformer(vocabulary=50_257, context=2048)
    plan = allocate(fit, flops=1e20, rule=rule)
    params, tokens = (plan.committed[name].to_numpy() for name in ("params", "tokens"))
    assert rule.train(params) * tokens == pytest.approx(1e20)
    assert float(plan.committed["tokens"][0]) < 1e20 / (6 * float(params[0]))


def test_risk_aversion_judges_by_the_bad_draws(fit):
    careful = allocate(fit, flops=1e25, risk=("cvar", 0.9))
    neutral = allocate(fit, flops=1e25)

    def worst(plan):
        losses = np.sort(plan.outcome["loss"].to_numpy().ravel())
        return losses[-losses.size // 10 :].mean()

    assert worst(careful) <= worst(neutral) + 1e-9
    assert careful.limits["risk"] == ("cvar", 0.9)


def test_wasted_compute_is_what_the_regret_would_have_cost(fit):
    plan = allocate(fit, flops=1e24)
    draw = plan.outcome["regret"].argmax(["chain", "draw"])
    worst = {name: int(value[0]) for name, value in draw.items()}
    wasted = float(plan.outcome["wasted_compute"].isel(worst)[0])
    less = allocate(fit, flops=1e24 * (1 - wasted)).optimum["loss"].isel(worst)
    assert float(less[0]) == pytest.approx(float(plan.outcome["loss"].isel(worst)[0]), rel=1e-5)


def test_more_compute_is_worth_what_a_larger_budget_gains(fit):
    step = 0.01
    before, after = allocate(fit, flops=1e23), allocate(fit, flops=1e23 * np.exp(step))
    gain = (after.optimum["loss"] - before.optimum["loss"]) / step
    np.testing.assert_allclose(before.marginal["per_log_flops"], gain, rtol=0.01)


@pytest.mark.parametrize("size", [None, 2e10])
def test_more_data_are_worth_what_they_gain_where_they_bind(fit, size):
    step = 0.01
    limits = {"flops": 1e24, "max_params": size}
    before = allocate(fit, unique_tokens=1e11, **limits)
    after = allocate(fit, unique_tokens=1e11 * np.exp(step), **limits)
    gain = (after.optimum["loss"] - before.optimum["loss"]) / step
    np.testing.assert_allclose(before.marginal["per_log_unique_tokens"], gain, rtol=0.02)
    assert np.all(before.marginal["exchange"] > 0)


def test_plenty_of_data_is_worth_nothing(fit):
    plan = allocate(fit, flops=1e21, unique_tokens=1e14)
    assert np.all(plan.marginal["per_log_unique_tokens"] == 0.0)


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


@pytest.fixture(scope="module")
def graded():
    values = {"E": 1.8, "A": 480, "B": 2000, "alpha_N": 0.35, "alpha_D": 0.366, "gamma_Q": 0.4}
    return constant_fit("data_quality", values)


def test_the_best_pools_are_used_first(graded):
    pools = [bs.Pool(4e12, 0.5, "crawl"), bs.Pool(1e11, 1.0, "curated")]
    small, large = (allocate(graded, flops=flops, pools=pools) for flops in (1e21, 1e24))
    assert float(small.committed["quality"][0]) == 1.0
    tokens = float(large.committed["tokens"][0])
    mean = (1e11 * 1.0 + (tokens - 1e11) * 0.5) / tokens
    assert float(large.committed["quality"][0]) == pytest.approx(mean)
    known = bs.predict(
        graded, params=large.committed["params"], tokens=tokens, inputs={"quality": mean}
    )
    assert float(large.outcome["loss"].mean()) == pytest.approx(float(known.mean()))


def test_pools_are_worth_their_quality(graded):
    good, poor = (
        allocate(graded, flops=1e23, pools=[bs.Pool(1e13, quality)]) for quality in (1.0, 0.3)
    )
    assert float(good.outcome["loss"].mean()) < float(poor.outcome["loss"].mean())
    assert float(good.committed["tokens"][0]) < float(poor.committed["tokens"][0])


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"pools": [bs.Pool(1e12, 1.0)], "unique_tokens": 1e12}, "conflict"),
        ({"pools": [bs.Pool(1e12, 1.0)], "inputs": {"quality": 1.0}}, "not among the further"),
        ({}, "also takes quality"),
    ],
)
def test_pools_that_make_no_sense(graded, limits, words):
    with pytest.raises(bs.PlanError, match=words):
        allocate(graded, flops=1e23, **limits)


def test_a_law_that_knows_no_quality(fit):
    with pytest.raises(bs.PlanError, match="chinchilla knows nothing of quality"):
        allocate(fit, flops=1e23, pools=[bs.Pool(1e12, 0.5)])
    with pytest.raises(bs.PlanError, match="quality = 1.5 of a pool of 1T tokens"):
        bs.Pool(1e12, 1.5)


def test_spending_on_epochs_that_hurt_is_said_with_the_best_number_of_epochs():
    values = {"E": 1.8, "A": 480, "B": 2000, "alpha_N": 0.35, "alpha_D": 0.366}
    values |= {"P": 0.03, "delta": 1.0, "kappa": 1.0}
    fit = constant_fit("overfitting_penalty_free", values)
    size, unique = 1e9, 1e9
    best = best_epochs(size, unique, B=2000, alpha_D=0.366, P=0.03, kappa=1.0)
    limits = {"unique_tokens": unique, "max_epochs": 100, "candidates": [size]}
    far, near = (
        allocate(fit, flops=6 * size * unique * epochs, **limits) for epochs in (8 * best, best)
    )
    # The loss is least after the best number of epochs, and within the tolerance a little before.
    for plan in (far, near):
        assert 0.5 * best * unique < float(plan.committed["tokens"][0]) <= best * unique
    note = next(note for note in far.notes if note.code == "unspent")
    assert note.sentence.startswith("Spend 0.1")
