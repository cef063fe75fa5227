"""Several fits that answer as one."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.errors import PlanError
from bayescale.posterior.mixture import draws_of_each, name_of, pooled, weights_of
from tests.fits import synthetic_fit

FITS = {"a": synthetic_fit(), "b": synthetic_fit(bends=True)}


def test_weights_are_equal_unless_given():
    assert weights_of(FITS) == {"a": 0.5, "b": 0.5}
    assert weights_of(FITS, {"a": 3, "b": 1}) == {"a": 0.75, "b": 0.25}


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"a": 1}, "no weight for b"),
        ({"a": -1, "b": 2}, "negative"),
        ({"a": 0, "b": 0}, "positive"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights, words):
    with pytest.raises(bs.PlanError, match=words):
        weights_of(FITS, weights)


def test_draws_stand_for_their_fit_evenly_and_in_its_share():
    chosen = draws_of_each(FITS, {"a": 3, "b": 1})
    assert [len(numbers) for numbers in chosen.values()] == [450, 150]
    assert chosen["b"][0] == 0
    assert chosen["b"][-1] == FITS["b"].samples - 1
    assert list(draws_of_each(FITS, {"a": 1, "b": 0})) == ["a"]
    parts = {"a": np.zeros((600, 2)), "b": np.ones((600, 2))}
    assert pooled(parts, chosen).mean() == pytest.approx(0.25)


@pytest.mark.parametrize("ask", [bs.allocate, bs.predict, bs.reach, bs.score])
def test_weights_that_would_be_left_aside_are_refused(ask):
    asked = {
        bs.allocate: {"flops": 1e22},
        bs.predict: {"params": 7e9, "tokens": 1e11},
        bs.reach: {"target_loss": 2.4},
        bs.score: {"runs": bs.simulate("chinchilla", 5, seed=9)},
    }[ask]
    with pytest.raises(PlanError, match="there is one"):
        ask(FITS["a"], weights={"chinchilla": 0.3}, **asked)
    with pytest.raises(PlanError, match="'third'"):
        ask(FITS, weights={"a": 1, "b": 1, "third": 2}, **asked)


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_several_fits_are_called_as_people_list_them(names, words):
    assert name_of(names) == words
