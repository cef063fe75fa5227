import numpy as np
import pandas as pd
import pytest

from bayescale.errors import BayescaleWarning
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import loss_of, wandb_chart, write_csv


def test_a_chart_gives_the_last_point_of_each_curve(tmp_path):
    runs = load_runs(write_csv(tmp_path / "chart.csv", wandb_chart()), params="size(run)")
    assert runs.table["params"].tolist() == [1e7, 4e7]
    assert runs.table["tokens"].tolist() == [4e8, 4e8]
    np.testing.assert_allclose(runs.loss, loss_of(np.array([1e7, 4e7]), 4e8))
    assert "4 rows left out by last_of='run'" in str(runs)


def test_all_points_stay_where_the_run_is_named(tmp_path):
    path = write_csv(tmp_path / "chart.csv", wandb_chart())
    assert len(load_runs(path, params="size(run)", run="run")) == 6


def test_rows_of_a_history_without_an_evaluation_are_counted_not_refused(tmp_path):
    steps = np.arange(1, 7)
    table = pd.DataFrame(
        {
            "_step": steps,
            "_runtime": 60.0 * steps,
            "_timestamp": 1.7e9 + steps,
            "tokens": np.where(steps % 2, steps * 1e8, np.nan),
            "val/loss": np.where(steps % 2, np.nan, loss_of(1e8, steps * 1e8)),
        }
    )
    with pytest.warns(BayescaleWarning, match="checkpoints of 1 training runs"):
        runs = load_runs(write_csv(tmp_path / "base.csv", table))
    assert runs.table["tokens"].tolist() == [1e8, 3e8, 5e8]  # of the row before the evaluation
    assert "3 rows left out by having no loss" in str(runs)
