import json

import numpy as np
import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs


def write_csv(table, folder):
    table.to_csv(folder / "runs.csv", index=False)
    return folder / "runs.csv"


def write_tsv(table, folder):
    table.to_csv(folder / "runs.tsv", index=False, sep="\t")
    return folder / "runs.tsv"


def write_parquet(table, folder):
    table.to_parquet(folder / "runs.parquet")
    return folder / "runs.parquet"


def write_jsonl(table, folder):
    table.to_json(folder / "runs.jsonl", orient="records", lines=True)
    return folder / "runs.jsonl"


def write_ndjson(table, folder):
    return write_jsonl(table, folder).rename(folder / "runs.ndjson")


def complaint(source, **options):
    with pytest.raises(RunsError) as error:
        load_runs(source, **options)
    return str(error.value)


# Sources


@pytest.mark.parametrize("write", [write_csv, write_tsv, write_parquet, write_jsonl, write_ndjson])
def test_a_file_gives_the_runs_of_its_table(write, table, tmp_path):
    runs = load_runs(write(table, tmp_path))
    for column in table:
        np.testing.assert_allclose(runs.table[column], table[column], rtol=1e-12)


def test_the_path_may_be_text_and_the_suffix_in_capitals(table, tmp_path):
    path = write_csv(table, tmp_path).rename(tmp_path / "RUNS.CSV")
    assert len(load_runs(str(path))) == 4


def test_a_data_frame_keeps_its_row_names(table):
    runs = load_runs(table.set_index(pd.Index(["a", "b", "c", "d"])))
    assert list(runs.table.index) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "index",
    [pd.Index(["a", "a", "b", "b"]), pd.MultiIndex.from_product([["a", "b"], [1, 2]])],
    ids=["repeated", "nested"],
)
def test_row_names_that_do_not_name_one_row_are_replaced_by_positions(table, index):
    assert list(load_runs(table.set_index(index)).table.index) == [0, 1, 2, 3]


def test_the_data_frame_given_is_left_as_it_was(table):
    before = table.copy()
    load_runs(table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("write", "row"), [(write_csv, 3), (write_tsv, 3), (write_parquet, 2), (write_jsonl, 2)]
)
def test_a_bad_row_of_a_file_is_named_by_its_line(write, row, table, tmp_path):
    table.loc[1, "loss"] = -1.0
    assert f"row {row}: loss = -1" in complaint(write(table, tmp_path))


