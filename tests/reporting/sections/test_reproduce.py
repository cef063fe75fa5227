from dataclasses import replace

import pytest

from tests.fits import synthetic_fit
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


@pytest.mark.parametrize(
    ("name", "option", "argument"),
    [
        ("chinchilla", "", ""),
        ("chinchilla + discrepancy", " --discrepancy", ", discrepancy=True"),
        ("chinchilla - discrepancy", " --no-discrepancy", ", discrepancy=False"),
    ],
)
def test_a_discrepancy_that_was_added_or_taken_away_is_among_the_lines(
    tmp_path, name, option, argument
):
    fit = synthetic_fit()
    changed = replace(fit, model=fit.model.model_copy(update={"name": name}))
    text = make(tmp_path, "reproduce", fit=changed, flops=1e21).text
    assert f"--model chinchilla{option} --random-seed" in text
    assert f'bs.fit(runs, "chinchilla"{argument}, random_seed' in text
