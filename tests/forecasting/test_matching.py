import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.forecasting.matching import match
from tests.fits import synthetic_fit


def runs_of(**columns):
    return bs.load_runs(pd.DataFrame(columns), name="new.csv")


def test_a_run_answers_within_the_tolerance(foretold):
    runs = runs_of(params=[2.01e10, 4.1e10], tokens=[3.97e12, 4e12], loss=[1.99, 1.97])
    pairs = match(foretold, runs, 0.01, "f")
    assert pairs[["question", "run"]].to_numpy().tolist() == [[0, 0]]
    assert pairs["off"].tolist() == pytest.approx([0.0075])
    assert len(match(foretold, runs, 0.03, "f")) == 2


def test_runs_that_lack_what_was_asked_are_refused(foretold):
    runs = runs_of(params=[2e10], loss=[1.99])
    with pytest.raises(bs.RunsError, match="loss at params, tokens, the runs have no tokens; name"):
        match(foretold, runs, 0.01, "f")


def test_a_run_that_was_fitted_settles_nothing():
    fit = synthetic_fit()
    one = fit.runs.table.iloc[[3]]
    counts = {name: one[name].to_numpy() for name in ("params", "tokens")}
    foretold = bs.forecast(fit, **counts)
    with pytest.raises(bs.FitError, match="row 3 is among the runs that the forecast f was made"):
        match(foretold, runs_of(**one).subset(np.array([True])), 0.01, "f")
    # Another seed of the same configuration is a new run.
    again = runs_of(**one.assign(loss=one["loss"] * 1.004))
    assert len(match(foretold, again, 0.01, "f")) == 1


def test_runs_of_another_group_do_not_answer(foretold):
    fits = ({**foretold.fits[0], "group": {"arm": "new"}},)
    of_new = bs.Forecast(foretold.question, foretold.quantiles, fits=fits)
    table = pd.DataFrame({"params": 2e10, "tokens": 4e12, "loss": [1.99, 1.98]})
    runs = bs.load_runs(table.assign(arm=["new", "old"]), groups=["arm"])
    assert match(of_new, runs, 0.01, "f")["run"].tolist() == [0]
