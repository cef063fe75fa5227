import numpy as np
import pandas as pd
import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.reading import load_runs


def law(params, tokens):
    return 1.8 + 350 * params**-0.34 + 1500 * tokens**-0.36


@pytest.fixture
def checkpoints():
    """Four rows of each of six runs, the rate of which decays."""
    rows = []
    for i, params in enumerate([1e8, 3e8, 9e8]):
        for length in (10, 60):
            for part in (0.25, 0.5, 0.75, 1.0):
                tokens = part * length * params
                unfinished = 0.08 * (1 - part)
                rows.append(
                    {
                        "run_name": f"{i}-{length}x",
                        "params": params,
                        "tokens": tokens,
                        "learning_rate": 1e-3 * (1.05 - part),
                        "loss": law(params, tokens) + unfinished,
                    }
                )
    return pd.DataFrame(rows)


@pytest.fixture
def sweep():
    """Four learning rates of each of six configurations."""
    rows = [
        {
            "params": params,
            "tokens": ratio * params,
            "opt.lr": rate,
            "loss": law(params, ratio * params) + 0.1 * np.log10(rate / 2e-3) ** 2,
        }
        for params in (1e8, 3e8, 9e8)
        for ratio in (10, 60)
        for rate in (1e-4, 5e-4, 2e-3, 1e-2)
    ]
    return pd.DataFrame(rows)


def test_the_last_row_of_each_run_is_kept_and_the_others_are_counted(checkpoints):
    runs = load_runs(checkpoints.sample(frac=1, random_state=1), last_of="run_name")
    np.testing.assert_allclose(runs.loss, law(runs.table["params"], runs.table["tokens"]))
    assert len(runs) == 6
    assert "18 rows left out by last_of='run_name'" in str(runs)
    assert any("18 rows left out" in note.sentence for note in runs.notes)


def test_a_bad_row_before_the_last_one_is_no_problem(checkpoints):
    checkpoints.loc[0, ["tokens", "loss"]] = [0.0, np.nan]
    assert len(load_runs(checkpoints, last_of="run_name")) == 6
    checkpoints.loc[3, "loss"] = np.nan
    with pytest.raises(RunsError, match="row 3: loss = nan: is missing"):
        load_runs(checkpoints, last_of="run_name")


def test_the_best_row_of_each_configuration_is_kept(sweep):
    runs = load_runs(sweep, best_of=["params", "tokens"])
    np.testing.assert_allclose(runs.loss, law(runs.table["params"], runs.table["tokens"]))
    assert len(runs) == 6
    assert "18 rows left out by best_of=['params', 'tokens']" in str(runs)


def test_the_best_of_sizes_that_follow_from_flops_and_tokens(sweep):
    noisy = 1 + 1e-7 * np.random.default_rng(1).standard_normal(len(sweep))
    given = sweep.assign(flops=6 * sweep["params"] * sweep["tokens"] * noisy)
    runs = load_runs(given.drop(columns="params"), best_of=["params", "tokens"])
    assert len(runs) == 6


def test_rows_are_kept_where_a_condition_holds(sweep):
    runs = load_runs(sweep, where="`opt.lr` == 0.002 and params < 5e8")
    assert len(runs) == 4
    assert runs.provenance.choices[0].left_out == 20


def test_choices_that_leave_nothing_are_refused(sweep):
    with pytest.raises(RunsError, match="leaves out all 24 rows"):
        load_runs(sweep, where="params > 1e12")


def test_a_choice_by_a_column_with_an_empty_cell_names_the_row(checkpoints):
    checkpoints.loc[5, "run_name"] = None
    with pytest.raises(RunsError, match="last_of='run_name': row 5 has no value"):
        load_runs(checkpoints, last_of="run_name")


def test_the_last_row_needs_something_that_rises():
    table = pd.DataFrame({"params": [1e8, 2e8], "loss": [3.0, 2.0], "name": ["a", "b"]})
    with pytest.raises(RunsError, match="needs tokens, steps or flops"):
        load_runs(table, last_of="name")


def test_checkpoints_are_told_before_any_fit_with_the_argument_to_type(checkpoints):
    with pytest.warns(BayescaleWarning, match=r"24 rows are checkpoints of 6 .*last_of='run_name'"):
        load_runs(checkpoints)


def test_a_sweep_is_told_before_any_fit_with_the_argument_to_type(sweep):
    words = r"differ in opt\.lr.*best_of=\['params', 'tokens'\].*bs.tune"
    with pytest.warns(BayescaleWarning, match=words):
        load_runs(sweep)
