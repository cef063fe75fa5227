"""What is done with a fit once it is made needs no sampler, which takes seconds to import."""

import subprocess
import sys

import pytest

SAMPLERS = ("pymc", "pytensor", "nutpie", "numba")

EVERYTHING = """
import sys, bayescale as bs, pandas as pd

fit = bs.load("fit.nc")
bs.check(fit)
bs.predict(fit, params=7e9, tokens=1.4e12)
bs.forecast(fit, params=7e9, tokens=1.4e12).save("7b.json")
new = {"params": [7e9], "tokens": [1.4e12], "loss": [2.0]}
bs.settle("7b.json", bs.load_runs(pd.DataFrame(new)), made_by=fit)
bs.allocate(fit, flops=1e22, unique_tokens=2e10, max_epochs=4).summary()
bs.reach(fit, target_loss=2.4)
bs.next_runs(fit, budget=1e21, target=1e24)
bs.versus(fit, fit.runs).summary()
bs.report(fit, flops=1e22, to="report.html")
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_a_saved_fit_answers_everything_without_a_sampler(fitted, tmp_path):
    fitted.save(tmp_path / "fit.nc")
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING, *SAMPLERS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
    assert "commit" in (tmp_path / "report.html").read_text(encoding="utf-8")


# Imports are most of what these answers take, so one more is a regression of speed.
SLOW = ("scipy.stats", "scipy.optimize", "scipy.ndimage", "scipy.signal", "arviz_stats", "sympy")
ANSWERS = {
    "check": "bs.check(fit)",
    "predict": "bs.predict(fit, params=7e9, tokens=1.4e12).summary()",
    "fit": "bs.fit(fit.runs, fit.model, random_seed=1, draws=100, tune=100)",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_imports_nothing_slow_that_it_does_not_need(answer, fitted, tmp_path):
    fitted.save(tmp_path / "fit.nc")
    code = f"""
import sys, bayescale as bs
fit = bs.load("fit.nc")
{ANSWERS[answer]}
print(*(name for name in {SLOW} if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
