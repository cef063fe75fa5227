import os

import pytest

from bayescale.errors import RunsError
from bayescale.runs.gathering import label_of_source, origin_of
from bayescale.runs.reading import load_runs


@pytest.fixture
def folder(table, tmp_path):
    """Two tables, and what is none."""
    table[:2].to_csv(tmp_path / "sweep-a.csv", index=False)
    table[2:].to_csv(tmp_path / "sweep-b.csv", index=False)
    (tmp_path / "README.md").write_text("our sweep")
    return tmp_path


@pytest.mark.parametrize("how", ["folder", "pattern", "list"])
def test_several_files_are_one_table_with_a_column_that_names_the_file(how, folder, table):
    files = [folder / "sweep-a.csv", str(folder / "sweep-b.csv")]
    source = {"folder": folder, "pattern": f"{folder}/sweep-*.csv", "list": files}[how]
    runs = load_runs(source, groups=["file"])
    assert runs.loss.tolist() == table["loss"].tolist()
    assert list(runs.table["file"]) == ["sweep-a", "sweep-a", "sweep-b", "sweep-b"]
    assert runs.table.index[0] == "2 of sweep-a"
    assert "2 files were read" in " ".join(note.sentence for note in runs.notes)


def test_files_of_one_name_are_told_apart_by_their_folders(table, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "out").mkdir(parents=True)
        table.assign(loss=table["loss"] + len(name) * 0.001 + (name == "two") * 0.01).to_csv(
            tmp_path / name / "out" / "runs.csv", index=False
        )
    runs = load_runs(f"{tmp_path}/*/out/runs.csv", groups=["file"])
    assert set(runs.table["file"]) == {"one/out", "two/out"}


def test_a_bad_row_is_named_with_its_file(folder):
    (folder / "sweep-c.csv").write_text("params,tokens,loss\n1e9,2e10,-1\n")
    with pytest.raises(RunsError, match="row 2 of sweep-c: loss = -1"):
        load_runs(folder)


def test_a_file_whose_name_has_brackets_is_that_file(table, tmp_path):
    table.to_csv(tmp_path / "runs[1].csv", index=False)
    assert len(load_runs(tmp_path / "runs[1].csv")) == 4


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nothing*.csv", "no file is called like that"),
        ("empty", "holds no table of runs"),
        ("https://example.org/runs.csv", "is an address; nothing is fetched"),
        ([], "no files are given"),
    ],
)
def test_where_there_is_no_table_the_remedy_is_named(source, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunsError, match=words):
        load_runs(source)


def test_files_of_several_kinds_are_not_mixed(table, tmp_path):
    table.to_csv(tmp_path / "plain.csv", index=False)
    wandb = table.assign(Name=list("abcd"), State="finished")
    wandb.to_csv(tmp_path / "wandb.csv", index=False)
    with pytest.raises(RunsError, match="files are of several kinds"):
        load_runs(tmp_path)


def test_a_pipe_in_a_folder_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe.csv")
    assert len(load_runs(folder)) == 4


def test_a_source_is_called_by_its_path_or_by_how_many_there_are(table):
    assert label_of_source(table) == "a DataFrame"
    assert label_of_source(["a.csv"]) == "a.csv"
    assert label_of_source(["a.csv", "b.csv"]) == "2 files (a.csv, ...)"
    assert origin_of(["a.csv", "b.csv"]) == ["a.csv", "b.csv"]
    assert origin_of(table) == ""
