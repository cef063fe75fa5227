"""The search for a split, on surfaces whose best is known."""

import numpy as np
import pytest

from bayescale.planning.feasible import Limits
from bayescale.planning.search import Search, Split

FLOPS = np.array([6e20, 6e22])


def bowl(log_params, log_flops):
    """Fall in compute, with the best size at its square root over ten."""
    best = 0.5 * log_flops - np.log(10.0)
    return 2.0 + 0.01 * (log_params - best) ** 2 + 1e3 * np.exp(-0.2 * log_flops)


def rising(log_params, log_flops):
    """Rise again beyond 1e10 tokens: repeating hurts."""
    log_tokens = log_flops - log_params - np.log(6.0)
    return 2.0 + (log_params - np.log(1e9)) ** 2 + (log_tokens - np.log(1e10)) ** 2


def test_all_of_the_budget_is_spent_where_the_loss_falls_in_tokens():
    search = Search(Limits(FLOPS), bowl, True, True)
    low, high = (np.log(bound) for bound in search.limits.bounds)
    found = search.between(low, high, np.log(FLOPS))
    np.testing.assert_allclose(found.params, np.sqrt(FLOPS) / 10, rtol=1e-3)
    np.testing.assert_allclose(found.flops, FLOPS, rtol=1e-12)


def test_less_than_the_budget_is_spent_where_more_tokens_hurt():
    search = Search(Limits(FLOPS), rising, True, False)
    low, high = (np.log(bound) for bound in search.limits.bounds)
    found = search.between(low, high, np.log(FLOPS))
    np.testing.assert_allclose(found.params, 1e9, rtol=0.02)
    np.testing.assert_allclose(found.flops, 6e19, rtol=0.03)


def test_only_candidates_are_found():
    search = Search(Limits(FLOPS, candidates=(1e8, 2e9, 3e10)), bowl, True, True)
    low, high = (np.log(bound) for bound in search.limits.bounds)
    found = search.between(low, high, np.log(FLOPS))
    assert found.params.tolist() == [2e9, 3e10]


def test_splits_are_joined_element_by_element():
    first, second = Split(np.array([1.0, 2.0]), FLOPS), Split(np.array([3.0, 4.0]), FLOPS / 2)
    mixed = first.where(np.array([True, False]), second)
    assert mixed.params.tolist() == [1.0, 4.0]
    assert mixed.flops == pytest.approx([FLOPS[0], FLOPS[1] / 2])
