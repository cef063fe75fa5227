import numpy as np
import pytest

import bayescale as bs
from tests.fits import constant_fit, recorded_cost, recorded_fit, synthetic_fit


def test_one_target_for_each_pair(fitted):
    loss = bs.predict(fitted, params=[7e9, 70e9], tokens=1.4e12)
    assert loss.dims == ("chain", "draw", "target")
    assert loss["tokens"].to_numpy().tolist() == [1.4e12, 1.4e12]


def test_the_surface_is_the_law(fitted):
    posterior = fitted.posterior
    loss = bs.predict(fitted, params=1e9, tokens=2e10).isel(target=0)
    expected = (
        posterior["E"]
        + posterior["A_classic"] * 1e9 ** -posterior["alpha_N"]
        + posterior["B_classic"] * 2e10 ** -posterior["alpha_D"]
    )
    np.testing.assert_allclose(loss, expected)


def test_compute_gives_the_missing_count(fitted):
    loss = bs.predict(fitted, params=1e9, flops=6e20)
    assert float(loss["tokens"][0]) == 1e11


def test_a_new_run_is_as_uncertain_as_its_noise(fitted):
    surface = bs.predict(fitted, params=1e9, tokens=2e10)
    run = bs.predict(fitted, params=1e9, tokens=2e10, new_run=True)
    low, high = np.quantile(run / surface, [0.16, 0.84])
    assert 0.5 * (high - low) == pytest.approx(0.006, rel=0.4)


def test_a_new_run_is_the_same_each_time(fitted):
    first, second = (bs.predict(fitted, params=1e9, tokens=2e10, new_run=True) for _ in range(2))
    other = bs.predict(fitted, params=1e9, tokens=2e10, new_run=True, random_seed=7)
    assert (first == second).all()
    assert not (first == other).all()


def test_distance_from_the_runs(fitted):
    largest = fitted.runs.table[["params", "tokens"]].max()
    inside, beyond = (
        bs.predict(fitted, params=factor * largest["params"], tokens=largest["tokens"])
        for factor in (1, 100)
    )
    assert float(inside["extrapolation"][0]) == 0.0
    assert float(beyond["extrapolation"][0]) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (0, "must be positive"),
        (-1e9, "must be positive"),
        (float("nan"), "is missing"),
        (float("inf"), "must be finite"),
        (1e300, "must be at most 1e\\+75"),
        (1e-300, "must be at least 1e-75"),
    ],
)
def test_a_count_that_is_none(fitted, value, rule):
    with pytest.raises(bs.PlanError, match=f"params = .* {rule}"):
        bs.predict(fitted, params=value, tokens=1e9)


def test_a_missing_count(fitted):
    with pytest.raises(bs.PlanError, match="chinchilla needs tokens to predict loss; give it"):
        bs.predict(fitted, params=1e9)


def test_counts_that_do_not_pair_up(fitted):
    with pytest.raises(bs.PlanError, match="2 params, 3 tokens do not pair up"):
        bs.predict(fitted, params=[1e9, 2e9], tokens=[1e9, 2e9, 3e9])


def test_three_counts_that_contradict(fitted):
    with pytest.raises(bs.PlanError, match="contradicts 6 x params x tokens; give two"):
        bs.predict(fitted, params=1e9, tokens=1e9, flops=1e24)


def test_an_input_that_the_law_does_not_take_is_refused(fitted):
    refused = r"inputs={'experts': 8}: chinchilla takes params, .*no experts"
    with pytest.raises(bs.PlanError, match=refused):
        bs.predict(fitted, params=1e9, tokens=1e10, inputs={"experts": 8})
    with pytest.raises(bs.PlanError, match="no unique_tokens; leave it out"):
        bs.predict(fitted, params=1e9, tokens=1e10, unique_tokens=1e9)


def test_an_input_that_is_given_twice_is_refused(fitted):
    with pytest.raises(bs.PlanError, match="params is given twice; leave one out"):
        bs.predict(fitted, params=1e9, tokens=1e10, inputs={"params": 1e6})


def test_unique_tokens_that_are_never_read_do_not_count():
    fit = constant_fit("data_constrained", "muennighoff2023")
    all_read = bs.predict(fit, params=1e9, tokens=2e10, unique_tokens=2e10)
    unread = bs.predict(fit, params=1e9, tokens=2e10, unique_tokens=2e12)
    assert float(unread.mean()) == pytest.approx(float(all_read.mean()), rel=1e-12)
    assert float(unread["unique_tokens"][0]) == 2e10


def test_the_third_count_follows_from_the_flops_that_the_runs_recorded():
    fit, params, tokens = recorded_fit(), 1e9, 2e10
    flops = float(recorded_cost(np.array(params))) * tokens
    by_tokens = bs.predict(fit, params=params, tokens=tokens)
    assert float(by_tokens["flops"][0]) == pytest.approx(flops, rel=1e-3)
    by_flops = bs.predict(fit, params=params, flops=flops)
    assert float(by_flops["tokens"][0]) == pytest.approx(tokens, rel=1e-3)
    by_data = bs.predict(fit, tokens=tokens, flops=flops)
    assert float(by_data["params"][0]) == pytest.approx(params, rel=1e-3)
    for found in (by_flops, by_data):
        assert float(found.mean()) == pytest.approx(float(by_tokens.mean()), rel=1e-4)
    bs.predict(fit, params=params, tokens=tokens, flops=flops)
    with pytest.raises(bs.PlanError, match="contradicts 6 x params x tokens"):
        bs.predict(synthetic_fit(), params=params, tokens=tokens, flops=flops)
