"""Batches of runs."""

from dataclasses import replace

import numpy as np
import pytest

from bayescale.planning.choosing import Choice
from bayescale.planning.learning import Beliefs


@pytest.fixture
def choice():
    """Runs that know of one slope each; the first is dear and knows most."""
    rng = np.random.default_rng(3)
    slopes = rng.standard_normal((4000, 4)) * [4.0, 2.0, 2.0, 0.0] * 0.01
    losses = 2.0 + slopes.sum(axis=1)[:, None] * np.array([1.0, 0.0, -1.0])
    beliefs = Beliefs.of(slopes, np.full(4, 1e-6), losses)
    return Choice(beliefs, np.array([10.0, 1.0, 1.0, 0.1]), 11.0, 0, "regret", 1e-5)


def test_a_batch_keeps_to_its_budget_and_takes_no_run_twice(choice):
    for budget in (0.5, 1.0, 2.0, 10.5, 11.0, 100.0):
        batch = replace(choice, budget=budget).best()
        assert choice.costs[list(batch)].sum() <= budget * 1.00001
        assert len(set(batch)) == len(batch)


def test_a_run_that_teaches_nothing_is_not_trained_though_it_is_cheap(choice):
    assert 3 not in replace(choice, budget=100.0).best()


def test_cheap_runs_do_not_crowd_out_a_dear_one_that_teaches_more(choice):
    assert choice.best()[0] == 0 or set(choice.best()) == {0, 1} or set(choice.best()) == {0, 2}
    assert set(replace(choice, budget=2.0).best()) == {1, 2}


def test_a_batch_by_the_interval_narrows_it_most(choice):
    by_interval = replace(choice, by="interval", budget=10.0)
    assert by_interval.best() == (0,)
    assert by_interval.gain((0,)) == pytest.approx(by_interval.gains()[0], rel=1e-6)


def test_nothing_is_chosen_where_nothing_is_affordable(choice):
    assert replace(choice, budget=0.01).best() == ()
