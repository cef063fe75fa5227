import numpy as np
import pytest

from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import ladder_log, loss_of, write_csv

each_ladder = {"190M-1xC": 1.9e8, "370M-1xC": 3.7e8, "760M-1xC": 7.6e8}


@pytest.fixture
def ladder(tmp_path):
    for name, size in each_ladder.items():
        write_csv(tmp_path / f"{name}.csv", ladder_log(size))
    return tmp_path


def test_a_folder_of_logs_gives_a_run_a_file_without_options(ladder):
    runs = load_runs(ladder, groups={"name": "run"})
    assert list(runs.table["name"]) == list(each_ladder)
    assert runs.table["params"].tolist() == list(each_ladder.values())
    np.testing.assert_allclose(runs.loss, loss_of(runs.table["params"].to_numpy(), 3e9))
    np.testing.assert_allclose(runs.table["flops"], 1.4 * 6 * runs.table["params"] * 3e9)


def test_another_loss_can_be_named(ladder):
    runs = load_runs(ladder, loss="eval/pile-validation/CrossEntropyLoss")
    np.testing.assert_allclose(runs.loss, loss_of(runs.table["params"].to_numpy(), 3e9) - 0.4)


def test_rows_without_an_evaluation_are_counted(ladder):
    said = str(load_runs(ladder))
    assert "3 rows left out by having no loss" in said
    assert "3 rows left out by last_of='run'" in said
