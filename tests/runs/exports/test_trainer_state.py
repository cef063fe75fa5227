import json

import numpy as np
import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import trainer_state, write_json


def test_the_evaluations_of_one_run_are_its_checkpoints(tmp_path):
    path = write_json(tmp_path / "base" / "trainer_state.json", trainer_state())
    with pytest.warns(BayescaleWarning, match="checkpoints of 1 training runs"):
        runs = load_runs(path)
    assert runs.loss.tolist() == pytest.approx([3.55, 3.3, 3.05, 2.8])
    assert runs.table["tokens"].tolist() == [250 * 65536, 500 * 65536, 750 * 65536, 1000 * 65536]
    np.testing.assert_allclose(runs.table["params"], 1e7)  # total_flos over tokens, by 6ND


def test_of_several_runs_in_a_folder_the_last_evaluations_are_kept(tmp_path):
    for number, name in enumerate(("small", "large")):
        for steps in (500, 1000):
            state = trainer_state(steps, 1 - 0.1 * number, 1e7 * (1 + number))
            write_json(tmp_path / name / f"checkpoint-{steps}" / "trainer_state.json", state)
    runs = load_runs(tmp_path, groups={"name": "run"})
    assert dict(zip(runs.table["name"], runs.loss, strict=True)) == pytest.approx(
        {"large": 0.9 * 2.8, "small": 2.8}
    )


def test_runs_of_one_name_in_two_folders_are_two(tmp_path):
    for seed in ("seed1", "seed2"):
        write_json(tmp_path / seed / "base" / "trainer_state.json", trainer_state())
    state = trainer_state(scale=0.999)
    write_json(tmp_path / "seed2" / "base" / "trainer_state.json", state)
    runs = load_runs(tmp_path, groups={"name": "run"})
    assert sorted(runs.table["name"]) == ["seed1/base", "seed2/base"]


def test_a_state_without_a_log_is_refused_in_a_sentence(tmp_path):
    path = write_json(tmp_path / "trainer_state.json", {"global_step": 0, "log_history": []})
    with pytest.raises(RunsError, match="its log_history is empty") as error:
        load_runs(path)
    assert "trainer_state.json of the Hugging Face Trainer" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_state_that_evaluated_nothing_is_read_by_its_training_loss(tmp_path):
    state = trainer_state()
    state["log_history"] = [row for row in state["log_history"] if "loss" in row]
    (tmp_path / "trainer_state.json").write_text(json.dumps(state))
    with pytest.warns(BayescaleWarning, match="checkpoints"):
        assert load_runs(tmp_path / "trainer_state.json").loss[-1] == pytest.approx(2.9)
