from tests.fits import recorded_fit, synthetic_fit
from tests.pages import make


def test_budgets_without_a_plan_are_planned_for(tmp_path):
    fit = synthetic_fit()
    text = make(tmp_path, "headline", "reproduce", fit=fit, flops=[1e21, 1e22]).text
    assert "With 1e21 training FLOPs, train" in text
    assert "With 1e22 training FLOPs, train" in text
    assert "bayescale report fit.nc --flops 1e21 --flops 1e22 --to report.html" in text


def test_runs_that_were_held_out_are_among_the_lines(whole, missed):
    assert f"--held-out {missed}" in whole.page.text
    assert f'held_out=bs.score(fit, bs.load_runs("{missed}")),' in whole.page.text


def test_runs_of_recorded_flops_are_read_as_such_again(tmp_path):
    text = make(tmp_path, "reproduce", fit=recorded_fit(), flops=1e21).text
    assert "bayescale fit runs.csv --flops-rule recorded --model chinchilla" in text
    assert 'bs.load_runs("runs.csv", flops_rule="recorded")' in text
    assert "flops-rule" not in make(tmp_path, "reproduce", fit=synthetic_fit(), flops=1e21).text
