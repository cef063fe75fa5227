import numpy as np
import pandas as pd
import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.reading import load_runs


def complaint(source, **options):
    with pytest.raises(RunsError) as error:
        load_runs(source, **options)
    return str(error.value)


BAD_VALUES = [
    (None, "is missing"),
    (0.0, "must be positive"),
    (-1.0, "must be positive"),
    (np.inf, "must be finite"),
    (-np.inf, "must be finite"),
    ("about 1e9", "must be a number"),
]
each_bad_value = pytest.mark.parametrize(("value", "reason"), BAD_VALUES)
each_column = pytest.mark.parametrize("column", ["params", "tokens", "loss"])


def spoil(table, row, column, value):
    table[column] = table[column].astype(object)
    table.loc[row, column] = value
    return table


@each_bad_value
@each_column
def test_a_value_that_cannot_be_used_is_refused_with_the_remedy(column, value, reason, table):
    message = complaint(spoil(table, 2, column, value))
    assert "1 problem in 1 row" in message
    assert f"row 2: {column} = " in message
    assert reason in message
    assert "bad_rows='refuse'" in message


@each_bad_value
def test_a_refused_row_is_recorded_and_the_others_are_kept(value, reason, table):
    runs = load_runs(spoil(table, 2, "loss", value), bad_rows="refuse")
    assert list(runs.table.index) == [0, 1, 3]
    (record,) = runs.refused.to_dict("records")
    assert (record["row"], record["column"], record["reason"]) == (2, "loss", reason)
    assert record["value"] == value or (value is None and pd.isna(record["value"]))


def test_text_in_a_column_that_is_multiplied_is_shown(table):
    table["size_b"] = ["0.1", "0.2", "unknown", "0.8"]
    message = complaint(table, params="size_b * 1e9")
    assert "row 2: params = unknown: must be a number" in message


def test_numbers_written_as_text_are_numbers(table):
    np.testing.assert_array_equal(load_runs(table.astype(str)).loss, table["loss"])


def test_a_row_with_two_problems_gives_two_records(table):
    table.loc[1, ["params", "loss"]] = -1.0
    runs = load_runs(table, bad_rows="refuse")
    assert list(runs.refused["column"]) == ["loss", "params"]
    assert list(runs.table.index) == [0, 2, 3]


def test_a_long_list_of_problems_is_cut_short():
    table = pd.DataFrame({"params": np.linspace(1e8, 1e9, 20), "loss": [-1.0] * 11 + [3.0] * 9})
    message = complaint(table)
    assert "11 problems in 11 rows" in message
    assert "row 7:" in message
    assert "row 8:" not in message
    assert "and 3 more" in message


def test_runs_without_problems_refuse_nothing(table):
    refused = load_runs(table, bad_rows="refuse").refused
    assert refused.empty
    assert list(refused.columns) == ["row", "column", "value", "reason"]


@pytest.mark.parametrize("bad_rows", ["error", "refuse"])
def test_a_table_of_bad_rows_only_is_refused(bad_rows, table):
    message = complaint(table.assign(loss=np.nan), bad_rows=bad_rows)
    assert "4 problems in 4 rows" in message


def test_a_repeated_row_is_refused_with_the_remedy(table):
    repeated = pd.concat([table, table.iloc[[1]]], ignore_index=True)
    message = complaint(repeated)
    assert "row 4: loss = 3.3: repeats an earlier row" in message
    assert "groups=" in message


def test_the_first_of_repeated_rows_is_kept(table):
    repeated = pd.concat([table, table.iloc[[1]]], ignore_index=True)
    runs = load_runs(repeated, bad_rows="refuse")
    assert list(runs.table.index) == [0, 1, 2, 3]


def test_repeats_told_apart_by_a_group_are_different_runs(table):
    repeated = pd.concat([table, table.iloc[[1]]], ignore_index=True).assign(seed=[1, 1, 1, 1, 2])
    assert len(load_runs(repeated, groups=["seed"])) == 5


def test_more_unique_tokens_than_tokens_are_refused(table):
    table["unique_tokens"] = [1e9, 4e9, 8.1e9, 1e9]
    message = complaint(table)
    assert "1 problem in 1 row" in message
    assert "row 2: unique_tokens = 8.1e+09: exceeds the tokens processed" in message


def test_unique_tokens_may_differ_from_tokens_by_rounding(table):
    table["unique_tokens"] = table["tokens"] * 1.0005
    assert "unique_tokens" in load_runs(table).quantities


@pytest.mark.parametrize("loss", [[0.3, 0.5, 0.6, 0.7], [1.0, 3.0, 2.0, 4.0]])
def test_a_loss_that_rises_with_every_input_is_refused(loss, table):
    message = complaint(table.assign(loss=loss))
    assert "the loss rises with params, tokens, flops" in message
    assert "1 - accuracy" in message


def test_a_loss_that_rises_with_one_input_only_is_accepted():
    table = pd.DataFrame(
        {
            "params": [1e8, 2e8, 4e8, 8e8],
            "tokens": [9e11, 2e11, 5e10, 1e10],
            "loss": [2.0, 2.2, 2.4, 2.6],
        }
    )
    assert len(load_runs(table)) == 4


def test_a_loss_that_never_changes_is_refused(table):
    assert "all 4 losses are 3" in complaint(table.assign(loss=3.0))


@pytest.mark.parametrize("option", ["flops_rule", "bad_rows"])
def test_a_rule_that_does_not_exist_is_refused(option, table):
    message = complaint(table, **{option: "6nd"})
    assert f"{option} = '6nd' (str) must be one of" in message


@pytest.mark.parametrize(("column", "factor"), [("params", 1e6), ("tokens", 1e9)])
def test_counts_in_millions_or_billions_are_noticed(column, factor, table):
    with pytest.warns(BayescaleWarning, match=rf"too few for counts.*{column}='COLUMN \* 1e6'"):
        load_runs(table.assign(**{column: table[column] / factor}))
