import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.forecasting.quantiles import LEVELS


@pytest.fixture(scope="module")
def honest():
    """A record of 300 forecasts of runs that were drawn from what they say."""
    rng = np.random.default_rng(8)
    count = 300
    median = np.exp(rng.normal(1.0, 0.1, count))
    spread = median * rng.uniform(0.005, 0.03, count)
    from scipy.special import ndtri

    quantiles = pd.DataFrame(
        median[:, None] + spread[:, None] * ndtri(LEVELS), columns=list(LEVELS)
    )
    question = pd.DataFrame({"params": 1e9 * (1 + np.arange(count)), "tokens": 1e12})
    runs = bs.load_runs(question.assign(loss=rng.normal(median, spread)), simulated=True)
    foretold = bs.Forecast(question, quantiles, origin="the truth")
    return bs.settle(foretold, runs, tolerance=1e-6)


def test_honest_intervals_hold_as_many_as_they_say(honest):
    coverage = honest.coverage
    assert (coverage["runs"] == 300).all()
    assert coverage["share"].between(coverage["least"], coverage["most"]).all()
    assert honest.table["pit"].mean() == pytest.approx(0.5, abs=0.05)
    assert np.histogram(honest.table["pit"], 5)[0].min() > 40


def test_narrow_intervals_show(honest):
    narrow = honest.table.assign(
        **{
            end: honest.table["median"] + (honest.table[end] - honest.table["median"]) / 4
            for end in ("lower", "upper")
        }
    )
    values = narrow[["lower", "median", "upper"]].to_numpy()
    foretold = bs.Forecast(
        narrow[["params", "tokens"]], pd.DataFrame(values, columns=[0.05, 0.5, 0.95]), origin="us"
    )
    runs = bs.load_runs(narrow[["params", "tokens", "loss"]])
    coverage = bs.settle(foretold, runs, tolerance=1e-6).coverage
    assert list(coverage.index) == [0.9]
    assert coverage.loc[0.9, "share"] < coverage.loc[0.9, "least"]


def test_the_sentence_of_one_run_says_where_it_fell():
    question = pd.DataFrame({"params": [7e9], "tokens": [1e12]})
    foretold = bs.Forecast(
        question, pd.DataFrame([[1.9, 2.0, 2.1]], columns=[0.05, 0.5, 0.95]), origin="we"
    )

    def said(loss):
        return str(bs.settle(foretold, bs.load_runs(question.assign(loss=[loss]))))

    assert said(2.05).startswith("the loss came out at 2.05, inside its 90% interval; the median")
    assert "that we foretold, 2, is 2.44% too low" in said(2.05)
    assert "outside all of its intervals (a probability of 0.5% was left for more)" in said(2.157)
    assert "less than 0.1% was left for less" in said(1.7)
