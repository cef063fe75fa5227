import numpy as np
import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs
from bayescale.runs.source import Source
from bayescale.runs.widening import lengthen

WIDE = pd.DataFrame(
    {"tokens": [1e9, 2e9], "60m": [3.9, 3.7], "200m": [3.5, np.nan], "note": ["", ""]}
)


def test_columns_of_a_pattern_become_rows_and_empty_cells_none():
    found = lengthen(Source(WIDE), "loss=*m")
    assert found.table["loss"].tolist() == [3.9, 3.7, 3.5]
    assert found.table["column"].tolist() == ["60m", "60m", "200m"]
    assert "1 empty cell made no row" in found.remarks[0]


def test_sizes_are_read_from_the_names_of_the_columns():
    with pytest.warns(UserWarning, match="guessed that params is"):
        runs = load_runs(WIDE, wide="loss=*m")
    assert runs.table["params"].tolist() == [6e7, 6e7, 2e8]
    assert list(runs.table.index) == ["0, 60m", "1, 60m", "0, 200m"]


def test_a_part_of_the_name_can_become_a_column():
    wide = pd.DataFrame({"D": [1e9], "a7 - val/loss": [3.0], "b7 - val/loss": [2.9]})
    found = lengthen(Source(wide), "loss={run} - val/loss")
    assert found.table["run"].tolist() == ["a7", "b7"]


def test_along_steps_the_last_row_of_each_column_is_kept():
    wide = pd.DataFrame({"Step": [1, 2, 3], "60m": [4.0, 3.8, 3.6], "200m": [3.8, 3.5, np.nan]})
    with pytest.warns(UserWarning, match="guessed"):
        runs = load_runs(wide, wide="loss=*m")
    assert runs.loss.tolist() == [3.6, 3.5]


@pytest.mark.parametrize(
    ("wide", "words"),
    [
        ("loss", "is no pattern of columns"),
        ("loss=60m", "is no pattern of columns"),
        ("loss=*q", "no column is called like that; the table has tokens, 60m"),
        ("loss=6*m", "only one column is called like that"),
        ("tokens=*m", "the table has a column 'tokens' already"),
        ("loss={a b}m", "is no name of a column"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused_with_the_form(wide, words):
    with pytest.raises(RunsError) as error:
        load_runs(WIDE, wide=wide)
    assert words in str(error.value)


def test_a_table_that_may_be_wide_is_told_the_pattern():
    with pytest.raises(RunsError, match=r"wide='loss=\*m'"):
        load_runs(WIDE)