@pytest.mark.parametrize("name", ["runs.csv", "runs.tsv", "runs.parquet", "runs.jsonl"])
def test_an_absent_file_is_named_with_the_remedy(name, tmp_path):
    message = complaint(tmp_path / name)
    assert str(tmp_path / name) in message
    assert "No such file" in message
    assert "give the path of a table of runs" in message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("empty.tsv", b""),
        ("empty.parquet", b""),
        ("text.parquet", b"params,tokens,loss\n"),
        ("binary.csv", b"params\xff\xfe,loss\n1,2\n"),
        ("ragged.csv", b"params,loss\n1,2\n1,2,3,4\n"),
        ("broken.jsonl", b'{"params": 1e8, "loss": 3.0}\n{"params": \n'),
    ],
)
def test_an_unreadable_file_is_named(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    assert f"{name}: not a readable table" in complaint(tmp_path / name)


def test_a_broken_line_of_json_is_named_by_its_number(tmp_path):
    (tmp_path / "runs.jsonl").write_text('{"params": 1e8, "loss": 3.0}\n\n{"params": \n')
    assert "line 3" in complaint(tmp_path / "runs.jsonl")


def test_a_table_without_rows_is_refused(tmp_path):
    (tmp_path / "runs.csv").write_text("params,tokens,loss\n")
    assert "the table has no rows" in complaint(tmp_path / "runs.csv")


@pytest.mark.parametrize("name", ["runs.sav", "runs", "runs.pkl"])
def test_an_unknown_kind_of_file_is_refused_with_the_known_kinds(name, table, tmp_path):
    table.to_csv(tmp_path / name)
    message = complaint(tmp_path / name)
    for suffix in (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson"):
        assert suffix in message


# Columns


def test_columns_of_any_name_can_be_chosen(table):
    odd = table.set_axis(["N (non-embedding)", "#tok", "val loss"], axis=1)
    runs = load_runs(odd, params="N (non-embedding)", tokens="#tok", loss="val loss")
    np.testing.assert_array_equal(runs.table[["params", "tokens", "loss"]], table)


@pytest.mark.parametrize("rule", ["size_b * 1e9", "size_b*1_000_000_000", "size_b *1E9"])
def test_a_column_can_be_multiplied(rule, table):
    table["size_b"] = table.pop("params") / 1e9
    runs = load_runs(table, params=rule)
    np.testing.assert_allclose(runs.table["params"], [1e8, 2e8, 4e8, 8e8])


def test_a_column_whose_name_looks_like_a_product_is_taken_as_it_is(table):
    table["n * 1e9"] = table.pop("params")
    runs = load_runs(table, params="n * 1e9")
    np.testing.assert_array_equal(runs.table["params"], [1e8, 2e8, 4e8, 8e8])


def test_a_factor_that_is_no_number_is_refused(table):
    message = complaint(table, params="params * many")
    assert "'many' is not a number" in message
    assert "'params * 1e9'" in message


def test_a_column_named_explicitly_wins_over_the_usual_name(table):
    table["loss_late"] = table["loss"] - 1.0
    np.testing.assert_allclose(load_runs(table, loss="loss_late").loss, table["loss"] - 1.0)


def test_a_column_that_is_absent_suggests_the_nearest(table):
    message = complaint(table, params="parms")
    assert "unknown column 'parms': did you mean 'params'?" in message
    assert "loss, params, tokens" in message


def test_a_table_without_a_loss_says_how_to_name_one(table):
    message = complaint(table.rename(columns={"loss": "val"}))
    assert "no column for loss: the table has params, tokens, val" in message
    assert "loss='...'" in message


def test_a_table_without_any_size_says_how_to_name_one(table):
    message = complaint(table[["loss"]])
    assert "no column for params, tokens or flops" in message
    assert "params='...'" in message


def test_other_columns_are_left_out_unless_they_are_groups(table):
    table = table.assign(arch=["a", "a", "b", "b"], note="x")
    runs = load_runs(table, groups=["arch"])
    assert set(runs.table) == {"params", "tokens", "flops", "loss", "arch"}
    assert runs.groups == ("arch",)
    assert list(runs.table["arch"]) == ["a", "a", "b", "b"]


def test_a_group_that_is_absent_is_refused(table):
    assert "unknown column 'arhc': did you mean 'arch'?" in complaint(
        table.assign(arch="a"), groups=["arhc"]
    )


# The third of N, D, C


@pytest.mark.parametrize("absent", ["params", "tokens", "flops"])
def test_two_of_params_tokens_and_flops_give_the_third(absent, table):
    table["flops"] = 6 * table["params"] * table["tokens"]
    runs = load_runs(table.drop(columns=absent))
    np.testing.assert_allclose(runs.table[absent], table[absent])


@pytest.mark.parametrize("column", ["params", "tokens", "flops"])
def test_one_size_alone_is_enough(column):
    table = pd.DataFrame({column: [1e18, 1e19], "loss": [3.0, 2.0]})
    assert load_runs(table).quantities == [column]


def test_integers_whose_flops_exceed_64_bits_do_not_overflow():
    whole = pd.DataFrame(
        {
            "params": np.array([7_000_000_000, 70_000_000_000], dtype=np.int64),
            "tokens": np.array([1_400_000_000_000, 15_000_000_000_000], dtype=np.int64),
            "loss": [2.0, 1.8],
        }
    )
    np.testing.assert_allclose(load_runs(whole).table["flops"], [5.88e22, 6.3e24])


def test_whole_flops_beyond_64_bits_are_read_from_json_lines(tmp_path):
    rows = [{"params": 10**9, "flops": 12 * 10**19 * i, "loss": 3 / i} for i in (1, 1000)]
    path = tmp_path / "runs.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    np.testing.assert_allclose(load_runs(path).table["flops"], [1.2e20, 1.2e23])


def test_whole_flops_beyond_64_bits_are_read_from_csv(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(f"params,flops,loss\n{10**9},{12 * 10**19},3\n{10**9},{12 * 10**22},2\n")
    np.testing.assert_allclose(load_runs(path).table["flops"], [1.2e20, 1.2e23])


@pytest.mark.parametrize("ratio", [0.91, 1.09])
def test_recorded_flops_within_a_tenth_of_6nd_are_kept(ratio, table):
    table["flops"] = 6 * table["params"] * table["tokens"] * ratio
    np.testing.assert_allclose(load_runs(table).table["flops"], table["flops"])


@pytest.mark.parametrize("ratio", [0.89, 1.11, 1 / 3])
def test_recorded_flops_further_from_6nd_are_refused(ratio, table):
    table["flops"] = 6 * table["params"] * table["tokens"] * ratio
    message = complaint(table)
    assert f"is {ratio:.3g} times 6ND, the rule allows 10%" in message
    assert "flops_rule='recorded'" in message


def test_only_the_rows_that_contradict_6nd_are_refused(table):
    table["flops"] = 6 * table["params"] * table["tokens"]
    table.loc[2, "flops"] *= 2
    assert list(load_runs(table, bad_rows="refuse").refused["row"]) == [2]


def test_flops_can_be_taken_as_recorded(table):
    table["flops"] = 2 * table["params"] * table["tokens"]
    runs = load_runs(table, flops_rule="recorded")
    np.testing.assert_array_equal(runs.table["flops"], table["flops"])
    assert runs.flops_rule == "recorded"


# What Runs tell


def test_a_file_is_called_by_its_path(table, tmp_path):
    path = write_csv(table, tmp_path)
    assert load_runs(path).source == str(path)
