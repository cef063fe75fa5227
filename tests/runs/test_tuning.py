import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.runs.tuning import tune

SIZES = np.array([1e7, 1e8, 1e9])


def best_rate(params):
    return 1e-3 * (params / 1e7) ** -0.3


def sweep(steps=7, low=1e-4, high=6.4e-3):
    """A sweep of learning rates at three sizes: a factor of two off costs 1% of the loss."""
    params, rates = np.repeat(SIZES, steps), np.tile(np.geomspace(low, high, steps), len(SIZES))
    off = np.log2(rates / best_rate(params))
    loss = 40 * params**-0.15 * np.exp(0.01 * off**2)
    return pd.DataFrame({"params": params, "tokens": 20 * params, "lr": rates, "loss": loss})


def codes(tuning):
    return [note.code for note in tuning.notes]


def test_the_best_rate_of_each_configuration_is_found_between_those_tried():
    found = tune(sweep())
    np.testing.assert_allclose(found.table["lr"], best_rate(SIZES), rtol=1e-3)
    assert found.table["tried"].tolist() == [7, 7, 7]
    assert found.settings == ("lr",)


def test_the_valley_is_told_by_its_width_and_by_what_a_factor_of_two_costs():
    first = tune(sweep()).table.iloc[0]
    np.testing.assert_allclose(first["lr_doubled"], np.expm1(0.01), rtol=0.02)
    width = np.log2(first["lr_to"] / first["lr"])
    assert width == pytest.approx(np.sqrt(np.log1p(0.001) / 0.01), rel=0.02)
    assert first["lr_from"] * first["lr_to"] == pytest.approx(first["lr"] ** 2)


def test_the_best_runs_can_be_fitted_by_a_law_of_the_rate():
    runs = tune(sweep()).runs
    assert len(runs) == 3
    assert runs.provenance.repeats == ()
    slope = np.polyfit(np.log(runs.table["params"]), np.log(runs.table["best_learning_rate"]), 1)[0]
    assert slope == pytest.approx(-0.3, abs=0.01)
    assert set(bs.models()["best_learning_rate"].needs) <= set(runs.table)


def test_a_configuration_whose_best_is_at_the_edge_is_named():
    found = tune(sweep(low=1e-3, high=8e-3))
    assert found.table["untuned"].tolist() == ["lr", "lr", "lr"]
    (note,) = [note for note in found.notes if note.code == "untuned"]
    assert note.sentence.startswith("In 3 of 3 configurations the best lr is the least or the")


def test_what_one_setting_for_all_costs_is_told_in_loss_compute_and_slope():
    found = tune(sweep())
    expected = np.exp(0.01 * np.log2(best_rate(1e7) / best_rate(SIZES)) ** 2) - 1
    np.testing.assert_allclose(found.table["kept"], expected, atol=0.004)
    (note,) = [note for note in found.notes if note.code == "kept_settings"]
    assert "higher, which wastes" in note.sentence
    assert "instead of compute^-0.075" in note.sentence


def test_settings_can_be_named_and_may_be_formulas():
    table = sweep().assign(seqs=lambda t: np.where(t["lr"] > 5e-4, 64, 128))
    found = tune(table, settings={"rate": "lr * 1000"}, by=["params"])
    np.testing.assert_allclose(found.table["rate"], 1000 * best_rate(SIZES), rtol=1e-3)
    assert list(found.table)[:2] == ["params", "tried"]


def test_rows_can_be_chosen_as_when_loading():
    assert tune(sweep(), where="params < 5e8").rows == 14


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({"lr": 1e-3}, {}, "no column is called like a setting that varies"),
        ({}, {"settings": ["lrr"]}, "unknown column 'lrr': did you mean 'lr'"),
        ({}, {"settings": {"tokens": "lr"}}, "'tokens' is a quantity of the runs"),
        ({}, {"by": ["parms"]}, "unknown quantity 'parms': did you mean 'params'"),
        ({}, {"by": ["loss"]}, "no configuration of loss was run at 3 settings"),
        ({"lr": 0.0}, {"settings": ["lr"]}, "row 0: lr must be a positive number"),
    ],
)
def test_what_is_no_sweep_is_refused_with_the_remedy(change, options, words):
    table = sweep().assign(**change)
    table["loss"] += np.arange(len(table)) * 1e-9
    with pytest.raises(bs.RunsError) as error:
        tune(table, **options)
    assert words in str(error.value)


def test_public_sweeps_give_the_exponents_that_were_published(public_table):
    found = tune(
        public_table("steplaw2025_dense.csv"),
        settings={"lr": "lr", "batch": "batch_size_seqs * 2048"},
    )
    best = np.log(found.runs.table[["params", "tokens", "best_learning_rate", "best_batch"]])
    design = np.column_stack([np.ones(len(best)), best["params"], best["tokens"]])
    rate, batch = np.linalg.lstsq(design, best.iloc[:, 2:].to_numpy(), rcond=None)[0].T
    # Li et al. 2025: N^-0.713 D^0.307 and D^0.571, of more sizes than these.
    assert rate[1:] == pytest.approx([-0.713, 0.307], abs=0.15)
    assert batch[2] == pytest.approx(0.571, abs=0.1)
