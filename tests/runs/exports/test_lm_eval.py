import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import harness_results, write_json

MODELS = {"acme/tiny-160m": (0.41, 1.01), "acme/small-410m": (0.52, 0.92)}


def write_results(folder):
    for name, (accuracy, bits) in MODELS.items():
        path = folder / name.replace("/", "__") / "results_2026-01-01T00-00-00.json"
        write_json(path, harness_results(name, accuracy, bits))


def test_results_hold_accuracy_items_and_the_loss_of_the_same_model(tmp_path):
    write_results(tmp_path)
    runs = load_runs(tmp_path)
    assert runs.table["accuracy"].tolist() == [0.52, 0.41]
    assert runs.table["items"].tolist() == [2376, 2376]
    assert runs.loss.tolist() == [0.92, 1.01]
    assert runs.table["params"].tolist() == [4.1e8, 1.6e8]


def test_the_number_of_parameters_is_taken_where_it_is_stated(tmp_path):
    results = harness_results()
    results["config"]["model_num_parameters"] = 162_322_944
    runs = load_runs(write_json(tmp_path / "results.json", results))
    assert runs.table["params"].tolist() == [162_322_944]


def test_several_tasks_are_to_be_told_apart(tmp_path):
    results = harness_results()
    results["results"]["puzzle"] = {"acc,none": 0.3}
    results["config"]["model_num_parameters"] = 162_322_944
    path = write_json(tmp_path / "results.json", results)
    with pytest.warns(BayescaleWarning, match=r"it holds 2 tasks \(puzzle, quiz\)"):
        load_runs(path, bad_rows="refuse")


def test_without_accuracies_and_losses_the_columns_are_shown(tmp_path):
    results = harness_results()
    results["results"] = {"summary": {"rouge1,none": 0.2}}
    with pytest.raises(RunsError, match="no column for loss: the table has model, task, rouge1"):
        load_runs(write_json(tmp_path / "results.json", results))
