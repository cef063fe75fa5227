from types import SimpleNamespace

import pandas as pd
import pytest

import bayescale as bs
from bayescale.core.note import Note
from bayescale.evaluation.comparing import Comparison
from bayescale.reporting import report
from tests.fits import synthetic_fit
from tests.pages import GOOD, Page


@pytest.fixture(scope="session")
def missed(tmp_path_factory):
    """A table of two runs larger than those of the fit; the second misses its prediction."""
    inputs = pd.DataFrame({"params": [3e9, 9e9], "tokens": 2e11})
    drawn = bs.simulate("chinchilla", inputs, values="besiroglu2024", seed=2).table
    table = drawn.assign(loss=[drawn["loss"][0], 1.1 * drawn["loss"][1]])
    path = tmp_path_factory.mktemp("runs") / "large.csv"
    table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def comparison():
    """A comparison of one model with nothing."""
    loo = {"rank": 0, "elpd": 210.04, "se": 9.0, "elpd_diff": 0.0, "dse": 0.0, "p": 4.0}
    largest = {"elpd": 40.0, "elpd_diff": 0.0, "error": 0.0042, "bias": -0.001}
    return Comparison(
        loo=pd.DataFrame([loo | {"weight": 1.0, "max_k": 0.3, "high_k": 0}], index=["chinchilla"]),
        largest=pd.DataFrame(
            [largest | {"coverage": 0.9, "weight": 1.0, "runs": 10}], index=["chinchilla"]
        ),
        cut=1e20,
        ci_prob=0.89,
        best="chinchilla",
        notes=(Note("only_one", "info", "There is nothing to compare it with."),),
    )


@pytest.fixture(scope="session")
def whole(tmp_path_factory, comparison, missed):
    """A report of everything that a report can say, with all its figures."""
    fit = synthetic_fit()
    plan = bs.allocate(fit, flops=1e22, unique_tokens=1e11, max_epochs=4)
    score = bs.score(fit, bs.load_runs(missed, simulated=True))
    to = tmp_path_factory.mktemp("report") / "report.html"
    report(fit, to=to, plan=plan, comparison=comparison, held_out=score, checks=GOOD)
    return SimpleNamespace(plan=plan, path=to, page=Page(to))
