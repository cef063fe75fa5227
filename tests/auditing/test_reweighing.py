import numpy as np
import pytest

from bayescale.auditing.answering import Answers
from bayescale.auditing.reweighing import MOST_REFITS, influence_of, other_priors
from tests.fits import synthetic_fit

RNG = np.random.default_rng(5)
DRAWS = RNG.normal(0.0, 0.1, 4000)


def influence(observed):
    """Runs of known noise around one unknown mean, whose posterior is known without each."""
    density = -0.5 * (np.asarray(observed) - DRAWS[:, None]) ** 2
    return influence_of(Answers({"mean": DRAWS}), density)


def test_a_run_left_out_moves_the_answer_as_its_absence_does():
    """A hundredth of the precision goes, and with it the pull of the run."""
    observed = 3.0
    moved = influence([observed]).told[0]["mean"] - np.median(DRAWS)
    precision = 1 / 0.1**2
    assert moved == pytest.approx(-observed / (precision - 1), abs=2e-3)


def test_runs_are_ordered_by_their_influence():
    found = influence([0.1, 2.0, -1.0])
    assert list(found.told) == [1, 2, 0]
    assert not len(found.unknown)


def test_where_the_draws_do_not_tell_a_few_runs_are_refitted():
    found = influence([*np.linspace(60, 160, 9), 0.5])
    assert list(found.told) == [9]
    assert len(found.unknown) == 9
    assert len(found.to_refit) == MOST_REFITS
    assert found.to_refit[0] == found.unknown[0]


def test_priors_of_half_and_twice_the_strength_move_to_both_sides():
    fit = synthetic_fit()
    floor = fit.posterior["E"].to_numpy().ravel()
    found = dict(other_priors(fit, Answers({"E": floor})))
    assert list(found) == ["half as strong", "twice as strong"]
    sides = [np.sign(values["E"] - np.median(floor)) for values in found.values() if values]
    assert len(set(sides)) == len(sides)
