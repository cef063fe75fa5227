import bz2
import gzip
import io
import json
import lzma
import os
import zipfile

import numpy as np
import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def complaint(source, **options):
    with pytest.raises(RunsError) as error:
        load_runs(source, **options)
    return str(error.value)


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("runs.csv", content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress), (".zip", zipped)],
)
def test_a_compressed_file_gives_the_runs_of_its_table(suffix, compress, table, tmp_path):
    path = write(tmp_path / f"runs.csv{suffix}", compress(table.to_csv(index=False).encode()))
    np.testing.assert_allclose(load_runs(path).loss, table["loss"])
    assert "not a readable table" in complaint(write(tmp_path / f"no.csv{suffix}", b"no"))


@pytest.mark.parametrize(("name", "word"), [("a.csv", "semicolon"), ("a.txt", None)])
def test_separators_are_found_and_said_where_they_are_not_the_usual_ones(
    name, word, table, tmp_path
):
    runs = load_runs(write(tmp_path / name, table.to_csv(index=False, sep=";", decimal=",")))
    assert runs.loss.tolist() == table["loss"].tolist()
    said = " ".join(note.sentence for note in runs.notes)
    assert (word or "decimal comma") in said


@pytest.mark.parametrize("separator", ["\t", "|", ","])
def test_text_may_have_any_of_the_separators(separator, table, tmp_path):
    path = write(tmp_path / "runs.txt", table.to_csv(index=False, sep=separator))
    assert len(load_runs(path)) == 4


def test_comments_blank_lines_and_blanks_do_not_count_but_lines_keep_their_numbers(tmp_path):
    text = "# our sweep\n params , tokens, loss \n1e8, 2e9, 3.1\n\n# rerun\n2e8, 4e9, -1\n"
    path = write(tmp_path / "runs.csv", text)
    assert "row 6: loss = -1.0: must be positive" in complaint(path)
    assert list(load_runs(path, bad_rows="refuse").table.index) == [3]


def test_a_header_may_be_a_comment_as_numpy_writes_it(tmp_path):
    path = write(tmp_path / "runs.csv", "# params,tokens,loss\n1e8,2e9,3.1\n2e8,4e9,2.9\n")
    assert load_runs(path).loss.tolist() == [3.1, 2.9]


def test_a_mark_of_the_byte_order_does_not_count(table, tmp_path):
    content = b"\xef\xbb\xbf" + table.to_csv(index=False).encode()
    assert len(load_runs(write(tmp_path / "runs.csv", content))) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "params,tokens,loss\n1e8,2e9,3,14\n2e8,4e9,2,93\n",
            "line 2 has 4 fields, the header has 3",
        ),
        ("params,tokens,loss,loss\n1e8,2e9,3,4\n", "2 columns are called 'loss'"),
    ],
)
def test_columns_that_would_shift_or_hide_each_other_are_refused(text, words, tmp_path):
    assert words in complaint(write(tmp_path / "runs.csv", text))


def test_two_columns_of_one_name_in_a_data_frame_are_refused(table):
    assert "2 columns are called 'loss'" in complaint(pd.concat([table, table["loss"]], axis=1))


def test_separators_at_the_end_of_each_line_do_not_count(tmp_path):
    path = write(tmp_path / "runs.csv", "params,tokens,loss\n1e8,2e9,3.1,\n2e8,4e9,2.9,\n")
    assert load_runs(path).loss.tolist() == [3.1, 2.9]


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: {"about": "ours", "runs": r}])
def test_json_may_be_one_array_with_objects_inside_objects(wrap, table, tmp_path):
    records = [
        {"model": {"size": row["params"]}, "train": {"tokens": row["tokens"], "lr": 1e-3}, **row}
        for row in table.to_dict("records")
    ]
    path = write(tmp_path / "runs.json", json.dumps(wrap(records)))
    runs = load_runs(path, params="model.size", tokens="train.tokens", groups={"lr": "train.lr"})
    np.testing.assert_allclose(runs.table["params"], table["params"])
    assert set(runs.levels("lr")) == {"0.001"}


def test_json_may_hold_columns(table, tmp_path):
    path = write(tmp_path / "runs.json", json.dumps(table.to_dict("list")))
    assert len(load_runs(path)) == 4


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("runs.json", "3"),
        ("runs.jsonl", "1\n2\n"),
        ("runs.json", "[" * 100_000),
        ("runs.jsonl", '{"params": 1' + "0" * 5000 + ', "loss": 3}\n'),
        ("runs.csv", "params,loss\n" + "x" * 10**6 + ",3\n"),
        ("runs.csv", "params,loss\n" + "x" * 10**5 + ",3\n"),
        ("runs.jsonl", '{"params": 1' + "0" * 400 + ', "loss": 3}\n'),
        ("runs.json", '[{"params": [1, 2], "loss": 3}]'),
    ],
)
def test_what_is_no_table_of_runs_is_refused_in_a_few_short_lines(name, content, tmp_path):
    message = complaint(write(tmp_path / name, content))
    assert len(message) < 600
    assert message.count("\n") < 5


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_refused_without_waiting_for_it(make, tmp_path):
    make(tmp_path / "runs.csv")
    assert "give the path of a file" in complaint(tmp_path / "runs.csv")


def test_all_columns_that_are_missing_are_named_at_once(table):
    message = complaint(table, params="parms", loss="los", columns={"experts": "exprts"})
    assert message.count("unknown column") == 3


@pytest.mark.parametrize(
    ("slip", "meant"), [("parmas", "params"), ("token", "tokens"), ("Loss", "loss")]
)
def test_a_slip_in_the_name_of_a_quantity_is_refused(slip, meant, table):
    assert f"did you mean '{meant}'" in complaint(table, columns={slip: "params"})


@pytest.mark.parametrize("name", ["tokens_k", "tokens2"])
def test_a_name_of_your_own_is_no_slip(name, table):
    assert name in load_runs(table, columns={name: "tokens"}).table


def test_a_bad_table_fills_ten_lines_at_most_and_says_each_remedy_once():
    table = pd.DataFrame(
        {"params": [1e8] * 40, "tokens": [2e9] * 40, "flops": [1e18] * 40, "loss": [3.0] * 40}
    )
    message = complaint(table)
    assert len(message.splitlines()) <= 10
    assert message.count("flops_rule='recorded'") == 1
    assert "and 71 more" in message


def test_a_comma_in_the_header_does_not_hide_the_separator(tmp_path):
    text = "active, non-emb;tokens;loss\n1e8;2e9;3.1\n2e8;4e9;2.9\n"
    path = write(tmp_path / "runs.csv", text)
    assert load_runs(path, params="active, non-emb").loss.tolist() == [3.1, 2.9]
