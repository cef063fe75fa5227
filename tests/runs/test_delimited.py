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


def test_blanks_separate_where_nothing_else_does():
    table, said, _ = read_delimited("# params  tokens  loss\n1e8  2e9 3.1\n  2e8 4e9  2.9\n", ",")
    assert list(table) == ["params", "tokens", "loss"]
    assert table["loss"].tolist() == [3.1, 2.9]
    assert said == ("Columns are separated by blanks.",)


def test_a_name_with_a_blank_is_one_column():
    table, _, _ = read_delimited("val loss\n3.1\n2.9\n", ",")
    assert list(table) == ["val loss"]


def test_a_table_of_markdown_is_read_and_keeps_its_lines():
    text = "| params | val loss |\n|:---|---:|\n| 1e8 | 3.1 |\n| 2e8 | 2.9 |\n"
    table, _, _ = read_delimited(text, None)
    assert table["val loss"].tolist() == [3.1, 2.9]
    assert list(table.index) == [3, 4]
