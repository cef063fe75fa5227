"""Fewer runs than numbers to learn from them."""

import pandas as pd
import pytest

import bayescale as bs
from bayescale.evaluation.checks import few_runs
from tests.fits import synthetic_fit

FEW = {"random_seed": 1, "draws": 150, "chains": 2, "progressbar": False}


@pytest.fixture(scope="module")
def three():
    table = pd.DataFrame(
        {"params": [125e6, 350e6, 1.3e9], "tokens": [2.5e9, 7e9, 26e9], "loss": [3.32, 2.98, 2.62]}
    )
    return bs.load_runs(table)


def test_three_rungs_and_a_known_floor_give_an_answer_that_says_what_it_rests_on(three):
    fit = bs.fit(three, priors={"E": 1.6}, **FEW)
    (note,) = few_runs.find(fit)
    assert "3 runs cannot tell 4 parameters" in note.sentence
    low, high = bs.predict(fit, params=13e9, tokens=260e9).quantile([0.05, 0.95]).to_numpy()
    assert 1.6 < low < high < 2.62
    pinned_higher = bs.fit(three, priors={"E": 1.9}, **FEW)
    higher = bs.predict(pinned_higher, params=13e9, tokens=260e9).median()
    assert float(higher) > low


def test_without_anything_known_three_rungs_are_refused_with_what_would_do(three):
    with pytest.raises(bs.FitError, match="at least 6 runs, or at least 3 and what is known"):
        bs.fit(three)


def test_two_rungs_are_refused_whatever_is_known(three):
    with pytest.raises(bs.FitError, match="2 runs cannot determine"):
        bs.fit(three.subset(three.table["params"] < 1e9), priors={"E": 1.6})


def test_enough_runs_are_no_matter():
    assert not list(few_runs.find(synthetic_fit()))
