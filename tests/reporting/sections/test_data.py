from dataclasses import replace

from bayescale.runs.rules import refusals
from tests.fits import fit_to, real_runs, recorded_fit
from tests.pages import make


def test_refused_rows_are_listed_with_reasons(tmp_path):
    entry = {"row": 17, "column": "loss", "value": "-1", "reason": "must be positive"}
    text = make(tmp_path, "data", fit=fit_to(real_runs(refused=refusals([entry])))).text
    assert "1 row was left out" in text
    assert "17 loss -1 must be positive" in text


def test_rows_refused_for_one_reason_stand_together(tmp_path):
    why = {"column": "loss", "reason": "must be positive"}
    entries = [{"row": row, "value": -row, **why} for row in range(1, 28)]
    entries.append({"row": 40, "column": "params", "value": 0, "reason": "must be positive"})
    text = make(tmp_path, "data", fit=fit_to(real_runs(refused=refusals(entries)))).text
    assert text.count("must be positive") == 2
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 15 more loss -1, -2, -3 and 24 more" in text


def test_the_data_say_how_their_compute_is_counted(tmp_path):
    text = make(tmp_path, "data", fit=recorded_fit()).text
    assert "Compute is as it was recorded, 1.8 to 3.6 times 6 N D" in text
    assert "every answer counts FLOPs as recorded in the runs" in text
    assert "Compute is C = 6 N D." in make(tmp_path, "data", fit=fit_to(real_runs())).text


def test_the_data_say_what_was_derived_from_flops(tmp_path):
    runs = replace(real_runs(), derived=("tokens",))
    text = make(tmp_path, "data", fit=fit_to(runs)).text
    assert "Training tokens were derived from FLOPs by 6ND." in text
