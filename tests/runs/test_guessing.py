import numpy as np
import pandas as pd
import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.guessing import guess
from bayescale.runs.reading import load_runs


def renamed(table, **names):
    return table.rename(columns=names)


def guessed(table, recorded=False, **known):
    return guess(table, known, ".", recorded)


@pytest.mark.parametrize("name", ["val_loss", "eval/CrossEntropyLoss", "Loss", "valid loss"])
def test_a_loss_is_taken_by_its_name_and_said(name, table):
    runs = load_runs(renamed(table, loss=name))
    assert runs.loss.tolist() == table["loss"].tolist()
    assert f"Taken by their names: loss from {name}." in [n.sentence for n in runs.notes]
    assert runs.provenance.asked["loss"] == name


@pytest.mark.parametrize("name", ["bpb", "train_loss", "L"])
def test_a_guess_that_may_be_wrong_is_said_aloud_with_the_way_to_confirm_it(name, table):
    told = rf"guessed that loss is {name}; if so, say it with loss='{name}'$"
    with pytest.warns(BayescaleWarning, match=told):
        load_runs(renamed(table, loss=name))


def test_units_in_a_header_are_applied(table):
    named = renamed(table, params="Params (M)", tokens="tokens_b")
    named["Params (M)"] /= 1e6
    named["tokens_b"] /= 1e9
    runs = load_runs(named)
    np.testing.assert_allclose(runs.table["params"], table["params"])
    np.testing.assert_allclose(runs.table["tokens"], table["tokens"])
    assert runs.provenance.asked["params"] == "`Params (M)` * 1e+06"


def test_a_unit_that_the_cells_state_is_not_applied_twice(table):
    named = renamed(table, params="Params (M)")
    named["Params (M)"] = [f"{value / 1e6:g} M" for value in table["params"]]
    np.testing.assert_allclose(load_runs(named).table["params"], table["params"])


def test_a_unit_that_would_make_it_absurd_is_no_unit(table):
    named = renamed(table, params="params_m")
    assert guessed(named).columns["params"] == "params_m"


def test_counts_without_a_unit_are_asked_for_with_the_choices(table):
    named = renamed(table, params="model_size")
    named["model_size"] /= 1e9
    with pytest.raises(RunsError, match="too few for params: say its unit with params=") as error:
        load_runs(named)
    assert "model_size * 1e9" in str(error.value)
    assert "model_size * 1e6" in str(error.value)


def test_two_that_may_be_meant_are_refused_with_the_choices(table):
    named = renamed(table, loss="eval/c4/loss").assign(**{"eval/pile/loss": table["loss"] - 0.3})
    with pytest.raises(RunsError, match="loss may be eval/c4/loss or eval/pile/loss: say which"):
        load_runs(named)


def test_all_that_is_unclear_or_missing_is_told_at_once(table):
    named = renamed(table, loss="what", params="n_params").assign(
        params_total=1.1 * table["params"]
    )
    with pytest.raises(RunsError) as error:
        load_runs(named)
    lines = str(error.value).splitlines()
    assert len(lines) == 2
    assert "params may be n_params or params_total" in lines[0]
    assert "no column for loss" in lines[1]


def test_two_columns_of_the_same_numbers_are_one(table):
    named = renamed(table, tokens="tokens_seen").assign(total_tokens=table["tokens"])
    assert guessed(named, params="params", loss="loss").columns == {"tokens": "tokens_seen"}


def test_perplexities_are_taken_by_their_logarithm(table):
    named = renamed(table, loss="perplexity")
    named["perplexity"] = np.exp(table["loss"])
    with pytest.warns(BayescaleWarning, match=r"loss='log\(perplexity\)'"):
        np.testing.assert_allclose(load_runs(named).loss, table["loss"])


def test_flops_that_contradict_6nd_are_left_out_aloud(table):
    odd = table.assign(achieved_flops=18 * table["params"] * table["tokens"])
    with pytest.warns(BayescaleWarning, match="achieved_flops holds 3 to 3 times 6ND"):
        np.testing.assert_allclose(load_runs(odd).table["flops"], odd["achieved_flops"] / 3)
    recorded = load_runs(odd, flops_rule="recorded")
    np.testing.assert_allclose(recorded.table["flops"], odd["achieved_flops"])


def test_sizes_are_read_from_names_where_no_column_holds_them(table):
    named = table.drop(columns="params").assign(model=["a-100m", "a-200m", "b-0.4B", "P800M-x"])
    with pytest.warns(BayescaleWarning, match=r"params is size\(model\)"):
        assert load_runs(named).table["params"].tolist() == [1e8, 2e8, 4e8, 8e8]


def test_names_that_state_no_size_or_two_are_left_alone(table):
    named = table.drop(columns="params").assign(model=["a", "a-200m", "b", "10m-20m"])
    assert "params" not in load_runs(named).table


def test_what_was_named_is_not_taken_again(table):
    found = guessed(renamed(table, params="n_params"), tokens="n_params", loss="loss")
    assert "params" not in found.columns


def test_the_length_of_runs_is_taken_where_nothing_else_went_into_them(table):
    steps = pd.DataFrame({"step": [1000, 2000, 4000], "loss": [4.0, 3.5, 3.2]})
    with pytest.warns(BayescaleWarning, match="steps is step; if so, say it with columns="):
        assert load_runs(steps).quantities == ["steps"]
    assert "steps" not in guessed(table.assign(step=1), loss="loss").columns


def test_a_column_that_is_mostly_empty_or_text_is_no_candidate(table):
    odd = renamed(table, loss="val_loss").assign(
        test_loss=[np.nan, np.nan, np.nan, 2.0], eval_loss=["a", "b", "c", "d"]
    )
    assert guessed(odd).columns["loss"] == "val_loss"
