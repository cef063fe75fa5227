"""What is declared of each limit, and the keywords that editors know."""

from bayescale.planning.allocating import allocate
from bayescale.planning.limits import BINDING, BUDGETS, LIMITS, LimitArguments, PlanArguments
from tests.fits import synthetic_fit


def test_the_typed_keywords_are_the_limits_of_a_plan():
    budgets = {limit.name for limit in LIMITS if limit.budget}
    declared = {limit.name for limit in LIMITS} - budgets - {"weights"}
    assert set(LimitArguments.__annotations__) == declared


def test_what_a_limit_binds_is_measured():
    plan = allocate(synthetic_fit(), flops=1e22)
    assert set(BINDING) < set(plan.binding.data_vars)
    assert {limit.binds for limit in LIMITS} - {None} == set(BINDING)


def test_a_report_may_be_asked_for_every_budget_beside_flops():
    assert set(BUDGETS) - {"flops"} == set(PlanArguments.__annotations__) - set(
        LimitArguments.__annotations__
    )


def test_a_value_that_goes_without_saying_is_not_said():
    usual = {limit.name: limit for limit in LIMITS if limit.usual is not None}
    assert set(usual) == {"risk", "tolerance"}
    assert all(limit.is_usual(limit.default) for limit in usual.values())
    assert not usual["tolerance"].is_usual(0.01)


def test_every_option_of_a_limit_has_a_name_of_its_own():
    flags = [limit.flag for limit in LIMITS if limit.help]
    assert len(set(flags)) == len(flags)
    assert "--candidate" in flags
