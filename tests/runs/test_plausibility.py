import numpy as np
import pandas as pd
import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.reading import load_runs


@pytest.fixture
def grid():
    params = np.repeat([1e8, 2e8, 4e8, 8e8], 3)
    tokens = params * np.tile([10, 40, 160], 4)
    loss = 1.7 + 400 * params**-0.34 + 1700 * tokens**-0.36
    return pd.DataFrame({"params": params, "tokens": tokens, "loss": loss})


def complaint(table, **options):
    with pytest.raises(RunsError) as error:
        load_runs(table, **options)
    return str(error.value)


def test_a_perplexity_is_refused_and_what_is_advised_can_be_typed(grid):
    given = grid.assign(val_ppl=np.exp(grid["loss"]))
    assert "loss='log(val_ppl)'" in complaint(given, loss="val_ppl")
    np.testing.assert_allclose(load_runs(given, loss="log(val_ppl)").loss, grid["loss"])


def test_a_column_of_log_perplexities_is_a_loss(grid):
    assert len(load_runs(grid.assign(log_ppl=grid["loss"]), loss="log_ppl")) == 12


@pytest.mark.parametrize(("factor", "advised"), [(1, "1 - acc"), (100, "1 - acc / 100")])
def test_an_accuracy_is_refused_and_what_is_advised_can_be_typed(factor, advised, grid):
    given = grid.assign(acc=factor * (0.9 - grid["loss"] / 10))
    assert f"loss='{advised}'" in complaint(given, loss="acc")
    np.testing.assert_allclose(load_runs(given, loss=advised).loss, 0.1 + grid["loss"] / 10)


def test_a_log_likelihood_is_refused_and_what_is_advised_can_be_typed(grid):
    given = grid.assign(ll=-grid["loss"])
    assert "loss='-ll'" in complaint(given, loss="ll")
    np.testing.assert_allclose(load_runs(given, loss="-ll").loss, grid["loss"])


@pytest.mark.parametrize("change", [np.exp, lambda loss: 100 * loss])
def test_losses_no_guess_would_have_are_doubted(change, grid):
    with pytest.warns(BayescaleWarning, match=r"more than guessing costs.*loss='loss / 100'"):
        runs = load_runs(grid.assign(loss=change(3 + grid["loss"])))
    assert any(note.code == "doubtful_table" for note in runs.notes)


@pytest.mark.parametrize("column", ["params", "tokens"])
@pytest.mark.parametrize("factor", [1e-9, 1e-6, 1e6])
def test_a_row_in_another_unit_is_refused(column, factor, grid):
    grid.loc[5, column] *= factor
    message = complaint(grid)
    assert f"row 5: {column} = " in message
    assert "1 problem in 1 row" in message


def test_a_model_that_is_much_smaller_and_worse_is_no_error(grid):
    grid.loc[0] = [1e5, 1e9, 5.5]
    assert len(load_runs(grid)) == 12


def test_exchanged_params_and_tokens_are_doubted(grid):
    with pytest.warns(BayescaleWarning, match="tokens per parameter.*exchanged"):
        load_runs(grid.rename(columns={"params": "tokens", "tokens": "params"}))


def test_exchanged_names_are_doubted(grid):
    given = grid.rename(columns={"params": "n_params", "tokens": "n_tokens"})
    given["n_params"], given["n_tokens"] = given["n_tokens"], given["n_params"]
    with pytest.warns(BayescaleWarning, match="params='n_params' and tokens='n_tokens'"):
        load_runs(given, params="n_tokens", tokens="n_params")


def test_tokens_in_millions_are_doubted(grid):
    with pytest.warns(BayescaleWarning, match=r"tokens='COLUMN \* 1e6'"):
        load_runs(grid.assign(tokens=grid["tokens"] / 1e6))


def test_a_curve_that_falls_rises_and_falls_again_is_doubted_only():
    loss = [3.5, 3.0, 2.8, 3.0, 3.3, 3.6, 3.9, 4.0, 3.9, 3.7, 3.5, 3.4]
    table = pd.DataFrame({"tokens": np.geomspace(1e8, 1e10, 12), "loss": loss})
    with pytest.warns(BayescaleWarning, match="rises with tokens .* but not throughout"):
        assert len(load_runs(table)) == 12
    assert "a loss must fall" in complaint(table.assign(loss=sorted(loss)))


def test_a_loss_in_bits_is_said_to_be(grid):
    runs = load_runs(grid.rename(columns={"loss": "val_bpb"}), loss="val_bpb")
    assert any("is in bits" in note.sentence for note in runs.notes)
