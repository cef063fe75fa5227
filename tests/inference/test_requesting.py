"""What is asked of a fit, as it is sent to another process and found in a folder again."""

import pickle

import pytest

import bayescale as bs
from bayescale.inference.requesting import ask

LENGTH = {"draws": 10, "tune": 10, "chains": 2}


def test_a_request_survives_being_sent(simulated_runs):
    request = ask(simulated_runs, "chinchilla", {"priors": {"E": 1.6}}, LENGTH, 1)
    sent = pickle.loads(pickle.dumps(request))
    assert sent.key() == request.key()
    assert sent.asked["priors"] == {"E": 1.6}
    assert sent.problem().model == request.model


@pytest.mark.parametrize(
    ("model", "about", "length", "seed"),
    [
        ("kaplan", {}, LENGTH, 1),
        ("chinchilla", {"priors": {"E": 1.6}}, LENGTH, 1),
        ("chinchilla", {"discrepancy": False}, LENGTH, 1),
        ("chinchilla", {}, LENGTH | {"draws": 11}, 1),
        ("chinchilla", {}, LENGTH, 2),
    ],
)
def test_another_request_has_another_key(simulated_runs, model, about, length, seed):
    known = ask(simulated_runs, "chinchilla", {}, LENGTH, 1).key()
    assert ask(simulated_runs, "chinchilla", {}, LENGTH, 1).key() == known
    assert ask(simulated_runs, model, about, length, seed).key() != known


def test_other_runs_have_another_key(simulated_runs):
    table = simulated_runs.table.assign(loss=simulated_runs.loss * (1 + 1e-12))
    other = bs.Runs(table, source=simulated_runs.source)
    keys = {ask(runs, "chinchilla", {}, LENGTH, 1).key() for runs in (simulated_runs, other)}
    assert len(keys) == 2


def test_numbers_that_cannot_be_sampled_are_refused(simulated_runs):
    with pytest.raises(bs.FitError, match="draws = 0 must be a whole number"):
        ask(simulated_runs, "chinchilla", {}, LENGTH | {"draws": 0})
