"""What a token cost runs that recorded their FLOPs."""

import numpy as np
import pytest

from bayescale.compute.accounting import SixND, Transformer
from bayescale.compute.recorded import (
    Recorded,
    growth,
    learn_rule,
    params_within,
    tokens_within,
)
from bayescale.errors import PlanError
from tests.fits import recorded_cost

SIZES = np.array([2e7, 1e8, 5e8, 4e9])
TOKENS = np.array([3e9, 2e9, 8e9, 5e10])


def of_factors(*factors):
    """What is learnt of four sizes that cost so many times 6ND."""
    return learn_rule(SIZES, TOKENS, 6 * SIZES * TOKENS * np.array(factors))


def test_the_cost_of_the_runs_is_learnt_as_a_function_of_size():
    rule = learn_rule(SIZES, TOKENS, recorded_cost(SIZES) * TOKENS)
    between = np.array([2e7, 7e7, 2e9, 4e9])
    assert rule.train(between) == pytest.approx(recorded_cost(between), rel=1e-4)
    assert rule.serve(between) == pytest.approx(recorded_cost(between) / 3, rel=1e-4)
    assert rule.name == "FLOPs as recorded in the runs, 11.9 per parameter and token at 4B"


def test_the_cost_of_far_larger_models_is_that_of_a_transformer():
    transformer = Transformer(vocabulary=50_257, context=1024, counts="nonembedding")
    sizes = np.geomspace(1e7, 1e9, 20)
    rule = learn_rule(sizes, sizes * 20, transformer.train(sizes) * sizes * 20)
    for size in (1e10, 1e12):
        assert float(rule.train(size)) == pytest.approx(float(transformer.train(size)), rel=0.03)


def test_flops_that_are_6nd_leave_6nd_the_rule():
    assert of_factors(1, 1, 1, 1) == SixND()


@pytest.mark.parametrize("factors", [(2, 1.7, 1.4, 1.1), (0.5, 0.45, 0.4, 0.35), (1, 1.3, 1.6, 2)])
def test_no_trend_passes_6nd_or_leads_away_from_it_beyond_the_runs(factors):
    rule = of_factors(*factors)
    assert rule.train(SIZES) / SIZES / 6 == pytest.approx(factors, rel=0.08)
    beyond = rule.train(np.geomspace(4.1e9, 1e16, 30))
    each = beyond / np.geomspace(4.1e9, 1e16, 30)
    last = float(rule.train(4e9)) / 4e9
    assert (each >= min(6, last) * (1 - 1e-9)).all()
    assert (each <= max(6, last) * (1 + 1e-9)).all()
    assert (np.diff(beyond) > 0).all()


def test_one_run_with_wrong_flops_moves_the_rule_little():
    sizes, tokens = np.repeat(SIZES, 5), np.tile(TOKENS, 5)
    flops = recorded_cost(sizes) * tokens
    flops[7] *= 1000
    rule = learn_rule(sizes, tokens, flops)
    assert rule.train(SIZES) == pytest.approx(recorded_cost(SIZES), rel=1e-3)


def test_sizes_that_hardly_differ_do_not_tell_how_the_cost_grows():
    rule = learn_rule([1e8, 2e8], [1e9, 1e9], [1.8e18, 2e18])
    assert rule.train([1e8, 1e9])[1] == pytest.approx(10 * rule.train([1e8, 1e9])[0])


def test_two_of_params_tokens_and_flops_give_the_third_by_any_rule():
    shape = Transformer(vocabulary=50_257, context=1024)
    for rule in (SixND(), of_factors(3.6, 2.7, 2.1, 1.8), shape):
        params, tokens = np.array([1e8, 7e9]), np.array([2e9, 1e11])
        flops = rule.train(params) * tokens
        assert tokens_within(rule, flops, params) == pytest.approx(tokens, rel=1e-9)
        assert params_within(rule, flops, tokens) == pytest.approx(params, rel=1e-6)
    with pytest.raises(PlanError, match="no model costs 1 FLOPs per token.*give params"):
        params_within(shape, 1e9, 1e9)


def test_the_power_by_which_costs_grow_is_that_about_a_size():
    assert growth(SixND(), 1e8) == pytest.approx(1)
    assert growth(Recorded(600.0, 0.75), 1e8) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"coefficient": 0.0}, "coefficient = 0 must be positive"),
        ({"coefficient": 6.0, "exponent": 2.0}, "exponent = 2 must lie between 0 and 1.5"),
        ({"coefficient": 6.0, "base": -6.0}, "base = -6 must not be negative"),
        ({"coefficient": 6.0, "largest": -1.0}, "largest = -1 must be positive"),
    ],
)
def test_a_rule_of_values_without_meaning_is_refused(values, words):
    with pytest.raises(PlanError, match=words):
        Recorded(**values)
