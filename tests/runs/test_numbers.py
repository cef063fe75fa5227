import math

import numpy as np
import pandas as pd
import pytest

from bayescale.core.text import parse_quantity
from bayescale.errors import BayescaleError, RunsError
from bayescale.runs.numbers import read_numbers
from bayescale.runs.reading import load_runs


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("19.0 M", 19e6),
        ("7B", 7e9),
        ("8,192", 8192),
        ("1,638,400", 1638400),
        ("1 638 400", 1638400),
        ("8.66x10^16", 8.66e16),
        ("8.66×10^16", 8.66e16),
        ("3 * 10**4", 3e4),
        ("10^21", 1e21),
        ("10²¹", 1e21),
        ("31.6%", 0.316),
        ("1.5 million", 1.5e6),
        ("\u22122.5", -2.5),
    ],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert parse_quantity(text) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["3,16", "1.2.3", "8.6610^16", "x10^3", "", "K", "12,34,567", "1" * 100, "x" * 10**6]
)
def test_what_can_be_read_two_ways_or_none_is_refused_in_a_line(text):
    with pytest.raises(BayescaleError, match="is not a count") as error:
        parse_quantity(text)
    assert len(str(error.value)) < 250


def test_with_a_decimal_comma_points_separate_thousands():
    assert parse_quantity("3,16", decimal=",") == 3.16
    assert parse_quantity("1.638.400", decimal=",") == 1638400


@pytest.mark.parametrize(
    "cell", [True, 3 + 0j, pd.Timestamp("2026-01-01"), [1.0], {"a": 1}, "about 3"]
)
def test_what_is_no_number_is_refused_and_shown(cell, table):
    table["loss"] = table["loss"].astype(object)
    table.at[2, "loss"] = cell
    with pytest.raises(RunsError, match="row 2: loss = .*: must be a number"):
        load_runs(table)


@pytest.mark.parametrize("dtype", [bool, complex, "datetime64[s]"])
def test_a_column_of_what_is_no_number_is_refused(dtype, table):
    with pytest.raises(RunsError, match="4 problems in 4 rows"):
        load_runs(table.assign(loss=np.ones(4).astype(dtype)))


def test_a_whole_number_beyond_all_floats_is_not_finite():
    numbers = read_numbers(pd.Series([10**400, 1], dtype=object))
    assert math.isinf(numbers[0])
    assert numbers[1] == 1.0


def test_decimal_commas_are_told_by_the_other_cells(table):
    text = table.assign(
        tokens=["2.000.000.000", "4000000000", "8000000000", "16000000000"],
        loss=["3,5", "3,125", "2,95", "2,9"],
    )
    runs = load_runs(text)
    assert runs.loss.tolist() == [3.5, 3.125, 2.95, 2.9]
    assert runs.table["tokens"].tolist()[0] == 2e9
    assert any("decimal comma" in note.sentence for note in runs.notes)


def test_both_decimal_marks_in_one_table_are_refused(table):
    text = table.assign(tokens=["2,000,000,000"] * 4, loss=["3,5", "3,3", "3,1", "2,9"])
    with pytest.raises(
        RunsError, match=r"loss = 3,5 the comma is a decimal mark, in tokens = 2,000"
    ):
        load_runs(text)
