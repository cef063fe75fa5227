from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bayescale.runs.exports.curves import carried_forward, run_folder, run_of


def test_counts_are_carried_forward_within_a_run_and_measurements_are_not():
    table = pd.DataFrame(
        {
            "run": ["a", "a", "a", "b", "b"],
            "tokens": [1e6, np.nan, 3e6, np.nan, 2e6],
            "loss": [4.0, np.nan, 3.0, np.nan, 3.5],
        }
    )
    found = carried_forward(table, "run")
    assert found["tokens"].fillna(0).tolist() == [1e6, 1e6, 3e6, 0, 2e6]
    assert found["loss"].isna().sum() == 2


@pytest.mark.parametrize(
    ("path", "run"),
    [
        ("out/base-160m/trainer_state.json", "base-160m"),
        ("out/base-160m/checkpoint-500/trainer_state.json", "base-160m"),
        ("out/base-160m/runs/logs/events.out.tfevents.1", "base-160m"),
    ],
)
def test_a_run_is_called_by_the_folder_above_its_checkpoints(path, run):
    assert run_of(Path(path)) == run
    assert run_folder(Path(path)) == Path("out/base-160m")
