from bayescale.runs.rules import refusals
from tests.fits import fit_to, real_runs
from tests.pages import make


def test_refused_rows_are_listed_with_reasons(tmp_path):
    entry = {"row": 17, "column": "loss", "value": "-1", "reason": "must be positive"}
    text = make(tmp_path, "data", fit=fit_to(real_runs(refused=refusals([entry])))).text
    assert "1 row was left out" in text
    assert "17 loss -1 must be positive" in text
