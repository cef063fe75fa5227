"""Choices beside size: experts, bits, mixtures."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.planning.allocating import allocate
from bayescale.planning.choices import choices_of
from tests.fits import constant_fit, synthetic_fit

BITS = [2.0, 3.0, 4.0, 5.0, 6.0, 6.5, 7.0, 7.5, 8.0, 12.0, 16.0]


@pytest.fixture(scope="module")
def experts():
    return bs.assume(synthetic_fit(), "moe", inputs={"experts": 1})


@pytest.mark.parametrize(
    ("flops", "params", "tokens"), [(1e20, 1.7e9, 9.7e9), (1e22, 18.8e9, 88.6e9)]
)
def test_the_optima_of_a_dense_model_are_those_of_ludziejewski(flops, params, tokens):
    plan = allocate(constant_fit("moe", "ludziejewski2025"), flops=flops, inputs={"experts": 1})
    assert float(plan.committed["params"][0]) == pytest.approx(params, rel=0.03)
    assert float(plan.committed["tokens"][0]) == pytest.approx(tokens, rel=0.03)


def test_seven_bits_are_best_where_compute_costs_in_proportion_to_them():
    fit = constant_fit("precision", "kumar2024")
    names = ("weight_bits", "activation_bits", "cache_bits")
    plan = allocate(
        fit, flops=1e21, inputs=[dict.fromkeys(names, bits) for bits in BITS], rule=bs.PerBit()
    )
    assert float(plan.committed["weight_bits"][0]) == 7.0
    sixteen = plan.by_choice["weight_bits = 16, activation_bits = 16, cache_bits = 16"]
    assert float(sixteen.outcome["loss"].mean()) > float(plan.outcome["loss"].mean())
    spent = 6 * plan.committed["params"] * plan.committed["tokens"] * 7 / 16
    assert float(spent[0]) == pytest.approx(1e21, rel=1e-6)


def test_the_plan_makes_the_choice_of_least_expected_loss(experts):
    offered = [1, 4, 16]
    plan = allocate(experts, flops=[1e21, 1e23], inputs={"experts": offered})
    table = plan.compare_choices()
    for flops, part in table.groupby(level="flops"):
        best = part["expected_loss"].idxmin()[1]
        committed = plan.committed.isel(budget=int(flops == 1e23))
        assert best == f"experts = {float(committed['experts']):g}"
        assert float(committed["params"]) == part.loc[(flops, best), "params"]
        assert part["probability_best"].sum() == pytest.approx(1.0)


def test_regret_counts_draws_in_which_another_choice_is_better(experts):
    plan = allocate(experts, flops=1e22, inputs={"experts": [1, 16]})
    alone = plan.by_choice[f"experts = {float(plan.committed['experts'][0]):g}"]
    assert float(plan.outcome["regret"].mean()) > float(alone.outcome["regret"].mean())
    least = np.minimum(*(each.optimum["loss"] for each in plan.by_choice.values()))
    np.testing.assert_allclose(plan.optimum["loss"], least)


def test_the_text_names_the_choice(experts):
    text = str(allocate(experts, flops=1e22, inputs={"experts": [1, 16]}))
    assert "choose        experts = 1, the best of 2 with probability" in text


def test_memory_holds_every_expert(experts):
    with pytest.raises(bs.PlanError, match="max_memory = 8e\\+10 must hold every expert"):
        allocate(experts, flops=1e23, inputs={"experts": 8}, max_memory=80e9)
    shape = bs.Transformer(vocabulary=32_000, context=2048)
    limits = {"flops": 1e24, "max_memory": 80e9, "rule": shape}
    one, eight = (allocate(experts, inputs={"experts": n}, **limits) for n in (1, 8))
    ratio = float(eight.committed["params"][0] / one.committed["params"][0])
    assert 1 / 8 < ratio < 1 / 4


def test_fewer_bits_make_room_for_more_weights():
    fit = constant_fit("precision_weights", "kumar2024")
    limits = {"flops": 1e25, "max_memory": 16e9}
    plan = allocate(fit, inputs={"weight_bits": [4, 16]}, **limits)
    sizes = plan.compare_choices()["params"].to_numpy()
    assert sizes == pytest.approx([32e9, 8e9])


def test_every_combination_is_offered():
    assert len(choices_of({"experts": [1, 8], "quality": [0.5, 0.7, 1.0]})) == 6
    with pytest.raises(bs.PlanError, match="must name the same inputs"):
        choices_of([{"experts": 1}, {"quality": 1}])


def test_only_a_plan_for_a_budget_makes_choices(experts):
    with pytest.raises(bs.PlanError, match="offer 2 choices.*only allocate"):
        bs.reach(experts, target_loss=2.5, inputs={"experts": [1, 8]})
