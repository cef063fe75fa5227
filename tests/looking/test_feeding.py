import pytest

import bayescale as bs
from bayescale.looking.feeding import needs_of


def need(runs, model):
    return next(each for each in needs_of(runs) if each.model == model)


def test_every_model_that_ships_is_told(table):
    assert {each.model for each in needs_of(bs.load_runs(table))} == set(bs.models())


def test_a_model_that_lacks_nothing_is_ready(simulated_runs):
    assert need(simulated_runs, "chinchilla").ready
    assert need(simulated_runs, "moe").lacks == ("experts",)


def test_runs_that_differ_in_nothing_cannot_tell_of_it(simulated_runs):
    table = simulated_runs.table.assign(experts=8.0)
    found = need(bs.load_runs(table), "moe")
    assert (found.lacks, found.still, found.ready) == ((), ("experts",), False)


@pytest.mark.parametrize(("rows", "few"), [(5, True), (6, False)])
def test_more_runs_than_parameters_are_needed(rows, few, simulated_runs):
    assert need(bs.load_runs(simulated_runs.table[:rows]), "chinchilla").few is few
