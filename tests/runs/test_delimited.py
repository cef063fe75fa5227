import pytest

import bayescale as bs
from bayescale.runs.delimited import read_delimited

ROWS = [("n", "loss"), ("1e8", "3.4"), ("1e9", "2.8")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    text = "\n".join(separator.join(row) for row in ROWS)
    table, _, _ = read_delimited(text, None)
    assert list(table) == ["n", "loss"]
    assert len(table) == 2


def test_comments_and_blanks_around_names_are_left_out():
    table, _, _ = read_delimited("# a sweep\n n , loss \n1e8,3.4\n# done\n1e9,2.8\n", ",")
    assert list(table) == ["n", "loss"]
    assert len(table.dropna()) == 2


def test_a_header_that_is_a_comment_is_a_header():
    table, _, _ = read_delimited("# n,loss\n1e8,3.4\n", ",")
    assert list(table) == ["n", "loss"]


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(bs.RunsError, match="2 columns are called 'loss'"):
        read_delimited("n,loss,loss\n1,2,3\n", ",")


def test_a_row_of_too_many_fields_is_refused_rather_than_shifted():
    with pytest.raises(bs.RunsError, match=r"line 3 has 3 fields, the header has 2 \('16' is left"):
        read_delimited("n,loss\n1e8,3\n1e9,3,16\n", ",")
