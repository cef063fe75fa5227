"""What is done with a fit once it is made needs no sampler, which takes seconds to import."""

import subprocess
import sys

SAMPLERS = ("pymc", "pytensor", "nutpie", "numba")

EVERYTHING = """
import sys, bayescale as bs

fit = bs.load("fit.nc")
bs.check(fit)
bs.predict(fit, params=7e9, tokens=1.4e12)
bs.allocate(fit, flops=1e22, unique_tokens=2e10, max_epochs=4).summary()
bs.reach(fit, target_loss=2.4)
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
